using Confluent.Kafka;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Payments.EventStore.Aggregates;
using Payments.EventStore.Contract;
using Payments.Messaging.ConsumerStatuses;
using Payments.Messaging.Kafka;
using Payments.Messaging.Lineages;
using Payments.Messaging.Parking;
using Payments.Messaging.Relay;
using Payments.Messaging.Topics;

namespace Payments.Messaging.Consuming;

/// <summary>
/// Reads a consumer's topics and has batches of messages handled, until it is told to stop. Trouble is tried again, for ever, and seen as
/// lag.
/// </summary>
public sealed partial class BatchConsumer<TState, TEvent>(
    ConsumerDefinition<TState, TEvent> definition,
    IEventStore store,
    Aggregates<TState, TEvent> aggregates,
    IParkedMessages parked,
    ISourceLineages lineages,
    RetryPolicy retries,
    KafkaClientFactory clients,
    TopicKeeper topics,
    ConsumerStatus standing,
    TimeProvider clock,
    ILogger<BatchConsumer<TState, TEvent>> log) : BackgroundService
    where TState : class
{
    private static readonly TimeSpan PollTime = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan ReportEvery = TimeSpan.FromMilliseconds(500);

    /// <summary>Time for a relay to start again and send what is missing.</summary>
    private static readonly TimeSpan TellGapsEvery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan TroubleRetryAfter = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a message waits for a word of its relay. A relay that is down sends it again when it is up.</summary>
    private static readonly TimeSpan WordOfRelayMax = TimeSpan.FromSeconds(5);

    private readonly StoredView _view = new(definition.Name, store, parked);
    private readonly AnnouncedLineages _heard = new(clock);
    private readonly HashSet<string> _silent = [];
    private LineageAdoption? _adoption;
    private readonly GapPatience _patience = new();
    private readonly Dictionary<TopicPartition, long> _offsets = [];
    private readonly PartitionWatch _watch = new(standing, clients.Names, clock);
    private readonly RepeatedLines _repeated = new(clock);
    private long _reportedAt;
    private long? _gapsToldAt;

    /// <summary>The watermarks in memory may be behind those in the database.</summary>
    private bool _stale = true;

    /// <summary>
    /// Something is missing, or so it seems: what is missed may have been handled by a member that did not know yet that it had lost the
    /// partition, and has then been stored and acknowledged. Nobody would send it again, and nothing be handled here any more.
    /// </summary>
    private bool _gapTold;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        ConsumerMetrics.Begin(definition.Name);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RunAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception trouble) when (
                trouble is KafkaException or NpgsqlException or StoreUnavailableException or TimeoutException or IOException)
            {
                Note(trouble);
                await topics.RestoreAsync(trouble, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                await Task.Delay(TroubleRetryAfter, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task RunAsync(CancellationToken cancel)
    {
        var processor = new BatchProcessor<TState, TEvent>(definition, store, aggregates, _view, retries, clock, log);
        using var reporter = new ProgressReporter(definition.Name, clients, clock, log);
        using var consumer = clients.ConsumerBuilder(definition.Name, definition.Name)
            .SetPartitionsAssignedHandler((_, _) =>
            {
                _stale = true; // Another member may have moved the watermarks of what it gave up.
                _watch.Forget();
            })
            .Build();
        _stale = true;
        using var listener = new LineageListener(clients, definition.Name, _heard);
        using var collector = new Collector<ConsumeResult<byte[], byte[]>>($"consumer {definition.Name}", () => Collect(consumer));
        consumer.Subscribe(definition.Topics.SelectMany(TopicSplit.TopicsOf).Select(t => clients.Names.OnBroker(t.Name)));
        try
        {
            while (true)
            {
                cancel.ThrowIfCancellationRequested();
                var records = await collector.NextAsync();
                await HandleAsync(processor, records, cancel);
                standing.Tell(null);
                Report(consumer, reporter, records);
            }
        }
        finally
        {
            ConsumerLag.Left(definition.Name);
            _offsets.Clear(); // Of partitions that may be new ones when it reads them again.
            consumer.Leave();
        }
    }

    /// <summary>Waits for one message, then takes what is there. Blocks.</summary>
    private List<ConsumeResult<byte[], byte[]>> Collect(IConsumer<byte[], byte[]> consumer)
    {
        _watch.ApplyPause(consumer);
        var records = new List<ConsumeResult<byte[], byte[]>>();
        var started = 0L;
        var wait = PollTime;
        var bytes = 0L;
        while (records.Count < definition.BatchMax && bytes < definition.BatchBytesMax && consumer.Consume(wait) is { } record)
        {
            records.Add(clients.Names.Ours(record));
            bytes += (record.Message.Value?.Length ?? 0) + (record.Message.Key?.Length ?? 0)
                + (record.Message.Headers?.Sum(h => h.GetValueBytes()?.Length ?? 0) ?? 0);
            if (records.Count == 1)
            {
                started = clock.GetTimestamp();
                wait = TimeSpan.Zero;
            }
            else if (clock.GetElapsedTime(started) > definition.BatchWait)
            {
                break;
            }
        }

        return records;
    }

    private async Task HandleAsync(
        BatchProcessor<TState, TEvent> processor, List<ConsumeResult<byte[], byte[]>> records, CancellationToken cancel)
    {
        while (true)
        {
            try
            {
                if (_stale)
                {
                    await Adoption.ResetAsync(cancel);
                    await _view.ResetAsync(cancel);
                    _stale = false;
                    _gapTold = false;
                }
                else if (_gapTold)
                {
                    await _view.RefreshAsync(cancel);
                    _gapTold = false;
                }

                await Adoption.AdoptAsync(cancel);
                if (records.Count > 0)
                {
                    await processor.ProcessAsync(records, cancel);
                }

                if (await HeardMoreAsync(cancel))
                {
                    continue;
                }

                // While a topic is split, what seems to be missing may have come to another member, on another topic.
                if (_view.Progress.TakeMetGap() && await _view.RefreshAsync(cancel))
                {
                    continue;
                }

                return;
            }
            catch (StoreUnavailableException overtaken) when (overtaken.InnerException is WatermarkMovedException)
            {
                LogOvertaken(log, definition.Name, overtaken.Message);
                _stale = true;
            }
            catch (Exception trouble) when (trouble is StoreUnavailableException or NpgsqlException or TimeoutException)
            {
                // Whether the batch was stored is not known: the watermarks know, and drop what was.
                Note(trouble);
                _stale = true;
                await Task.Delay(TroubleRetryAfter, clock, cancel);
            }
        }
    }

    private LineageAdoption Adoption => _adoption ??= new(definition.Name, store, lineages, _heard, _view.Progress, clock);

    /// <summary>Where it hangs on a relay whether the source still has a message, waits for its word.</summary>
    /// <returns>Whether it came: then the messages are placed anew.</returns>
    private async Task<bool> HeardMoreAsync(CancellationToken cancel)
    {
        if (_view.Progress.TakeUnsettled() is not { Count: > 0 } unsettled)
        {
            return false;
        }

        // A relay that said nothing for so long is waited for once: messages of others are not to be held up with each of its own.
        var isSilent = unsettled.Keys.All(_silent.Contains);
        if (await _heard.WaitAsync(unsettled, isSilent ? TimeSpan.Zero : WordOfRelayMax, cancel))
        {
            _silent.Clear();
            return true;
        }

        if (!isSilent)
        {
            LogNoWord(log, definition.Name, string.Join(", ", unsettled.Keys));
            _silent.UnionWith(unsettled.Keys);
        }

        return false;
    }

    // Offsets and progress are hints for a quick restart; the watermarks are the truth. So a failure here is only noted.
    private void Report(IConsumer<byte[], byte[]> consumer, ProgressReporter reporter, List<ConsumeResult<byte[], byte[]>> records)
    {
        foreach (var record in records)
        {
            _offsets[record.TopicPartition] = record.Offset.Value + 1;
        }

        standing.Count(records.Count);

        if (clock.GetElapsedTime(_reportedAt) < ReportEvery)
        {
            return;
        }

        _reportedAt = clock.GetTimestamp();
        ConsumerLag.Measure(definition.Name, consumer, clients.Names);
        _watch.Look(consumer, _offsets);
        if (!standing.IsPaused)
        {
            // While it is paused it is silent, as if it were away: a relay would send again to who speaks and does not go on.
            Tell(reporter, consumer.Assignment);
        }

        Commit(consumer);
    }

    // Nor does it say anything while it has no partition: whether anybody reads them now, it does not know.
    private void Tell(ProgressReporter reporter, List<TopicPartition> assignment)
    {
        if (assignment.Count == 0)
        {
            return;
        }

        var assigned = assignment
            .GroupBy(p => clients.Names.Ours(p.Topic))
            .ToDictionary(of => of.Key, of => (IReadOnlyList<int>)[.. of.Select(p => p.Partition.Value)]);
        List<ConsumerProgress> gaps = [];
        if (_gapsToldAt is not { } told || clock.GetElapsedTime(told) >= TellGapsEvery)
        {
            gaps.AddRange(_patience.Lasting(_view.Progress.Report(gapsOnly: true), clock.GetElapsedTime(0)));
            _gapsToldAt = gaps.Count > 0 ? _reportedAt : null;
            _gapTold = gaps.Count > 0;
        }

        foreach (var progress in _view.Progress.Report(gapsOnly: false).Concat(gaps))
        {
            if (progress.Gap)
            {
                LogGap(log, definition.Name, progress.Source, progress.Partitions.Count);
            }

            reporter.Tell(progress with { Assigned = assigned });
        }
    }

    private void Commit(IConsumer<byte[], byte[]> consumer)
    {
        if (_offsets.Count > 0)
        {
            try
            {
                consumer.Commit(_offsets.Select(o => new TopicPartitionOffset(clients.Names.OnBroker(o.Key), o.Value)));
            }
            catch (KafkaException notNow) when (!notNow.Error.IsFatal)
            {
                LogNotCommitted(log, definition.Name, notNow.Error.Reason);
            }

            _offsets.Clear();
        }
    }

    private void Note(Exception trouble)
    {
        standing.Tell(trouble.Message);
        if (_repeated.Next(trouble.Message) is not null)
        {
            LogTrouble(log, definition.Name, trouble);
        }
    }

    [LoggerMessage(EventId = 3004, Level = LogLevel.Warning, Message = "{Consumer} has trouble and tries again")]
    private static partial void LogTrouble(ILogger log, string consumer, Exception trouble);

    [LoggerMessage(
        EventId = 3005, Level = LogLevel.Warning,
        Message = "{Consumer} misses messages of {Source} on {Partitions} partitions and asks for them again")]
    private static partial void LogGap(ILogger log, string consumer, string source, int partitions);

    [LoggerMessage(EventId = 143, Level = LogLevel.Debug, Message = "{Consumer}: what it had in hand is decided anew. {Reason}")]
    private static partial void LogOvertaken(ILogger log, string consumer, string reason);

    [LoggerMessage(
        EventId = 144, Level = LogLevel.Warning,
        Message = "{Consumer} has messages of {Sources}, but no relay says whether they still hold. They are sent again when it is there")]
    private static partial void LogNoWord(ILogger log, string consumer, string sources);

    [LoggerMessage(EventId = 3006, Level = LogLevel.Debug, Message = "{Consumer} could not commit its offsets now: {Reason}")]
    private static partial void LogNotCommitted(ILogger log, string consumer, string reason);
}
