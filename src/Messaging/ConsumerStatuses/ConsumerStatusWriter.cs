using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;
using Payments.EventStore.Postgres;

namespace Payments.Messaging.ConsumerStatuses;

/// <summary>
/// Writes down, every other second, how this process's consumer stands, and tells it whether a person wants it paused. Trouble with the
/// database is tried again; a standing that is not written shows as old.
/// </summary>
public sealed partial class ConsumerStatusWriter(
    ConsumerStatus standing, NpgsqlDataSource database, TimeProvider clock, ILogger<ConsumerStatusWriter> log) : BackgroundService
{
    /// <summary>How often.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(2);

    /// <summary>Half of the rate is of the last so many seconds.</summary>
    private const double RateHalfLifeSeconds = 4;

    private static readonly TimeSpan MembersKept = TimeSpan.FromDays(1);

    private double _rate;
    private long _counted;
    private long _countedAt;

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _countedAt = clock.GetTimestamp();
        using var timer = new PeriodicTimer(Every, clock);
        try
        {
            do
            {
                await TryWriteAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private async Task TryWriteAsync(CancellationToken cancel)
    {
        try
        {
            await WriteAsync(standing.Read(), cancel);
        }
        catch (Exception trouble) when (trouble is NpgsqlException or TimeoutException)
        {
            LogNotWritten(log, standing.Consumer, trouble.Message);
        }
    }

    private async Task WriteAsync(MemberStatus now, CancellationToken cancel)
    {
        Rate(now.Handled);
        var at = clock.GetUtcNow().UtcDateTime;
        var known = now.Partitions.Where(p => p.Value is { NextOffset: not null, EndOffset: not null }).ToList();
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(
            new("select exists (select from consumer_pauses where consumer = $1)") { Parameters = { Text(standing.Consumer) } });
        batch.BatchCommands.Add(new(
            "insert into consumer_members values ($1, $2, $3, $4, $5, $6, $7) " +
            "on conflict (consumer, member) do update set seen_at = excluded.seen_at, " +
            "state = excluded.state, trouble = excluded.trouble, rate = excluded.rate, handled_at = excluded.handled_at")
        {
            Parameters =
            {
                Text(standing.Consumer), Text(standing.Member), Time(at), Text(now.State), Text(now.Trouble), new() { Value = _rate },
                Time(now.HandledAt?.UtcDateTime),
            },
        });
        batch.BatchCommands.Add(new(
            "insert into consumer_partitions select $1, p.topic, p.partition, $2, p.next_offset, p.end_offset, p.handled_at, $3 " +
            "from unnest($4, $5, $6, $7, $8) as p (topic, partition, next_offset, end_offset, handled_at) " +
            "on conflict (consumer, topic, partition) do update set member = excluded.member, next_offset = excluded.next_offset, " +
            "end_offset = excluded.end_offset, handled_at = coalesce(excluded.handled_at, consumer_partitions.handled_at), " +
            "seen_at = excluded.seen_at")
        {
            Parameters =
            {
                Text(standing.Consumer), Text(standing.Member), Time(at),
                Array(NpgsqlDbType.Text, known.Select(p => p.Key.Topic)),
                Array(NpgsqlDbType.Integer, known.Select(p => p.Key.Partition)),
                Array(NpgsqlDbType.Bigint, known.Select(p => p.Value.NextOffset!.Value)),
                Array(NpgsqlDbType.Bigint, known.Select(p => p.Value.EndOffset!.Value)),
                Array(NpgsqlDbType.TimestampTz, known.Select(p => p.Value.HandledAt?.UtcDateTime)),
            },
        });
        batch.BatchCommands.Add(new("delete from consumer_members where consumer = $1 and seen_at < $2")
        {
            Parameters = { Text(standing.Consumer), Time(at - MembersKept) },
        });
        standing.IsPaused = (bool)(await batch.ExecuteScalarAsync(cancel))!;
    }

    private void Rate(long handled)
    {
        var seconds = Math.Max(0.001, clock.GetElapsedTime(_countedAt).TotalSeconds);
        var weight = 1 - Math.Pow(0.5, seconds / RateHalfLifeSeconds);
        _rate += weight * (((handled - _counted) / seconds) - _rate);
        (_counted, _countedAt) = (handled, clock.GetTimestamp());
    }

    private static NpgsqlParameter Text(string? value) =>
        new() { Value = value is null ? DBNull.Value : StorableText.Of(value), NpgsqlDbType = NpgsqlDbType.Text };

    private static NpgsqlParameter Time(DateTime? value) =>
        new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz };

    private static NpgsqlParameter<T[]> Array<T>(NpgsqlDbType type, IEnumerable<T> values) =>
        new() { TypedValue = [.. values], NpgsqlDbType = NpgsqlDbType.Array | type };

    [LoggerMessage(EventId = 3007, Level = LogLevel.Warning, Message = "How {Consumer} stands could not be written down: {Reason}")]
    private static partial void LogNotWritten(ILogger log, string consumer, string reason);
}
