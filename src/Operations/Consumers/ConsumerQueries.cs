using Npgsql;
using Payments.Contracts.Consumers;
using Payments.EventStore.Postgres;
using Payments.Messaging.ConsumerStatuses;

namespace Payments.Operations.Consumers;

/// <summary>Reads how the consumer of this service stands, as all of its members have written it down.</summary>
internal sealed class ConsumerQueries(LogDatabase database, ConsumerStatus standing, TimeProvider clock)
{
    /// <summary>A member that was not seen for so long has stopped, or cannot reach its database.</summary>
    private static readonly TimeSpan StoppedAfter = 5 * ConsumerStatusWriter.Every;

    private const string Pause = "select by, at, reason from consumer_pauses where consumer = $1";

    public async Task<PauseView?> PauseAsync(CancellationToken cancel)
    {
        await using var command = database.Primary.CreateCommand(Pause);
        command.Parameters.AddWithValue(standing.Consumer);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await ReadPauseAsync(reader, cancel);
    }

    public async Task<ConsumersView> ReadAsync(CancellationToken cancel)
    {
        await using var batch = database.Primary.CreateBatch();
        foreach (var sql in new[]
        {
            Pause,
            "select member, state, trouble, rate, handled_at, seen_at " +
                "from consumer_members where consumer = $1 order by seen_at desc, member limit 100",
            "select topic, partition, member, next_offset, end_offset, handled_at, seen_at " +
                "from consumer_partitions where consumer = $1 order by 1, 2",
            "select count(*) filter (where not is_dead), count(*) filter (where is_dead), coalesce(sum(waiting), 0)::bigint " +
                "from parked_keys where consumer = $1",
        })
        {
            batch.BatchCommands.Add(new(sql) { Parameters = { new() { Value = standing.Consumer } } });
        }

        batch.BatchCommands.Add(new("select c.position, h.position from relay_checkpoint c cross join log_head h"));
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        var paused = await ReadPauseAsync(reader, cancel);
        var members = await ReadAllAsync(reader, Member, cancel);
        var partitions = await ReadAllAsync(reader, Partition, cancel);
        var (retried, dead, waiting) = (await ReadAllAsync(reader, r => (r.GetInt64(0), r.GetInt64(1), r.GetInt64(2)), cancel)).Single();
        var relay = (await ReadAllAsync(reader, r => (Position: r.GetInt64(0), Last: r.GetInt64(1)), cancel)).Single();
        var seen = members.Where(m => m.SeenAt > clock.GetUtcNow() - StoppedAfter).ToList();
        return new ConsumersView(
            standing.Consumer,
            seen.Count == 0 ? "stopped" : seen.Any(m => m.State == "trouble") ? "trouble" : paused is not null ? "paused" : "running",
            paused,
            partitions.Sum(p => p.Lag),
            seen.Sum(m => m.RatePerSecond),
            partitions.Max(p => p.HandledAt),
            retried,
            dead,
            waiting,
            seen.Count == 0 ? members.Take(1).ToList() : seen,
            partitions,
            new(relay.Position, relay.Last, Math.Max(0, relay.Last - relay.Position)));
    }

    private static async Task<PauseView?> ReadPauseAsync(NpgsqlDataReader reader, CancellationToken cancel) =>
        await reader.ReadAsync(cancel) ? new(reader.GetString(0), new DateTimeOffset(reader.GetDateTime(1)), reader.GetString(2)) : null;

    private static async Task<List<T>> ReadAllAsync<T>(NpgsqlDataReader reader, Func<NpgsqlDataReader, T> read, CancellationToken cancel)
    {
        await reader.NextResultAsync(cancel);
        var all = new List<T>();
        while (await reader.ReadAsync(cancel))
        {
            all.Add(read(reader));
        }

        return all;
    }

    private static MemberView Member(NpgsqlDataReader row) => new(
        row.GetString(0),
        row.GetString(1),
        row.IsDBNull(2) ? null : row.GetString(2),
        row.GetDouble(3),
        Time(row, 4),
        new DateTimeOffset(row.GetDateTime(5)));

    private static PartitionView Partition(NpgsqlDataReader row) => new(
        row.GetString(0),
        row.GetInt32(1),
        row.GetString(2),
        row.GetInt64(3),
        row.GetInt64(4),
        Math.Max(0, row.GetInt64(4) - row.GetInt64(3)),
        Time(row, 5),
        new DateTimeOffset(row.GetDateTime(6)));

    private static DateTimeOffset? Time(NpgsqlDataReader row, int column) =>
        row.IsDBNull(column) ? null : new DateTimeOffset(row.GetDateTime(column));
}
