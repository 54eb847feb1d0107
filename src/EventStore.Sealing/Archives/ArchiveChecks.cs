using Npgsql;
using Payments.EventStore.Contract;
using Payments.EventStore.Partitions;

namespace Payments.EventStore.Sealing.Archives;

/// <summary>What stands against archiving a month.</summary>
internal static class ArchiveChecks
{
    // Of each stream with events in the month: a state at or after the last of them, so that nobody needs them to fold it; and of the
    // schema that states are loaded from, since others are passed over.
    private const string WithoutSnapshot =
        "from (select stream_id, max(stream_version) as version from {0} group by stream_id) m " +
        "where not exists (select from snapshots s where s.stream_id = m.stream_id and s.version >= m.version and s.schema_version = $1)";

    /// <returns>Empty: nothing. <paramref name="extent"/> is the month's first and last position and count, null when it has no
    /// events.</returns>
    public static async Task<List<ArchiveRefusal>> ReasonsAsync(
        NpgsqlConnection connection,
        Month month,
        (long First, long Last, long Count)? extent,
        IReadOnlyList<LogReader> readers,
        int snapshotSchema,
        DateTimeOffset now,
        CancellationToken cancel)
    {
        var reasons = new List<ArchiveRefusal>();

        // Recorded times never go back. So once an event of a later month is there, none can come into this one, whatever clocks say.
        await using (var head = new NpgsqlCommand("select recorded_at from log_head", connection))
        {
            var logIsAt = new DateTimeOffset((DateTime)(await head.ExecuteScalarAsync(cancel))!);
            if (now < month.End || logIsAt < month.End)
            {
                reasons.Add(new ArchiveRefusal.NotOver(month, logIsAt));
            }
        }

        if (extent is not { } events)
        {
            reasons.Add(new ArchiveRefusal.NoEvents(month));
            return reasons;
        }

        reasons.AddRange(readers.Where(r => r.Position < events.Last).Select(r => new ArchiveRefusal.StillRead(r, events.Last)));
        await using var count = new NpgsqlCommand($"select count(*), min(stream_id) {For(month)}", connection) { CommandTimeout = 0 };
        count.Parameters.AddWithValue(snapshotSchema);
        await using var reader = await count.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        if (reader.GetInt64(0) is > 0 and var streams)
        {
            reasons.Add(new ArchiveRefusal.WithoutSnapshot(streams, StreamId.Parse(reader.GetString(1))));
        }

        return reasons;
    }

    public static async Task<List<StreamId>> StreamsWithoutSnapshotAsync(
        NpgsqlConnection connection, Month month, int snapshotSchema, int countMax, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"select stream_id {For(month)} order by stream_id limit $2", connection)
        {
            CommandTimeout = 0,
            Parameters = { new() { Value = snapshotSchema }, new() { Value = countMax } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var streams = new List<StreamId>();
        while (await reader.ReadAsync(cancel))
        {
            streams.Add(StreamId.Parse(reader.GetString(0)));
        }

        return streams;
    }

    private static string For(Month month) => WithoutSnapshot.Replace("{0}", month.Partition, StringComparison.Ordinal);
}
