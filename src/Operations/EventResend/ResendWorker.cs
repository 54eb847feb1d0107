using Confluent.Kafka;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Payments.EventStore.Contract;
using Payments.EventStore.Subscriptions;
using Payments.Messaging.Kafka;
using Payments.Messaging.Relay;
using Payments.Messaging.Topics;

namespace Payments.Operations.EventResend;

/// <summary>Sends replays, one after the other, in one process at a time.</summary>
/// <remarks>
/// What is sent is confirmed by the broker before it is written down; so a crash repeats what was sent since, and consumers drop it like
/// everything that they have had.
/// </remarks>
internal sealed partial class ResendWorker(
    IEventStore store,
    ResendStore books,
    ILeadership leadership,
    KafkaClientFactory clients,
    SplitSwitch split,
    TimeProvider clock,
    ILogger<ResendWorker> log) : BackgroundService
{
    private const int PageMax = 500;

    /// <summary>Sent, confirmed and written down together.</summary>
    private const int TogetherMax = 200;

    /// <summary>So often a second at most, so that a pause or a cancellation is noticed soon.</summary>
    private const int StepsPerSecond = 5;

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (await books.NextAsync(stoppingToken) is not null)
                {
                    await WorkAsync(stoppingToken);
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (OperationCanceledException)
            {
                LogLost(log, store.Name); // The lease: another process may go on.
            }
            catch (Exception trouble) when (IsTrouble(trouble))
            {
                LogTrouble(log, store.Name, trouble);
            }

            await Task.Delay(LookEvery, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static bool IsTrouble(Exception e) =>
        e is NpgsqlException or KafkaException or StoreUnavailableException or IOException or TimeoutException;

    // The lease is held only while there is something to do: waiting for it takes a session.
    private async Task WorkAsync(CancellationToken stopping)
    {
        await using var lease = await leadership.AcquireAsync("event-replays", stopping);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(stopping, lease.Lost);
        while (await books.NextAsync(cancel.Token) is { } replay)
        {
            try
            {
                LogStarted(log, replay.Id, replay.Position);
                await RunAsync(replay, cancel.Token);
            }
            catch (Exception cannot) when (cannot is StreamArchivedException or LogArchivedException or InvalidOperationException)
            {
                LogFailed(log, replay.Id, cannot);
                await books.NoteAsync(replay.Id, cannot.Message, failed: true, clock.GetUtcNow(), cancel.Token);
            }
            catch (Exception trouble) when (IsTrouble(trouble) && trouble is not NpgsqlException)
            {
                await books.NoteAsync(replay.Id, trouble.Message, failed: false, clock.GetUtcNow(), cancel.Token);
                throw;
            }
        }
    }

    private async Task RunAsync(Resend replay, CancellationToken cancel)
    {
        using var producer = clients.CreateProducer($"replay-{store.Name}");
        var mark = new ReplayMark(replay.Id, replay.Consumer);
        var upTo = replay.Filter.ToPosition!.Value;
        var (position, sent, started) = (replay.Position, 0L, clock.GetTimestamp());
        if (position >= upTo)
        {
            await books.MoveAsync(replay.Id, position, position, 0, last: true, clock.GetUtcNow(), cancel); // There is nothing in it.
            return;
        }

        await foreach (var page in new ResendReading(store).PagesAsync(replay.Filter, position, upTo, PageMax, cancel))
        {
            var parts = page.Events.Chunk(Math.Clamp(replay.RatePerSecond / StepsPerSecond, 1, TogetherMax)).ToList();
            for (var i = 0; i <= parts.Count; i++)
            {
                // After the last part comes what holds nothing to send.
                var part = i < parts.Count ? parts[i] : [];
                var to = i < parts.Count ? part[^1].Event.Position : page.UpTo;
                if (to == position)
                {
                    continue;
                }

                var lineage = await store.LineageAsync(cancel);
                await Task.WhenAll(part.SelectMany(e => Send(producer, lineage, e, mark, cancel)));
                if (!await books.MoveAsync(replay.Id, position, to, part.Length, last: to >= upTo, clock.GetUtcNow(), cancel))
                {
                    return;
                }

                (position, sent) = (to, sent + part.Length);
                var early = TimeSpan.FromSeconds((double)sent / replay.RatePerSecond) - clock.GetElapsedTime(started);
                if (early > TimeSpan.Zero && position < upTo)
                {
                    await Task.Delay(early, clock, cancel);
                }
            }
        }
    }

    private IEnumerable<Task> Send(
        IProducer<byte[], byte[]> producer, LogLineage lineage, ReplayedEvent e, ReplayMark mark, CancellationToken cancel)
    {
        var message = EventMessage.Encode(store.Name, lineage, e.Event, e.Previous, mark);
        return TopicSplit.Physical(e.Place, split.Phase)
            .Select(place => producer.ProduceAsync(clients.Names.OnBroker(place), message, cancel));
    }

    [LoggerMessage(EventId = 170, Level = LogLevel.Information, Message = "Replay {Replay} goes on after position {Position}")]
    private static partial void LogStarted(ILogger log, Guid replay, long position);

    [LoggerMessage(EventId = 171, Level = LogLevel.Error, Message = "Replay {Replay} cannot go on")]
    private static partial void LogFailed(ILogger log, Guid replay, Exception why);

    [LoggerMessage(EventId = 172, Level = LogLevel.Warning, Message = "Replays of {Source} have trouble and are tried again")]
    private static partial void LogTrouble(ILogger log, string source, Exception trouble);

    [LoggerMessage(EventId = 173, Level = LogLevel.Information, Message = "Replays of {Source} are another process's now")]
    private static partial void LogLost(ILogger log, string source);
}
