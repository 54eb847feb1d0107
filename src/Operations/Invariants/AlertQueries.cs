using System.Globalization;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Payments.Contracts.Invariants;

namespace Payments.Operations.Invariants;

/// <summary>Reads what the monitor has written.</summary>
internal static class AlertQueries
{
    private const string Columns =
        "id, invariant, subject, message, stream_id, stream_version, position, event_id, details, found_at, last_seen_at, cleared_at, " +
        "acknowledged_by, acknowledged_at, acknowledge_reason";

    public static async Task<IReadOnlyList<InvariantView>> InvariantsAsync(
        NpgsqlDataSource database, IEnumerable<Invariant> invariants, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(
            "select name, checked_at, checked, note, failing_since, error, " +
            "(select count(*) from alerts a where a.invariant = name and cleared_at is null), " +
            "(select count(*) from suspicions s where s.invariant = name and not exists (" +
            "select from alerts a where a.invariant = s.invariant and a.subject = s.subject and a.cleared_at is null)) from invariants");
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var known = invariants.OrderBy(i => i.Name, StringComparer.Ordinal)
            .ToDictionary(i => i.Name, i => new InvariantView(i.Name, i.Meaning, "new", null, 0, null, null, null, 0, 0));
        while (await reader.ReadAsync(cancel))
        {
            if (!known.TryGetValue(reader.GetString(0), out var view))
            {
                continue; // Of a version that is gone.
            }

            var (failing, open) = (Time(reader, 4), reader.GetInt64(6));
            known[view.Name] = view with
            {
                State = open > 0 ? "violated" : failing is not null ? "unknown" : reader.IsDBNull(1) ? "new" : "holds",
                CheckedAt = Time(reader, 1),
                Checked = reader.GetInt64(2),
                Note = Text(reader, 3),
                CouldNotCheckSince = failing,
                Error = Text(reader, 5),
                OpenAlerts = open,
                Suspicions = reader.GetInt64(7),
            };
        }

        return [.. known.Values];
    }

    /// <summary>A page of alerts: the open ones first, the newest of each first.</summary>
    /// <param name="after">Where the page before ended: whether it was among the open ones, and the id.</param>
    public static async Task<AlertPage> PageAsync(
        NpgsqlDataSource database, bool? open, (bool IsOpen, long Id)? after, int countMax, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(
            $"select {Columns} from alerts where ($1 is null or (cleared_at is null) = $1) " +
            "and ($2 is null or ($2 and cleared_at is null and id < $3) or (cleared_at is not null and ($2 or id < $3))) " +
            "order by (cleared_at is null) desc, id desc limit $4");
        command.Parameters.Add(new() { Value = (object?)open ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Boolean });
        command.Parameters.Add(new() { Value = (object?)after?.IsOpen ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Boolean });
        command.Parameters.Add(new() { Value = (object?)after?.Id ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint });
        command.Parameters.AddWithValue(countMax);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var items = new List<AlertView>();
        while (await reader.ReadAsync(cancel))
        {
            items.Add(Read(reader));
        }

        var next = items.Count < countMax ? null : string.Create(
            CultureInfo.InvariantCulture, $"{(items[^1].ClearedAt is null ? "open" : "cleared")}-{items[^1].Id}");
        return new AlertPage(items, next);
    }

    public static async Task<AlertView?> FindAsync(NpgsqlDataSource database, long id, CancellationToken cancel)
    {
        await using var command = database.CreateCommand($"select {Columns} from alerts where id = $1");
        command.Parameters.AddWithValue(id);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel) ? Read(reader) : null;
    }

    private static AlertView Read(NpgsqlDataReader row) => new(
        row.GetInt64(0),
        row.GetString(1),
        row.GetString(2),
        row.GetString(3),
        Text(row, 4) is { } stream
            ? new(
                stream,
                row.IsDBNull(5) ? null : row.GetInt64(5),
                row.IsDBNull(6) ? null : row.GetInt64(6),
                row.IsDBNull(7) ? null : row.GetGuid(7))
            : null,
        JsonDocument.Parse(row.GetString(8)).RootElement,
        Time(row, 9)!.Value,
        Time(row, 10)!.Value,
        Time(row, 11),
        Text(row, 12) is { } by ? new(by, Time(row, 13)!.Value, Text(row, 14) ?? "") : null);

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static DateTimeOffset? Time(NpgsqlDataReader row, int column) =>
        row.IsDBNull(column) ? null : new DateTimeOffset(row.GetDateTime(column));
}
