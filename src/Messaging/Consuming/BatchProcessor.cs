using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Payments.EventStore;
using Payments.EventStore.Aggregates;
using Payments.EventStore.Contract;
using Payments.Messaging.Envelope;
using Payments.Messaging.Kafka;
using Payments.Messaging.Lineages;
using Payments.Messaging.Parking;

namespace Payments.Messaging.Consuming;

/// <summary>
/// Handles a batch of messages in one transaction: decides in memory, and stores events, projections, what is parked, and watermarks
/// together.
/// </summary>
/// <remarks>
/// Exactly once in effect: a message at or below the watermark is dropped, and the watermark moves only in the transaction of the effects.
/// A message that fails is parked in that same transaction, and so are those of its key that come after it: other keys go on, and the
/// key keeps its order. When the database rejects the batch, its halves are handled apart, until the message is found.
/// No message ends the consumer: one whose very row is rejected is kept as bytes, and goes on being trouble only where not even those can
/// be stored, which is not its fault.
/// </remarks>
internal sealed partial class BatchProcessor<TState, TEvent>(
    ConsumerDefinition<TState, TEvent> definition,
    IEventStore store,
    Aggregates<TState, TEvent> aggregates,
    StoredView view,
    RetryPolicy retries,
    TimeProvider clock,
    ILogger log)
    where TState : class
{
    private const string StrayReason = "It waits for what nobody can send: its source writes nothing to this topic.";

    private readonly MessageHandling<TState, TEvent> _handling = new(definition, store, aggregates, retries.TriesInPlace, clock);

    /// <summary>
    /// Handles a batch. Afterwards its effects are stored, or it threw and the caller takes the batch again from the watermarks.
    /// </summary>
    public async Task ProcessAsync(IReadOnlyList<ConsumeResult<byte[], byte[]>> records, CancellationToken cancel)
    {
        try
        {
            await ProcessTogetherAsync(records, cancel);
        }
        catch (Exception bad) when (IsBad(bad) && records.Count > 1)
        {
            LogHalved(log, definition.Name, records.Count, bad.Message);
            await ProcessAsync([.. records.Take(records.Count / 2)], cancel);
            await ProcessAsync([.. records.Skip(records.Count / 2)], cancel);
        }
        catch (Exception bad) when (IsBad(bad))
        {
            await ParkAloneAsync(records[0], Failure.Of(bad), cancel);
        }
    }

    private static bool IsBad(Exception e) => MessageHandling<TState, TEvent>.IsOfMessage(e);

    private async Task ProcessTogetherAsync(IReadOnlyList<ConsumeResult<byte[], byte[]>> records, CancellationToken cancel)
    {
        var batch = view.Progress.Begin();
        var aside = new SetAside([], []);
        var work = Read(records, batch, aside);
        if (work.Count == 0 && aside.IsEmpty && batch.Moved.Count == 0)
        {
            return;
        }

        using var span = ConsumerMetrics.StartBatch(definition.Name, work.Select(w => w.Message));
        await view.Parked.RefreshAsync(work.Select(w => w.Key), cancel);
        var orders = work.Where(w => w.Order is not null && !view.Parked.Contains(w.Key)).Select(w => w.Order!).ToList();
        List<ParkingRow> rows = [];
        HashSet<ParkingKey> keys = [];
        await _handling.HandleAsync(
            orders,
            pass =>
            {
                rows =
                [
                    .. aside.Unreadable.Select(u => ParkingRow.Unreadable(definition.Name, u.Record, pass.Now, u.Reason)),
                    .. aside.Lost.Select(l => ParkingRow.Lost(definition.Name, l.Record, l.Message, pass.Now)),
                ];
                keys = [];
                foreach (var item in work)
                {
                    if (Handle(item, pass, keys) is { } row)
                    {
                        rows.Add(row);
                    }
                }

                return new([.. rows.Select(r => r.ToRow()), .. Restores(aside.Lost, pass.Now)], batch.Moves(definition.Name));
            },
            cancel);
        view.Progress.Confirm(batch);
        view.Parked.Add(keys);
        ConsumerMetrics.Handled(definition.Name, records.Count);
        rows.ForEach(Tell);
    }

    /// <summary>Sorts out what is new. A watermark passes all of it, also what is not for this consumer.</summary>
    private List<Work> Read(
        IReadOnlyList<ConsumeResult<byte[], byte[]>> records, Progress.Batch batch, SetAside aside)
    {
        var work = new List<Work>(records.Count);
        foreach (var record in records)
        {
            switch (Place(record, batch))
            {
                case (MessageReading.Unreadable { Reason: var reason }, _):
                    aside.Unreadable.Add((record, reason));
                    break;
                case (MessageReading.Readable, MessageDisposition.Stray):
                    aside.Unreadable.Add((record, StrayReason));
                    break;
                case (MessageReading.Readable { Message: var message }, MessageDisposition.Lost):
                    aside.Lost.Add((record, message));
                    break;
                case (MessageReading.Readable { Message: var message }, MessageDisposition.Fresh or MessageDisposition.Again)
                    when _handling.Interpret(message) is var (order, failure) && (order is not null || failure is not null):
                    work.Add(new Work(record, message, order, failure));
                    break;
            }
        }

        return work;
    }

    /// <summary>That a log was restored is noted once for each of its incarnations.</summary>
    private IEnumerable<ProjectionRow> Restores(List<(ConsumeResult<byte[], byte[]> Record, Message Message)> lost, DateTimeOffset now) =>
        lost.GroupBy(l => l.Message.Headers.Source).Select(of => LineageRow.Lost(
            definition.Name, of.Key, view.Progress.LineageOf(of.Key)!, of.First().Message.Headers.Position, now).ToRow());

    /// <summary>Reads a record and places what it says; a fresh one moves the batch's watermark. What is unreadable has no place.</summary>
    private (MessageReading Reading, MessageDisposition Disposition) Place(ConsumeResult<byte[], byte[]> record, Progress.Batch batch)
    {
        var reading = MessageCodec.Read(record);
        return (reading, reading is MessageReading.Readable { Message: var message } ? batch.Place(message, SentAt(record)) : default);
    }

    // Nothing was sent long after it was read, whatever it says.
    private DateTimeOffset SentAt(ConsumeResult<byte[], byte[]> record)
    {
        var (said, latest) = (SentTime.Of(record), clock.GetUtcNow().AddMinutes(1));
        return said < latest ? said : latest;
    }

    /// <summary>Decides one message, or says how it is parked.</summary>
    private ParkingRow? Handle(Work item, DecisionPass<TState, TEvent> pass, HashSet<ParkingKey> newlyParked)
    {
        if (view.Parked.Contains(item.Key) || newlyParked.Contains(item.Key))
        {
            return ParkingRow.Park(definition.Name, item.Record, item.Message, pass.Now);
        }

        if ((item.Failure ?? pass.Try(item.Message, item.Order!)) is not { } failure)
        {
            return null;
        }

        newlyParked.Add(item.Key);
        return ParkingRow.Park(definition.Name, item.Record, item.Message, pass.Now, failure, retries.RetryAt(failure, 1, pass.Now));
    }

    private async Task ParkAloneAsync(ConsumeResult<byte[], byte[]> record, Failure failure, CancellationToken cancel)
    {
        try
        {
            await ParkAsync(record, failure, onlyBytes: false, cancel);
        }
        catch (Exception bad) when (IsBad(bad))
        {
            LogOnlyBytes(log, definition.Name, record.Topic, record.Partition.Value, record.Offset.Value, bad);
            try
            {
                await ParkAsync(record, failure, onlyBytes: true, cancel);
            }
            catch (Exception worse) when (IsBad(worse))
            {
                throw new StoreUnavailableException(
                    $"{record.Topic}/{record.Partition.Value}@{record.Offset.Value} cannot even be kept as bytes: {worse.Message}", worse);
            }
        }
    }

    // The watermark moves past the message together with its parking, so neither is there without the other. What is unreadable has none.
    private async Task ParkAsync(ConsumeResult<byte[], byte[]> record, Failure failure, bool onlyBytes, CancellationToken cancel)
    {
        var batch = view.Progress.Begin();
        var place = Place(record, batch);
        var now = clock.GetUtcNow();
        if (RowOf(place, record, failure, now) is not { } row)
        {
            return;
        }

        List<ProjectionRow> rows = [(row = onlyBytes ? ParkingRow.OnlyBytes(definition.Name, record, now) : row).ToRow()];
        if (!onlyBytes && place is (MessageReading.Readable { Message: var lost }, MessageDisposition.Lost))
        {
            rows.AddRange(Restores([(record, lost)], now));
        }

        await _handling.HandleAsync([], _ => new(rows, batch.Moves(definition.Name)), cancel);
        view.Progress.Confirm(batch);
        if (row.KeyTopic is { } topic)
        {
            view.Parked.Add([new ParkingKey(topic, row.RoutingKey!)]);
        }

        Tell(row);
    }

    /// <summary>Null when there is nothing to be done with it, or not now.</summary>
    private ParkingRow? RowOf(
        (MessageReading, MessageDisposition) place,
        ConsumeResult<byte[], byte[]> record,
        Failure failure,
        DateTimeOffset now) => place switch
        {
            (MessageReading.Unreadable { Reason: var reason }, _) => ParkingRow.Unreadable(definition.Name, record, now, reason),
            (MessageReading.Readable, MessageDisposition.Stray) => ParkingRow.Unreadable(definition.Name, record, now, StrayReason),
            (MessageReading.Readable { Message: var message }, MessageDisposition.Lost) =>
                ParkingRow.Lost(definition.Name, record, message, now),
            (MessageReading.Readable { Message: var message }, MessageDisposition.Fresh or MessageDisposition.Again) =>
                ParkingRow.Park(definition.Name, record, message, now, failure, retries.RetryAt(failure, 1, now)),
            _ => null,
        };

    private void Tell(ParkingRow row)
    {
        ConsumerMetrics.Parked(definition.Name);
        if (row.Failure is not { } failure)
        {
            return;
        }

        using var scope = log.Of(row.CorrelationId);
        if (row.RetryAt is null)
        {
            ConsumerMetrics.DeadLettered(definition.Name);
            LogDeadLetter(log, definition.Name, row.Topic!, row.Partition!.Value, row.KafkaOffset!.Value, failure.Type);
        }
        else
        {
            LogParked(log, definition.Name, row.Topic!, row.Partition!.Value, row.KafkaOffset!.Value, failure.Type);
        }
    }

    [LoggerMessage(EventId = 130, Level = LogLevel.Error,
        Message = "{Consumer}: dead letter from {Topic}/{Partition}@{Offset}: {ErrorType}")]
    private static partial void LogDeadLetter(ILogger log, string consumer, string topic, int partition, long offset, string errorType);

    [LoggerMessage(EventId = 131, Level = LogLevel.Warning, Message = "{Consumer}: a batch of {Count} is handled in halves: {Reason}")]
    private static partial void LogHalved(ILogger log, string consumer, int count, string reason);

    [LoggerMessage(EventId = 132, Level = LogLevel.Warning,
        Message = "{Consumer}: {Topic}/{Partition}@{Offset} failed and is tried again: {ErrorType}")]
    private static partial void LogParked(ILogger log, string consumer, string topic, int partition, long offset, string errorType);

    /// <summary>What is kept without a key, so that nothing waits behind it.</summary>
    private sealed record SetAside(
        List<(ConsumeResult<byte[], byte[]> Record, string Reason)> Unreadable,
        List<(ConsumeResult<byte[], byte[]> Record, Message Message)> Lost)
    {
        public bool IsEmpty => Unreadable.Count == 0 && Lost.Count == 0;
    }

    [LoggerMessage(EventId = 139, Level = LogLevel.Error,
        Message = "{Consumer}: {Topic}/{Partition}@{Offset} cannot be parked as what it says; its bytes are kept")]
    private static partial void LogOnlyBytes(ILogger log, string consumer, string topic, int partition, long offset, Exception rejected);

    private sealed record Work(ConsumeResult<byte[], byte[]> Record, Message Message, Order<TState, TEvent>? Order, Failure? Failure)
    {
        public ParkingKey Key { get; } = ParkingKey.Of(Message);
    }
}
