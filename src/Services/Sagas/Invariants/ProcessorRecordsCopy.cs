using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Payments.SagaService.Cards;

namespace Payments.SagaService.Invariants;

/// <summary>Keeps a copy of the card processor's books in our database, by their sequence, which has no gaps.</summary>
internal sealed class ProcessorRecordsCopy(NpgsqlDataSource database, IHttpClientFactory clients)
{
    private const int PageSize = 1_000;
    private const int PagesMax = 20;

    /// <summary>Fetches what is new.</summary>
    /// <returns>How many operations that was, and the last one that the copy has.</returns>
    /// <exception cref="JsonException">The processor's answer cannot be read, or leaves an operation out.</exception>
    public async Task<(long Fetched, long Last)> CatchUpAsync(CancellationToken cancel)
    {
        using var client = clients.CreateClient(HttpCardProcessor.Service);
        var first = await LastAsync(cancel);
        var last = first;
        for (var pages = 0; pages < PagesMax; pages++)
        {
            var json = await client.GetByteArrayAsync($"/v1/books/operations?after={last}&limit={PageSize}", cancel);
            var page = JsonSerializer.Deserialize(json, ReconcilingJson.Default.ProcessorPage)!;
            if (page.Items.Select((o, i) => o.Sequence - i).Any(n => n != last + 1))
            {
                throw new JsonException($"The card processor's books have a gap after operation {last}.");
            }

            await InsertAsync(page.Items, cancel);
            last += page.Items.Count;
            if (page.Items.Count < PageSize)
            {
                break;
            }
        }

        return (last - first, last);
    }

    public async Task<ProcessorTotals> TotalsAsync(CancellationToken cancel)
    {
        using var client = clients.CreateClient(HttpCardProcessor.Service);
        var json = await client.GetByteArrayAsync("/v1/books/totals", cancel);
        return JsonSerializer.Deserialize(json, ReconcilingJson.Default.ProcessorTotals)!;
    }

    private async Task<long> LastAsync(CancellationToken cancel)
    {
        await using var command = database.CreateCommand("select coalesce(max(sequence), 0) from processor_operations");
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }

    // One look at a time has the monitor's lock; should two ever meet, the key refuses the second.
    private async Task InsertAsync(IReadOnlyList<ProcessorOperation> operations, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(
            "insert into processor_operations (sequence, key, kind, approved, amount, currency, at) " +
            "select * from unnest($1, $2, $3, $4, $5, $6, $7)");
        command.Parameters.AddRange(new[]
        {
            new NpgsqlParameter { Value = operations.Select(o => o.Sequence).ToArray() },
            new NpgsqlParameter { Value = operations.Select(o => o.Key).ToArray() },
            new NpgsqlParameter { Value = operations.Select(o => o.Kind).ToArray() },
            new NpgsqlParameter { Value = operations.Select(o => o.Status == "approved").ToArray() },
            new NpgsqlParameter { Value = operations.Select(o => o.Amount).ToArray() },
            Array(NpgsqlDbType.Text, operations.Select(o => o.Currency)),
            Array(NpgsqlDbType.TimestampTz, operations.Select(o => o.At.UtcDateTime)),
        });
        await command.ExecuteNonQueryAsync(cancel);
    }

    private static NpgsqlParameter Array<T>(NpgsqlDbType type, IEnumerable<T> values) =>
        new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type };
}
