using Confluent.Kafka;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Payments.EventStore;
using Payments.EventStore.Aggregates;
using Payments.Messaging.Parking;
using Payments.Messaging.Relay;
using Payments.Messaging.Standings;

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
    RetryPolicy retries,
    KafkaClientFactory clients,
    ConsumerStanding standing,
    TimeProvider clock,
    ILogger<BatchConsumer<TState, TEvent>> log) : BackgroundService
    where TState : class
{
    private static readonly TimeSpan PollTime = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan ReportEvery = TimeSpan.FromMilliseconds(500);

    /// <summary>Time for a relay to start again and send what is missing.</summary>
    private static readonly TimeSpan TellGapsEvery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan TroubleRetryAfter = TimeSpan.FromMilliseconds(500);

    private readonly StoredView _view = new(definition.Name, store, parked);
    private readonly GapPatience _patience = new();
    private readonly Dictionary<TopicPartition, long> _offsets = [];
    private readonly PartitionWatch _watch = new(standing, clock);
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
                LogTrouble(log, definition.Name, trouble);
                standing.Tell(trouble.Message);
                await Task.Delay(TroubleRetryAfter, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task RunAsync(CancellationToken cancel)
    {
        var processor = new BatchProcessor<TState, TEvent>(definition, store, aggregates, _view, retries, clock, log);
        using var reporter = clients.CreateProducer($"{definition.Name}-progress");
        using var consumer = clients.ConsumerBuilder(definition.Name, definition.Name)
            .SetPartitionsAssignedHandler((_, _) =>
            {
                _stale = true; // Another member may have moved the watermarks of what it gave up.
                _watch.Forget();
            })
            .Build();
        _stale = true;
        using var collector = new Collector<ConsumeResult<byte[], byte[]>>($"consumer {definition.Name}", () => Collect(consumer));
        consumer.Subscribe(definition.Topics.SelectMany(TopicSplit.TopicsOf).Select(t => t.Name));
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
            consumer.Leave();
        }
    }

    /// <summary>Waits for one message, then takes what is there. Blocks.</summary>
    private List<ConsumeResult<byte[], byte[]>> Collect(IConsumer<byte[], byte[]> consumer)
    {
        _watch.Obey(consumer);
        var records = new List<ConsumeResult<byte[], byte[]>>();
        var started = 0L;
        var wait = PollTime;
        while (records.Count < definition.BatchMax && consumer.Consume(wait) is { } record)
        {
            records.Add(record);
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
                    await _view.ResetAsync(cancel);
                    _stale = false;
                    _gapTold = false;
                }
                else if (_gapTold)
                {
                    await _view.RefreshAsync(cancel);
                    _gapTold = false;
                }

                if (records.Count > 0)
                {
                    await processor.ProcessAsync(records, cancel);
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
                LogTrouble(log, definition.Name, trouble);
                standing.Tell(trouble.Message);
                _stale = true;
                await Task.Delay(TroubleRetryAfter, clock, cancel);
            }
        }
    }

    // Offsets and progress are hints for a quick restart; the watermarks are the truth. So a failure here is only noted.
    private void Report(IConsumer<byte[], byte[]> consumer, IProducer<byte[], byte[]> reporter, List<ConsumeResult<byte[], byte[]>> records)
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
        ConsumerLag.Measure(definition.Name, consumer);
        _watch.Look(consumer, _offsets);
        if (!standing.IsPaused)
        {
            // While it is paused it is silent, as if it were away: a relay would send again to who speaks and does not go on.
            Tell(reporter);
        }

        Commit(consumer);
    }

    private void Tell(IProducer<byte[], byte[]> reporter)
    {
        List<ConsumerProgress> gaps = [];
        if (_gapsToldAt is not { } told || clock.GetElapsedTime(told) >= TellGapsEvery)
        {
            gaps.AddRange(_patience.Standing(_view.Progress.Report(gapsOnly: true), clock.GetElapsedTime(0)));
            _gapsToldAt = gaps.Count > 0 ? _reportedAt : null;
            _gapTold = gaps.Count > 0;
        }

        foreach (var progress in _view.Progress.Report(gapsOnly: false).Concat(gaps))
        {
            if (progress.Gap)
            {
                LogGap(log, definition.Name, progress.Source, progress.Partitions.Count);
            }

            var key = System.Text.Encoding.UTF8.GetBytes($"{progress.Consumer}/{progress.Source}");
            reporter.Produce(Topics.ConsumerProgress.Name, new Message<byte[], byte[]> { Key = key, Value = progress.ToJson() });
        }
    }

    private void Commit(IConsumer<byte[], byte[]> consumer)
    {
        if (_offsets.Count > 0)
        {
            try
            {
                consumer.Commit(_offsets.Select(o => new TopicPartitionOffset(o.Key, o.Value)));
            }
            catch (KafkaException notNow) when (!notNow.Error.IsFatal)
            {
                LogNotCommitted(log, definition.Name, notNow.Error.Reason);
            }

            _offsets.Clear();
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

    [LoggerMessage(EventId = 3006, Level = LogLevel.Debug, Message = "{Consumer} could not commit its offsets now: {Reason}")]
    private static partial void LogNotCommitted(ILogger log, string consumer, string reason);
}
