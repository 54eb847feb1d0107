using System.Diagnostics;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Payments.Domain;
using Payments.EventStore;
using Payments.EventStore.Aggregates;

namespace Payments.Messaging.Consuming;

/// <summary>Handles a batch of messages in one transaction: decides in memory, and stores events, projections, dead letters and watermarks together.</summary>
/// <remarks>
/// Exactly once in effect: a message at or below the watermark is dropped, and the watermark moves only in the transaction of the effects.
/// When the batch cannot be stored because of one message, its messages are handled one by one and the bad one becomes a dead letter.
/// </remarks>
internal sealed partial class BatchProcessor<TState, TEvent>(
    ConsumerDefinition<TState, TEvent> definition,
    IEventStore store,
    Aggregates<TState, TEvent> aggregates,
    Progress progress,
    TimeProvider clock,
    ILogger log)
    where TState : class
{
    /// <summary>How often a batch is decided anew when other writers get in between, before it counts as trouble.</summary>
    private const int AttemptsMax = 50;

    /// <summary>Handles a batch. Afterwards its effects are stored, or it threw and the caller takes the batch again from the watermarks.</summary>
    public async Task ProcessAsync(IReadOnlyList<ConsumeResult<byte[], byte[]>> records, CancellationToken cancel)
    {
        try
        {
            await ProcessTogetherAsync(records, cancel);
        }
        catch (Exception bad) when (IsBad(bad) && records.Count > 1)
        {
            LogOneByOne(log, definition.Name, records.Count, bad.Message);
            foreach (var record in records)
            {
                await ProcessAsync([record], cancel);
            }
        }
        catch (Exception bad) when (IsBad(bad))
        {
            await BuryAsync(records[0], bad, cancel);
        }
    }

    // Trouble is tried again as it is, by the caller. Everything else is the message's fault, or a bug that only this message meets.
    private static bool IsBad(Exception e) => e is not (StoreUnavailableException or OperationCanceledException or Npgsql.NpgsqlException or TimeoutException);

    private async Task ProcessTogetherAsync(IReadOnlyList<ConsumeResult<byte[], byte[]>> records, CancellationToken cancel)
    {
        var batch = progress.Begin();
        var rows = new List<ProjectionRow>();
        var orders = Read(records, batch, rows);
        if (orders.Count == 0 && rows.Count == 0 && batch.Moved.Count == 0)
        {
            return;
        }

        using var turn = await aggregates.EnterAsync(orders.Select(o => o.Order.Stream), cancel);
        for (var attempt = 1; attempt <= AttemptsMax; attempt++)
        {
            var states = attempt == 1
                ? await aggregates.LoadAsync(orders.Where(o => !o.Order.StartsStream).Select(o => o.Order.Stream), cancel)
                : await aggregates.RefreshAsync(orders.Select(o => o.Order.Stream), cancel);
            var (changes, refused, nothings) = Decide(orders, states);
            var unit = new AppendUnit
            {
                Streams = [.. changes.Values.Select(c => c.ToAppend())],
                Rows = [.. changes.Values.SelectMany(c => c.Rows()), .. rows, .. refused],
                Watermarks = batch.Moves(definition.Name),
            };
            switch (await store.AppendAsync(unit, cancel))
            {
                case AppendResult.Appended:
                    aggregates.Keep(changes.Select(c => KeyValuePair.Create(c.Key, c.Value.After)));
                    progress.Confirm(batch);
                    ConsumerMetrics.Handled(definition.Name, records.Count);
                    nothings.ForEach(tell => tell());
                    return;
                case AppendResult.WatermarkMoved moved:
                    throw new StoreUnavailableException(
                        $"Another worker moved the watermark of {moved.Wanted.Topic}/{moved.Wanted.Partition}.",
                        new WatermarkMovedException(moved));
            }
        }

        throw new StoreUnavailableException(
            "The batch met other writers each time.", new TimeoutException($"{AttemptsMax} attempts of {orders.Count} messages."));
    }

    private List<Work> Read(IReadOnlyList<ConsumeResult<byte[], byte[]>> records, Progress.Batch batch, List<ProjectionRow> deadLetters)
    {
        var work = new List<Work>(records.Count);
        foreach (var record in records)
        {
            switch (MessageCodec.Read(record))
            {
                case MessageReading.Unreadable unreadable:
                    deadLetters.Add(Bury(record, "unreadable", unreadable.Reason));
                    break;
                case MessageReading.Readable { Message: var message } when batch.Place(message) is Standing.Fresh:
                    if (definition.Interpret(message) is { } order)
                    {
                        work.Add(new Work(record, message, order));
                    }

                    break;
            }
        }

        return work;
    }

    private (Dictionary<StreamId, Change<TState, TEvent>> Changes, List<ProjectionRow> Refused, List<Action> Nothings) Decide(
        List<Work> work, Dictionary<StreamId, Versioned<TState>> states)
    {
        var changes = new Dictionary<StreamId, Change<TState, TEvent>>();
        var refused = new List<ProjectionRow>();
        var nothings = new List<Action>();
        var now = clock.GetUtcNow();
        foreach (var (record, message, order) in work)
        {
            if (!changes.TryGetValue(order.Stream, out var change))
            {
                var before = states.GetValueOrDefault(order.Stream);
                changes[order.Stream] = change = new Change<TState, TEvent>(definition.Aggregate, order.Stream, before);
            }

            using var activity = ConsumerMetrics.StartHandling(definition.Name, message);
            var state = change.After.State;
            switch (order.Decide(state, now))
            {
                case Decision<TEvent>.Accepted { Events.Length: 0 }:
                    if (order.WhenNothing is { } tell)
                    {
                        nothings.Add(() => tell(state));
                    }

                    break;
                case Decision<TEvent>.Accepted accepted:
                    var trace = Activity.Current?.Id ?? message.Headers.TraceParent;
                    change.Add(accepted.Events, new Cause(message.Headers.Correlation, message.Headers.Id, definition.Name, trace), now);
                    break;
                case Decision<TEvent>.Refused no:
                    refused.Add(Bury(record, no.Reason.Code, no.Reason.Message));
                    break;
            }
        }

        return (changes, refused, nothings);
    }

    // The watermark moves past the message together with its dead letter, so neither is there without the other.
    private async Task BuryAsync(ConsumeResult<byte[], byte[]> record, Exception bad, CancellationToken cancel)
    {
        var batch = progress.Begin();
        if (MessageCodec.Read(record) is MessageReading.Readable readable && batch.Place(readable.Message) is not Standing.Fresh)
        {
            return;
        }

        var unit = new AppendUnit { Rows = [Bury(record, bad.GetType().Name, bad.ToString())], Watermarks = batch.Moves(definition.Name) };
        if (await store.AppendAsync(unit, cancel) is not AppendResult.Appended)
        {
            throw new StoreUnavailableException("Another worker moved the watermark.", bad);
        }

        progress.Confirm(batch);
    }

    private ProjectionRow Bury(ConsumeResult<byte[], byte[]> record, string errorType, string error)
    {
        LogDeadLetter(log, definition.Name, record.Topic, record.Partition, record.Offset, errorType);
        ConsumerMetrics.DeadLettered(definition.Name);
        return DeadLetter.Of(definition.Name, record, errorType, error, clock.GetUtcNow()).ToRow();
    }

    [LoggerMessage(EventId = 130, Level = LogLevel.Error, Message = "{Consumer}: dead letter from {Topic}/{Partition}@{Offset}: {ErrorType}")]
    private static partial void LogDeadLetter(ILogger log, string consumer, string topic, int partition, long offset, string errorType);

    [LoggerMessage(EventId = 131, Level = LogLevel.Warning, Message = "{Consumer}: a batch of {Count} is handled one by one: {Reason}")]
    private static partial void LogOneByOne(ILogger log, string consumer, int count, string reason);

    private sealed record Work(ConsumeResult<byte[], byte[]> Record, Message Message, Order<TState, TEvent> Order);
}
