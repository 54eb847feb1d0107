using Npgsql;
using NpgsqlTypes;

namespace Payments.EventStore.Partitions;

/// <summary>The table of archived months.</summary>
internal static class ArchivedMonths
{
    private const string Select =
        "select month, first_position, last_position, event_count, file, checksum, archived_at, claim_count, claims_checksum " +
        "from archived_months";

    public static async Task<List<ArchivedMonth>> AllAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"{Select} order by month", connection);
        return await ReadAsync(command, cancel);
    }

    public static Task<ArchivedMonth?> FindAsync(NpgsqlConnection connection, Month month, CancellationToken cancel) =>
        FindAsync(connection, "month = $1", month.FirstDay, cancel);

    /// <summary>The month that is in the file with this SHA-256.</summary>
    public static Task<ArchivedMonth?> FindAsync(NpgsqlConnection connection, byte[] checksum, CancellationToken cancel) =>
        FindAsync(connection, "checksum = $1", checksum, cancel);

    public static NpgsqlBatchCommand Insert(ArchivedMonth m) =>
        new("insert into archived_months (month, partition, first_position, last_position, event_count, file, checksum, archived_at, " +
            "claim_count, claims_checksum) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)")
        {
            Parameters =
            {
                new() { Value = m.Month.FirstDay },
                new() { Value = m.Month.Partition },
                new() { Value = m.FirstPosition },
                new() { Value = m.LastPosition },
                new() { Value = m.EventCount },
                new() { Value = m.File },
                new() { Value = m.Checksum.ToArray() },
                new() { Value = m.ArchivedAt.UtcDateTime },
                new() { Value = (object?)m.Claims?.Count ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint },
                new() { Value = (object?)m.Claims?.Checksum.ToArray() ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bytea },
            },
        };

    private static async Task<ArchivedMonth?> FindAsync(
        NpgsqlConnection connection, string condition, object value, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"{Select} where {condition}", connection) { Parameters = { new() { Value = value } } };
        return (await ReadAsync(command, cancel)).SingleOrDefault();
    }

    private static async Task<List<ArchivedMonth>> ReadAsync(NpgsqlCommand command, CancellationToken cancel)
    {
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var months = new List<ArchivedMonth>();
        while (await reader.ReadAsync(cancel))
        {
            months.Add(new ArchivedMonth(
                new Month(reader.GetFieldValue<DateOnly>(0)), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3),
                reader.GetString(4), reader.GetFieldValue<byte[]>(5), new DateTimeOffset(reader.GetDateTime(6)))
            {
                Claims = reader.IsDBNull(7) ? null : new(reader.GetInt64(7), reader.GetFieldValue<byte[]>(8)),
            });
        }

        return months;
    }
}
