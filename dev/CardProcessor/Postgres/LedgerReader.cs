using Npgsql;
using Payments.CardProcessor.Books;

namespace Payments.CardProcessor.Postgres;

/// <summary>What can be asked about the books: one SELECT each, and so each answer of one moment.</summary>
internal sealed class LedgerReader(NpgsqlDataSource database)
{
    public async Task<Operation?> FindOperationAsync(string key, CancellationToken cancel)
    {
        await using var command = database.CreateCommand($"select {Rows.OfOperation} from operations where key = $1");
        command.Parameters.AddWithValue(key);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel) ? Rows.Operation(reader) : null;
    }

    public async Task<Authorisation?> FindAuthorisationAsync(Guid id, CancellationToken cancel)
    {
        await using var command = database.CreateCommand($"select {Rows.OfAuthorisation} from authorisations where authorisation_id = $1");
        command.Parameters.AddWithValue(id);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel) ? Rows.Authorisation(reader) : null;
    }

    public async Task<OperationPage> OperationsAsync(long after, int countMax, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(
            $"select {Rows.OfOperation} from operations where sequence > $1 order by sequence limit $2");
        command.Parameters.AddWithValue(after);
        command.Parameters.AddWithValue(countMax);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var items = new List<Operation>();
        while (await reader.ReadAsync(cancel))
        {
            items.Add(Rows.Operation(reader));
        }

        return new OperationPage(items, items.Count == countMax ? items[^1].Sequence : null);
    }

    public async Task<LedgerTotals> TotalsAsync(CancellationToken cancel)
    {
        await using var command = database.CreateCommand(
            """
            select last_sequence, currency, authorisations, open, captured, refunded
            from books left join (
                select currency, count(*) as authorisations, sum(captured) as captured, sum(refunded) as refunded,
                    sum(case when voided then 0 else amount - captured end) as open
                from authorisations group by currency) as totals on true
            order by currency collate "C"
            """);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var lastSequence = 0L;
        var currencies = new List<CurrencyTotals>();
        while (await reader.ReadAsync(cancel))
        {
            lastSequence = reader.GetInt64(0);
            if (!reader.IsDBNull(1))
            {
                currencies.Add(new(
                    reader.GetString(1), reader.GetInt64(2), reader.GetDecimal(3), reader.GetDecimal(4), reader.GetDecimal(5)));
            }
        }

        return new LedgerTotals(lastSequence, currencies);
    }
}
