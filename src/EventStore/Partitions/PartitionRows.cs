using System.Runtime.CompilerServices;
using Npgsql;

namespace Payments.EventStore.Partitions;

/// <summary>The events of one partition, as the lines of an archive.</summary>
internal static class PartitionRows
{
    /// <summary>First and last position and the number of events; null when there is no such partition or nothing in it.</summary>
    public static async Task<(long First, long Last, long Count)?> ExtentAsync(
        NpgsqlConnection connection, Month month, CancellationToken cancel)
    {
        await using var find = new NpgsqlCommand("select to_regclass($1) is not null", connection);
        find.Parameters.AddWithValue(month.Partition);
        if (!(bool)(await find.ExecuteScalarAsync(cancel))!)
        {
            return null;
        }

        await using var command = new NpgsqlCommand($"select min(position), max(position), count(*) from {month.Partition}", connection)
        {
            CommandTimeout = 0,
        };
        await using var reader = await command.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        return reader.GetInt64(2) is > 0 and var count ? (reader.GetInt64(0), reader.GetInt64(1), count) : null;
    }

    /// <summary>The columns of an event that have to be stored to have it back. Whatever later versions add is archived, too.</summary>
    public static async Task<List<string>> ColumnsAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            "select attname::text from pg_attribute where attrelid = 'events'::regclass " +
            "and attnum > 0 and not attisdropped and attgenerated = '' order by attnum",
            connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var columns = new List<string>();
        while (await reader.ReadAsync(cancel))
        {
            columns.Add(reader.GetString(0));
        }

        return columns;
    }

    /// <summary>
    /// One JSON object for each event, in order of position. PostgreSQL writes it, so that it can read it back to the last digit.
    /// </summary>
    public static async IAsyncEnumerable<string> LinesAsync(
        NpgsqlConnection connection, Month month, IReadOnlyList<string> columns, [EnumeratorCancellation] CancellationToken cancel)
    {
        // Times are written in UTC, whatever the server's zone is. The setting goes with the transaction.
        await using (var utc = new NpgsqlCommand("set local timezone = 'UTC'", connection))
        {
            await utc.ExecuteNonQueryAsync(cancel);
        }

        await using var command = new NpgsqlCommand(
            $"select row_to_json(r)::text from (select {List(columns)} from {month.Partition} order by position) r", connection)
        {
            CommandTimeout = 0, // As long as it takes: a month may be large.
        };
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            yield return reader.GetString(0);
        }
    }

    /// <summary>Column names as SQL.</summary>
    public static string List(IEnumerable<string> columns) =>
        string.Join(", ", columns.Select(c => $"\"{c.Replace("\"", "\"\"", StringComparison.Ordinal)}\""));
}
