using Confluent.Kafka;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Payments.EventStore.Contract;
using Payments.Messaging.Kafka;
using Payments.Messaging.Topics;

namespace Payments.Messaging.Relay;

/// <summary>
/// Brings a database's log to the broker: one relay per database, elected by an advisory lock, in order, until it is told to stop.
/// </summary>
/// <remarks>
/// The log is the outbox. The checkpoint trails what was sent, so a crash repeats some messages and consumers drop them by watermark.
/// A broker that has lost data is noticed four ways: its end offsets are behind the books at the start of a run, a delivery lands at an
/// offset that was taken before, a consumer meets a gap, or a consumer that lives does not acknowledge what is published. Each time
/// publishing starts again from what consumers have acknowledged. Topics that are gone are created again first.
/// <para>
/// It stops by itself only at an event that no topic takes: it cannot skip it, and trying again cannot help. The lock is free then, for an
/// instance of a version that knows the event; <see cref="RelayHealthCheck"/> says so.
/// </para>
/// </remarks>
public sealed partial class OutboxRelay(
    IEventStore store,
    NpgsqlDataSource database,
    KafkaClientFactory clients,
    TopicKeeper topics,
    RelayHealthCheck health,
    SplitSwitch split,
    TimeProvider clock,
    ILogger<OutboxRelay> log) : BackgroundService
{
    private static readonly TimeSpan LockRetryAfter = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan TroubleRetryAfter = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan EndsWithin = TimeSpan.FromSeconds(10);

    private readonly AcknowledgementWatch _watch = new(AcknowledgementWatch.PatienceFor(clients.Options));
    private readonly RepeatedLines _repeated = new(clock);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        IReadOnlySet<PartitionOf> lost = new HashSet<PartitionOf>();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                lost = await RunAsync(lost, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (UnroutableEventException bug)
            {
                LogStopped(log, store.Name, bug);
                health.Stopped(bug.Message);
                return;
            }
            catch (Exception trouble) when (
                trouble is NpgsqlException or KafkaException or IOException or TimeoutException or InvalidOperationException)
            {
                if (_repeated.Next(trouble.Message) is not null)
                {
                    LogTrouble(log, store.Name, trouble);
                }

                await topics.RestoreAsync(trouble, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                await Task.Delay(TroubleRetryAfter, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task<IReadOnlySet<PartitionOf>> RunAsync(IReadOnlySet<PartitionOf> lostBefore, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var books = new RelayLedgerStore(connection);
        while (!await books.TryLockAsync(cancel))
        {
            await Task.Delay(LockRetryAfter, clock, cancel);
        }

        try
        {
            var ledger = await books.ReadAsync(cancel);
            using var listener = new ProgressListener(clients, store.Name);
            var ends = await Task.Run(() => listener.Ends(ledger.Published.Keys.Union(lostBefore), EndsWithin), cancel);
            var lost = ends
                .Where(end => lostBefore.Contains(end.Key) || end.Value < ledger.Published.GetValueOrDefault(end.Key).EndOffset)
                .ToDictionary();
            if (lost.Count > 0)
            {
                var checkpoint = ledger.Checkpoint;
                ledger.GoBack(lost);
                await books.WriteAsync(ledger, cancel);
                // The embedded broker forgets with its process: nothing to worry about.
                var level = clients.Options.Embedded ? LogLevel.Information : LogLevel.Warning;
                LogLost(log, level, store.Name, lost.Count, checkpoint, ledger.Checkpoint);
            }

            using var producer = clients.CreateProducer($"relay-{store.Name}");
            LogStarted(log, store.Name, ledger.Checkpoint);
            var limits = RelayLimits.For(clients.Options);
            return await new RelayRun(
                store, books, ledger, _watch, producer, clients.Names, listener, split, limits, clock, log).RunAsync(cancel);
        }
        finally
        {
            // The lock belongs to the session, and a pooled session outlives us: it is closed for good when it goes back.
            // (NpgsqlConnection.ClearPool knows nothing of the pool of a data source.)
            database.Clear();
        }
    }

    [LoggerMessage(EventId = 120, Level = LogLevel.Information, Message = "Relay of {Source} publishes from position {Position} on")]
    private static partial void LogStarted(ILogger log, string source, long position);

    [LoggerMessage(EventId = 121,
        Message = "The broker has lost messages of {Source} on {Partitions} partitions: " +
            "publishing goes back from position {Was} to {Position}")]
    private static partial void LogLost(ILogger log, LogLevel level, string source, int partitions, long was, long position);

    [LoggerMessage(EventId = 124, Level = LogLevel.Critical,
        Message = "Relay of {Source} has stopped for good: an event that it has to send goes to no topic that this version knows")]
    private static partial void LogStopped(ILogger log, string source, Exception bug);

    [LoggerMessage(EventId = 122, Level = LogLevel.Warning, Message = "Relay of {Source} stopped and starts again")]
    private static partial void LogTrouble(ILogger log, string source, Exception trouble);
}
