using Npgsql;
using NpgsqlTypes;
using Payments.EventStore.Contract;
using Payments.Messaging.Topics;

namespace Payments.Messaging.Relay;

/// <summary>
/// Keeps the relay's ledger in the database, over the connection that holds the relay's lock: who lost the lock cannot write.
/// </summary>
/// <param name="silenceMax">
/// Held by a process that says nothing for so long, the lock goes to another: a machine that stands still keeps its connections. A relay
/// that runs speaks several times a second, and pauses for ten seconds at most, while it asks the broker where partitions end.
/// </param>
internal sealed class RelayLedgerStore(NpgsqlConnection connection, TimeSpan silenceMax)
{
    private const long LockId = 0x72656c6179; // "relay"
    private static readonly TimeSpan StandardSilenceMax = TimeSpan.FromSeconds(30);

    public RelayLedgerStore(NpgsqlConnection connection)
        : this(connection, StandardSilenceMax)
    {
    }

    /// <summary>One relay per database, over all processes. The lock goes with the connection.</summary>
    public async Task<bool> TryLockAsync(CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"select pg_try_advisory_lock({LockId})", connection);
        if (!(bool)(await command.ExecuteScalarAsync(cancel))!)
        {
            return false;
        }

        await using var limit = new NpgsqlCommand($"set idle_session_timeout = {(int)silenceMax.TotalMilliseconds}", connection);
        await limit.ExecuteNonQueryAsync(cancel);
        return true;
    }

    public async Task<RelayLedger> ReadAsync(CancellationToken cancel)
    {
        var published = new Dictionary<PartitionOf, Published>();
        var acknowledged = new Dictionary<(string, PartitionOf), long>();
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new("select position from relay_checkpoint"),
                new("select topic, partition, position, end_offset from relay_partitions"),
                new("select consumer, topic, partition, position from relay_acknowledgements"),
                new("select consumer, incarnation from relay_readers"),
            },
        };
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        var checkpoint = reader.GetInt64(0);
        await reader.NextResultAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            published[new(reader.GetString(0), reader.GetInt32(1))] = new(reader.GetInt64(2), reader.GetInt64(3));
        }

        await reader.NextResultAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            acknowledged[(reader.GetString(0), new(reader.GetString(1), reader.GetInt32(2)))] = reader.GetInt64(3);
        }

        await reader.NextResultAsync(cancel);
        var incarnations = new Dictionary<string, Guid>();
        while (await reader.ReadAsync(cancel))
        {
            incarnations[reader.GetString(0)] = reader.GetGuid(1);
        }

        return new RelayLedger(checkpoint, published, acknowledged, PlatformTopics.ReadersOf, incarnations);
    }

    public async Task WriteAsync(RelayLedger ledger, CancellationToken cancel)
    {
        var published = ledger.Published.ToList();
        var acknowledged = ledger.Acknowledged.ToList();
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new("update relay_checkpoint set position = $1 where position <> $1")
                {
                    Parameters = { new() { Value = ledger.Checkpoint } }
                },
                new("insert into relay_partitions select * from unnest($1, $2, $3, $4) " +
                    "on conflict (topic, partition) do update set position = excluded.position, end_offset = excluded.end_offset " +
                    "where relay_partitions.position <> excluded.position or relay_partitions.end_offset <> excluded.end_offset")
                {
                    Parameters =
                    {
                        Array(NpgsqlDbType.Text, published.Select(p => p.Key.Topic)),
                        Array(NpgsqlDbType.Integer, published.Select(p => p.Key.Partition)),
                        Array(NpgsqlDbType.Bigint, published.Select(p => p.Value.Position)),
                        Array(NpgsqlDbType.Bigint, published.Select(p => p.Value.EndOffset)),
                    },
                },
                new("insert into relay_acknowledgements select * from unnest($1, $2, $3, $4) " +
                    "on conflict (consumer, topic, partition) do update set position = excluded.position " +
                    "where relay_acknowledgements.position <> excluded.position")
                {
                    Parameters =
                    {
                        Array(NpgsqlDbType.Text, acknowledged.Select(a => a.Key.Consumer)),
                        Array(NpgsqlDbType.Text, acknowledged.Select(a => a.Key.Partition.Topic)),
                        Array(NpgsqlDbType.Integer, acknowledged.Select(a => a.Key.Partition.Partition)),
                        Array(NpgsqlDbType.Bigint, acknowledged.Select(a => a.Value)),
                    },
                },
                new("insert into relay_readers select * from unnest($1, $2) " +
                    "on conflict (consumer) do update set incarnation = excluded.incarnation " +
                    "where relay_readers.incarnation <> excluded.incarnation")
                {
                    Parameters =
                    {
                        Array(NpgsqlDbType.Text, ledger.Incarnations.Keys),
                        Array(NpgsqlDbType.Uuid, ledger.Incarnations.Values),
                    },
                },
            },
        };
        await batch.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>A reader speaks of a part of this log that it does not have: it was restored to an earlier moment.</summary>
    /// <param name="log">The name of the log.</param>
    public async Task NoteRestoreAsync(string log, LogIncarnation latest, string reader, DateTimeOffset now, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            "insert into log_restores (log, incarnation, seen_by, begins_after, evidence, seen_at) values ($1, $2, $3, $4, $5, $6) " +
            "on conflict do nothing",
            connection)
        {
            Parameters =
            {
                new() { Value = log },
                new() { Value = latest.Id },
                new() { Value = "relay" },
                new() { Value = latest.BeginsAfter },
                new() { Value = $"{reader} has heard of a part of this log that it does not have any more." },
                new() { Value = now.UtcDateTime },
            },
        };
        await command.ExecuteNonQueryAsync(cancel);
    }

    private static NpgsqlParameter<T[]> Array<T>(NpgsqlDbType type, IEnumerable<T> values) =>
        new() { TypedValue = [.. values], NpgsqlDbType = NpgsqlDbType.Array | type };
}
