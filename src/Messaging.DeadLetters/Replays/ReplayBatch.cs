using Microsoft.Extensions.Logging;
using Payments.EventStore;
using Payments.EventStore.Aggregates;
using Payments.EventStore.Contract;
using Payments.Messaging.Consuming;
using Payments.Messaging.Envelope;
using Payments.Messaging.Parking;
using Payments.Operations.Audit;

namespace Payments.Messaging.DeadLetters.Replays;

/// <summary>
/// Handles the next items of a replay in one transaction: the effects, what becomes of each message, the items and the counts.
/// </summary>
/// <remarks>
/// Once in effect: a message is settled only as it was selected, an item is done only while it is pending and the replay is running, and
/// both in the transaction of the effects. So whoever does this, and however often it is killed or does it twice, each is applied once.
/// </remarks>
internal sealed partial class ReplayBatch<TState, TEvent>(
    ConsumerDefinition<TState, TEvent> definition,
    IEventStore store,
    Aggregates<TState, TEvent> aggregates,
    ReplayStore books,
    RetryPolicy retries,
    EditRule edits,
    TimeProvider clock,
    ILogger log)
    where TState : class
{
    private readonly MessageHandling<TState, TEvent> _handling = new(definition, store, aggregates, retries.TriesInPlace, clock);

    /// <summary>Handles some of what is pending.</summary>
    /// <returns>How many items are done; 0 when nothing was left to do, or the replay is not running any more.</returns>
    /// <exception cref="StoreUnavailableException">Trouble: to be tried again.</exception>
    public Task<int> RunAsync(Guid replay, int countMax, CancellationToken cancel) => RunAsync(replay, 1, int.MaxValue, countMax, cancel);

    // When the database rejects them together, the halves are handled apart; and then it is that one. What it rejects may as well be that
    // somebody else has changed something meanwhile: so the replay and its items are read anew each time.
    private async Task<int> RunAsync(Guid id, int from, int until, int countMax, CancellationToken cancel)
    {
        if (await books.FindAsync(id, cancel) is not { Status: Replay.Running } replay
            || await books.PendingAsync(id, definition.Name, from, until, countMax, cancel) is not { Count: > 0 } items)
        {
            return 0;
        }

        try
        {
            return await HandleAsync(replay, items, cancel);
        }
        catch (Exception bad) when (MessageHandling<TState, TEvent>.IsOfMessage(bad) && items.Count > 1)
        {
            var middle = items[items.Count / 2].Ordinal;
            var done = await RunAsync(id, items[0].Ordinal, middle - 1, items.Count, cancel);
            return done + await RunAsync(id, middle, items[^1].Ordinal, items.Count, cancel);
        }
        catch (Exception bad) when (MessageHandling<TState, TEvent>.IsOfMessage(bad))
        {
            return await FailAsync(id, items[0], Failure.Of(bad), cancel);
        }
    }

    private async Task<int> HandleAsync(Replay replay, IReadOnlyList<PendingItem> items, CancellationToken cancel)
    {
        var work = new List<Work>();
        foreach (var item in items)
        {
            work.Add(await ReadAsync(replay, item, cancel));
        }

        List<ItemRow> done = [];
        await _handling.HandleAsync(
            [.. work.Select(w => w.Order).OfType<Order<TState, TEvent>>()],
            pass =>
            {
                (done, var rows, var stop) = Decide(replay, work, pass);
                return new([.. rows, ReplayRow.Do(replay.Id, done, stop, pass.Now).ToRow()], []);
            },
            cancel);
        Tell(replay, done);
        return done.Count;
    }

    private static (List<ItemRow> Done, List<ProjectionRow> Rows, string? Stop) Decide(
        Replay replay, IReadOnlyList<Work> work, DecisionPass<TState, TEvent> pass)
    {
        var (done, rows, counts) = (new List<ItemRow>(), new List<ProjectionRow>(), replay.Counts);
        foreach (var item in work)
        {
            if (item.Item.Obstacle is { } obstacle)
            {
                done.Add(ItemRow.Skip(item.Item.Ordinal, obstacle));
                counts = counts.WithSkipped();
                continue;
            }

            var parked = item.Item.Message!;
            if ((item.Failure ?? (item.Order is null ? null : pass.Try(item.Message!, item.Order))) is { } failure)
            {
                rows.Add(ParkingRow.Fail(parked, failure, retryAt: null, pass.Now).ToRow()); // One attempt: a person has asked for it.
                done.Add(ItemRow.Failure(item.Item.Ordinal, failure));
                counts = counts.WithFailed();
            }
            else
            {
                rows.Add(ParkingRow.Settle(parked, OutcomeOf(replay), pass.Now).ToRow());
                done.Add(new ItemRow(item.Item.Ordinal, ItemRow.Applied));
                counts = counts.WithApplied();
            }

            switch (ReplayRules.After(counts, replay.StopAtPercent))
            {
                case ReplayStep.Stop:
                    return (done, rows, TooMany(counts));
                case ReplayStep.Commit:
                    return (done, rows, null);
            }
        }

        return (done, rows, null);
    }

    // The database rejects its effects, so it has none; or it is not what it was, and is seen to be so when it is looked at again.
    private async Task<int> FailAsync(Guid id, PendingItem tried, Failure failure, CancellationToken cancel)
    {
        if (await books.FindAsync(id, cancel) is not { Status: Replay.Running } replay
            || await books.PendingAsync(id, definition.Name, tried.Ordinal, tried.Ordinal, 1, cancel) is not [var item])
        {
            return 0;
        }

        var now = clock.GetUtcNow();
        var counts = item.Obstacle is null ? replay.Counts.WithFailed() : replay.Counts.WithSkipped();
        var row = item.Obstacle is { } obstacle ? ItemRow.Skip(item.Ordinal, obstacle) : ItemRow.Failure(item.Ordinal, failure);
        var stop = item.Obstacle is null && ReplayRules.After(counts, replay.StopAtPercent) is ReplayStep.Stop ? TooMany(counts) : null;
        List<ProjectionRow> rows = [ReplayRow.Do(id, [row], stop, now).ToRow()];
        if (item.Obstacle is null)
        {
            rows.Insert(0, ParkingRow.Fail(item.Message!, failure, retryAt: null, now).ToRow());
        }

        try
        {
            await _handling.HandleAsync([], _ => new(rows, []), cancel);
            Tell(replay, [row]);
            return 1;
        }
        catch (StoreRejectedException rejected)
        {
            if (await books.FindAsync(id, cancel) is { Status: Replay.Running }
                && await books.PendingAsync(id, definition.Name, item.Ordinal, item.Ordinal, 1, cancel) is [var still]
                && still.Message?.Revision == item.Message?.Revision)
            {
                // Nobody else has done anything about it. It is not the message's fault that not even its failure can be stored.
                throw new StoreUnavailableException($"Item {item.Ordinal} of replay {id} cannot be stored.", rejected);
            }

            using var scope = log.Of(item.Message?.Correlation);
            LogOvertaken(log, definition.Name, item.MessageId); // By another runner, or a person: what they did stands.
            return 0;
        }
    }

    private async Task<Work> ReadAsync(Replay replay, PendingItem item, CancellationToken cancel)
    {
        if (item.Obstacle is not null || replay.Act == OperatorAct.Discard)
        {
            return new Work(item, null, null, null);
        }

        var (message, never) = item.Message!.Open();
        if (message is null)
        {
            return new Work(item, null, null, never);
        }

        var (order, failure) = _handling.Interpret(message);
        failure ??= (await edits.FaultOfAsync(item.Message!, message, cancel))?.ToFailure();
        return new Work(item, message, order, failure);
    }

    private void Tell(Replay replay, IReadOnlyList<ItemRow> done)
    {
        foreach (var item in done.Where(d => d.Status != ItemRow.Skipped))
        {
            ConsumerMetrics.Retried(definition.Name, item.Status == ItemRow.Failed ? "failed" : OutcomeOf(replay));
        }
    }

    private static string OutcomeOf(Replay replay) => replay.Act == OperatorAct.Discard ? ParkingRow.Discarded : ParkingRow.Replayed;

    private static string TooMany(ReplayCounts counts) => $"{counts.DoneInVain} of {counts.Done} failed: more than was agreed.";

    [LoggerMessage(EventId = 136, Level = LogLevel.Information,
        Message = "{Consumer}: dead letter {Id} was handled by somebody else meanwhile")]
    private static partial void LogOvertaken(ILogger log, string consumer, long id);

    private sealed record Work(PendingItem Item, Message? Message, Order<TState, TEvent>? Order, Failure? Failure);
}
