using Npgsql;
using NpgsqlTypes;
using Payments.EventStore.Contract;

namespace Payments.EventStore.Postgres;

/// <summary>The one call that stores a batch of units: fills the arrays of <c>append_units</c> and reads its answer.</summary>
internal static class AppendStatement
{
    private const string Sql =
        "select kind, unit, item, actual, until, recorded, fingerprint, answer, pg_postmaster_start_time() from append_units(" +
        "$1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21,$22,$23,$24,$25,$26,$27,$28,$29,$30,$31,$32)";

    /// <returns>With them, when the server was started that stored it: another start, another incarnation of the log.</returns>
    public static async Task<(AppendResult[] Results, IReadOnlyList<StoredEvent> Committed, DateTime ServerStarted)> ExecuteAsync(
        NpgsqlConnection connection, IReadOnlyList<AppendUnit> units, DateTimeOffset now, CancellationToken cancel)
    {
        var appends = Numbered(units, u => u.Streams);
        var rows = Numbered(units, u => u.Rows);
        var moves = Numbered(units, u => u.Watermarks);
        var claims = Numbered<Claim>(units, u => u.Claim is { } claim ? [claim] : []);

        await using var command = new NpgsqlCommand(Sql, connection);
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = now.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        AddAppends(command, appends);
        AddEvents(command, appends);
        Add(command, NpgsqlDbType.Integer, rows, r => r.Unit);
        Add(command, NpgsqlDbType.Text, rows, r => r.Item.Projection);
        Add(command, NpgsqlDbType.Jsonb, rows, r => Bytes(r.Item.Json));
        AddWatermarks(command, moves);
        Add(command, NpgsqlDbType.Integer, claims, c => c.Unit);
        Add(command, NpgsqlDbType.Text, claims, c => c.Item.Scope);
        Add(command, NpgsqlDbType.Text, claims, c => c.Item.Key);
        Add(command, NpgsqlDbType.Bytea, claims, c => Bytes(c.Item.Fingerprint));
        Add(command, NpgsqlDbType.Json, claims, c => Bytes(c.Item.Answer));

        await using var reader = await command.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        var head = reader.GetInt64(3);
        var recordedAt = new DateTimeOffset(reader.GetDateTime(5));
        var serverStarted = reader.GetDateTime(8);

        var results = new AppendResult?[units.Count];
        while (await reader.ReadAsync(cancel))
        {
            results[reader.GetInt32(1)] ??= reader.GetInt32(0) switch
            {
                1 => new AppendResult.Conflict(appends[Item()].Item.Stream, appends[Item()].Item.Expected, reader.GetInt64(3)),
                2 => new AppendResult.WatermarkMoved(moves[Item()].Item, reader.GetInt64(3)),
                3 => new AppendResult.AlreadyClaimed(claims[Item()].Item with
                {
                    Fingerprint = reader.GetFieldValue<byte[]>(6),
                    Answer = reader.GetFieldValue<byte[]>(7),
                }),
                4 => new AppendResult.Repeated(reader.GetInt64(3), reader.GetInt64(4), new DateTimeOffset(reader.GetDateTime(5))),
                var kind => throw new InvalidOperationException($"append_units answered with the unknown kind {kind}."),
            };
        }

        // The answer comes before the commit. Only the end of the conversation tells that it succeeded.
        while (await reader.NextResultAsync(cancel))
        {
        }

        return (Filled(results, units, head, recordedAt), Committed(results, units, head, recordedAt), serverStarted);

        int Item() => reader.GetInt32(2) - 1;
    }

    private static AppendResult[] Filled(AppendResult?[] results, IReadOnlyList<AppendUnit> units, long head, DateTimeOffset recordedAt)
    {
        for (var i = 0; i < results.Length; i++)
        {
            if (results[i] is not null)
            {
                continue;
            }

            var count = units[i].Streams.Sum(s => s.Events.Count);
            results[i] = count == 0
                ? new AppendResult.Appended(0, 0, recordedAt)
                : new AppendResult.Appended(head + 1, head + count, recordedAt);
            head += count;
        }

        return results!;
    }

    // The events as they were stored, for readers in this process. Empty when a version is not known without asking (an append to
    // "any" version): an empty batch makes readers look for themselves.
    private static List<StoredEvent> Committed(
        AppendResult?[] results, IReadOnlyList<AppendUnit> units, long head, DateTimeOffset recordedAt)
    {
        var committed = new List<StoredEvent>();
        for (var i = 0; i < units.Count; i++)
        {
            if (results[i] is not AppendResult.Appended)
            {
                continue;
            }

            foreach (var append in units[i].Streams.Where(s => s.Events.Count > 0))
            {
                if (append.Expected.Value < 0)
                {
                    return [];
                }

                var version = append.Expected.Value;
                foreach (var e in append.Events)
                {
                    committed.Add(new StoredEvent(
                        ++head, append.Stream, ++version, e.EventId, e.Type, e.SchemaVersion, e.Data, e.Metadata, recordedAt));
                }
            }
        }

        return committed;
    }

    private static void AddAppends(NpgsqlCommand command, List<(int Unit, StreamAppend Item)> appends)
    {
        Add(command, NpgsqlDbType.Integer, appends, a => a.Unit);
        Add(command, NpgsqlDbType.Text, appends, a => a.Item.Stream.ToString());
        Add(command, NpgsqlDbType.Bigint, appends, a => a.Item.Expected.Value);
        Add(command, NpgsqlDbType.Integer, appends, a => a.Item.Events.Count);
    }

    private static void AddEvents(NpgsqlCommand command, List<(int Unit, StreamAppend Item)> appends)
    {
        var events = new List<(int Append, int Ordinal, string Stream, NewEvent Event)>();
        for (var i = 0; i < appends.Count; i++)
        {
            var list = appends[i].Item.Events;
            var stream = appends[i].Item.Stream.ToString();
            for (var n = 0; n < list.Count; n++)
            {
                events.Add((i + 1, n + 1, stream, list[n]));
            }
        }

        Add(command, NpgsqlDbType.Integer, events, e => e.Append);
        Add(command, NpgsqlDbType.Integer, events, e => e.Ordinal);
        Add(command, NpgsqlDbType.Text, events, e => e.Stream);
        Add(command, NpgsqlDbType.Uuid, events, e => e.Event.EventId);
        Add(command, NpgsqlDbType.Text, events, e => e.Event.Type);
        Add(command, NpgsqlDbType.Integer, events, e => e.Event.SchemaVersion);
        Add(command, NpgsqlDbType.Jsonb, events, e => Bytes(e.Event.Data));
        Add(command, NpgsqlDbType.Uuid, events, e => e.Event.Metadata.CorrelationId);
        Add(command, NpgsqlDbType.Uuid, events, e => e.Event.Metadata.CausationId);
        Add(command, NpgsqlDbType.Text, events, e => e.Event.Metadata.Actor);
        Add(command, NpgsqlDbType.Text, events, e => e.Event.Metadata.TraceParent);
        Add(command, NpgsqlDbType.Text, events, e => e.Event.Metadata.RoutingKey);
    }

    private static void AddWatermarks(NpgsqlCommand command, List<(int Unit, WatermarkMove Item)> moves)
    {
        Add(command, NpgsqlDbType.Integer, moves, m => m.Unit);
        Add(command, NpgsqlDbType.Text, moves, m => m.Item.Consumer);
        Add(command, NpgsqlDbType.Text, moves, m => m.Item.Topic);
        Add(command, NpgsqlDbType.Integer, moves, m => m.Item.Partition);
        Add(command, NpgsqlDbType.Text, moves, m => m.Item.Source);
        Add(command, NpgsqlDbType.Bigint, moves, m => m.Item.From);
        Add(command, NpgsqlDbType.Bigint, moves, m => m.Item.To);
    }

    private static List<(int Unit, T Item)> Numbered<T>(IReadOnlyList<AppendUnit> units, Func<AppendUnit, IReadOnlyList<T>> items)
    {
        var list = new List<(int, T)>();
        for (var i = 0; i < units.Count; i++)
        {
            foreach (var item in items(units[i]))
            {
                list.Add((i, item));
            }
        }

        return list;
    }

    private static void Add<T, TValue>(NpgsqlCommand command, NpgsqlDbType type, List<T> items, Func<T, TValue> value)
    {
        var values = new TValue[items.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = value(items[i]);
        }

        command.Parameters.Add(new NpgsqlParameter<TValue[]> { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | type });
    }

    private static byte[] Bytes(ReadOnlyMemory<byte> memory) =>
        System.Runtime.InteropServices.MemoryMarshal.TryGetArray(memory, out var segment) && segment.Array!.Length == memory.Length
            ? segment.Array
            : memory.ToArray();
}
