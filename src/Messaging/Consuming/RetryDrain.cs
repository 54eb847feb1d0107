using Microsoft.Extensions.Logging;
using Payments.EventStore;
using Payments.EventStore.Aggregates;
using Payments.EventStore.Contract;
using Payments.Messaging.Envelope;
using Payments.Messaging.Lineages;
using Payments.Messaging.Parking;

namespace Payments.Messaging.Consuming;

/// <summary>Handles parked messages whose time has come, each key in its order: applied with their effects, or failed once more.</summary>
/// <remarks>Exactly once in effect: a message is settled in the transaction of its effects, and only as it was read.</remarks>
internal sealed partial class RetryDrain<TState, TEvent>(
    ConsumerDefinition<TState, TEvent> definition,
    IEventStore store,
    Aggregates<TState, TEvent> aggregates,
    IParkedMessages parked,
    RetryPolicy retries,
    TimeProvider clock,
    ILogger log,
    ISourceLineages? lineages = null)
    where TState : class
{
    private const int KeysMax = 50;
    private const int PerKeyMax = 20;

    /// <summary>How long a key is left alone of which nothing at all can be stored.</summary>
    private static readonly TimeSpan LeftAloneFor = TimeSpan.FromSeconds(30);

    private IReadOnlyDictionary<string, LogLineage> _lineages = new Dictionary<string, LogLineage>();
    private readonly MessageHandling<TState, TEvent> _handling = new(definition, store, aggregates, retries.TriesInPlace, clock);

    /// <summary>Keys that are left alone for a while, with the time until then.</summary>
    private readonly Dictionary<ParkingKey, DateTimeOffset> _leftAlone = [];

    /// <summary>Handles some of what is due.</summary>
    /// <returns>Whether anything was.</returns>
    /// <exception cref="StoreUnavailableException">Trouble: to be tried again.</exception>
    public async Task<bool> DrainAsync(CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        foreach (var over in _leftAlone.Where(k => k.Value <= now).ToList())
        {
            _leftAlone.Remove(over.Key);
        }

        var all = await parked.DueAsync(definition.Name, now, KeysMax + _leftAlone.Count, PerKeyMax, cancel);
        var due = all.Where(m => m.Key is not { } key || !_leftAlone.ContainsKey(key)).ToList();
        if (due.Count > 0)
        {
            _lineages = lineages is null ? _lineages : await lineages.ReadAsync(definition.Name, cancel);
            await HandleAsync(due, cancel);
        }

        return due.Count > 0;
    }

    // When the database rejects them together, each key is handled alone; then only its first message; and then it is that one.
    private async Task HandleAsync(List<ParkedMessage> due, CancellationToken cancel)
    {
        try
        {
            await HandleTogetherAsync(due, cancel);
        }
        catch (Exception bad) when (MessageHandling<TState, TEvent>.IsOfMessage(bad) && due.Count > 1)
        {
            var byKey = due.GroupBy(m => m.Key).ToList();
            foreach (var key in byKey)
            {
                await HandleAsync(byKey.Count > 1 ? [.. key] : [key.First()], cancel);
            }
        }
        catch (Exception bad) when (MessageHandling<TState, TEvent>.IsOfMessage(bad))
        {
            await FailAsync(due[0], Failure.Of(bad), cancel);
        }
    }

    private async Task FailAsync(ParkedMessage message, Failure failure, CancellationToken cancel)
    {
        if (await TryStoreFailureAsync(message, failure, cancel) is null)
        {
            return;
        }

        using var scope = log.Of(message.Correlation);
        if (!await IsAsReadAsync(message, cancel))
        {
            LogOvertaken(log, definition.Name, message.Id); // By another worker, or a person: what they did stands.
        }
        else if (await TryStoreFailureAsync(message, Failure.Untold(), cancel) is { } rejected)
        {
            LogLeftAlone(log, definition.Name, message.Id, LeftAloneFor, rejected);
            _leftAlone[message.Key!.Value] = clock.GetUtcNow() + LeftAloneFor;
        }
    }

    /// <summary>Null when it is stored.</summary>
    private async Task<StoreRejectedException?> TryStoreFailureAsync(ParkedMessage message, Failure failure, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var row = ParkingRow.Fail(message, failure, retries.RetryAt(failure, message.Attempts + 1, now), now);
        try
        {
            await _handling.HandleAsync([], _ => new([row.ToRow()], []), cancel);
        }
        catch (StoreRejectedException rejected)
        {
            return rejected;
        }

        Tell(message, row);
        return null;
    }

    /// <summary>Whether nobody has done anything about it since it was read.</summary>
    private async Task<bool> IsAsReadAsync(ParkedMessage message, CancellationToken cancel)
    {
        var due = await parked.DueAsync(definition.Name, clock.GetUtcNow(), KeysMax + _leftAlone.Count, PerKeyMax, cancel);
        return due.Any(m => m.Id == message.Id && m.Revision == message.Revision);
    }

    private async Task HandleTogetherAsync(IReadOnlyList<ParkedMessage> due, CancellationToken cancel)
    {
        var work = due.Select(Read).ToList();
        List<(ParkedMessage Message, ParkingRow Row)> rows = [];
        await _handling.HandleAsync(
            [.. work.Select(w => w.Order).OfType<Order<TState, TEvent>>()],
            pass =>
            {
                rows = [.. Decide(work, pass)];
                return new([.. rows.Select(r => r.Row.ToRow())], []);
            },
            cancel);
        rows.ForEach(r => Tell(r.Message, r.Row));
    }

    private IEnumerable<(ParkedMessage, ParkingRow)> Decide(IReadOnlyList<Work> work, DecisionPass<TState, TEvent> pass)
    {
        var failed = new HashSet<ParkingKey?>();
        foreach (var item in work)
        {
            if (failed.Contains(item.Parked.Key))
            {
                continue; // Waits on, behind the one that failed.
            }

            if (item.IsLost)
            {
                LogLost(log, definition.Name, item.Parked.Id); // It stays as a row, and its key goes on.
                yield return (item.Parked, ParkingRow.Settle(item.Parked, ParkingRow.Discarded, pass.Now));
                continue;
            }

            var failure = item.Failure ?? (item.Order is null ? null : pass.Try(item.Message!, item.Order));
            if (failure is not null)
            {
                failed.Add(item.Parked.Key);
            }

            yield return (item.Parked, failure is null
                ? ParkingRow.Settle(item.Parked, ParkingRow.Applied, pass.Now)
                : ParkingRow.Fail(item.Parked, failure, retries.RetryAt(failure, item.Parked.Attempts + 1, pass.Now), pass.Now));
        }
    }

    private Work Read(ParkedMessage parked)
    {
        if (parked.Read() is not MessageReading.Readable { Message: var message })
        {
            return new Work(parked, null, null, Failure.Unreadable("It cannot be read any more."));
        }

        if (message.Headers.Incarnation is { } incarnation && _lineages.TryGetValue(message.Headers.Source, out var lineage)
            && lineage.At(message.Headers.Position) is { } right && right != incarnation)
        {
            return new Work(parked, message, null, null, IsLost: true);
        }

        var (order, failure) = _handling.Interpret(message);
        return new Work(parked, message, order, failure);
    }

    private void Tell(ParkedMessage message, ParkingRow row)
    {
        if (row.Failure is not { } failure)
        {
            ConsumerMetrics.Retried(definition.Name, row.Outcome ?? ParkingRow.Applied);
            return;
        }

        ConsumerMetrics.Retried(definition.Name, "failed");
        if (row.RetryAt is null)
        {
            ConsumerMetrics.DeadLettered(definition.Name);
            using var scope = log.Of(message.Correlation);
            LogDeadLetter(log, definition.Name, message.Topic, message.Partition, message.KafkaOffset, failure.Type, message.Attempts + 1);
        }
    }

    [LoggerMessage(EventId = 133, Level = LogLevel.Error,
        Message = "{Consumer}: dead letter from {Topic}/{Partition}@{Offset} after {Attempts} attempts: {ErrorType}")]
    private static partial void LogDeadLetter(
        ILogger log, string consumer, string topic, int partition, long offset, string errorType, int attempts);

    [LoggerMessage(EventId = 134, Level = LogLevel.Information,
        Message = "{Consumer}: parked message {Id} was handled by somebody else meanwhile")]
    private static partial void LogOvertaken(ILogger log, string consumer, long id);

    [LoggerMessage(EventId = 3009, Level = LogLevel.Error,
        Message = "{Consumer}: nothing can be stored of parked message {Id}, not even that it failed; its key is left alone for {Time}")]
    private static partial void LogLeftAlone(ILogger log, string consumer, long id, TimeSpan time, Exception rejected);

    [LoggerMessage(EventId = 145, Level = LogLevel.Warning,
        Message = "{Consumer}: parked message {Id} is discarded: its source was restored to a moment before it")]
    private static partial void LogLost(ILogger log, string consumer, long id);

    private sealed record Work(
        ParkedMessage Parked, Message? Message, Order<TState, TEvent>? Order, Failure? Failure, bool IsLost = false);
}
