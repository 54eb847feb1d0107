using Payments.EventStore.Aggregates;
using Payments.EventStore.Contract;
using Payments.Messaging.Consuming;
using Payments.Messaging.Envelope;
using Payments.Messaging.Parking;

namespace Payments.Messaging.DeadLetters.Replays.Rehearsal;

/// <summary>
/// Foretells what a replay would do: the real decisions on the states of now, and the real statement that would store them, taken back.
/// </summary>
/// <remarks>
/// Nothing outside is called that a replay would call, for it would call nothing: messages are handled by pure decisions. What a saga wants
/// of the card processor is an event that says so, and shows among the events; the call is made by a worker that follows what is stored.
/// Chosen messages come first, in order, and then what they release; each is decided on what those before it lead to. In earnest what is
/// released follows its key's head as soon as that is stored, so where two keys meet in one aggregate the order may differ.
/// </remarks>
public sealed class DryRun<TState, TEvent>(
    ConsumerDefinition<TState, TEvent> definition,
    IEventStore store,
    Aggregates<TState, TEvent> aggregates,
    RetryPolicy retries,
    EditRule edits,
    TimeProvider clock)
    where TState : class
{
    /// <summary>Dead letters in one dry run at most.</summary>
    public const int MessagesMax = 500;

    /// <summary>Of what waits behind each, so many at most.</summary>
    public const int BehindMax = 20;

    /// <summary>Of what waits behind all of them, so many at most.</summary>
    public const int BehindAllMax = 1_000;

    private readonly MessageHandling<TState, TEvent> _handling = new(definition, store, aggregates, retries.TriesInPlace, clock);
    private readonly Appender<TState, TEvent> _appender = new(store, aggregates, definition.Aggregate, clock);

    /// <summary>Foretells what becomes of dead letters, and of those that wait behind them.</summary>
    /// <exception cref="StoreUnavailableException">The database does not answer, or the streams are being written to too fast.</exception>
    public async Task<IReadOnlyList<Foretold>> RunAsync(
        IReadOnlyList<ParkedMessage> heads, IReadOnlyList<ParkedMessage> behind, CancellationToken cancel)
    {
        var work = new List<Work>();
        foreach (var (message, isBehind) in heads.Select(m => (m, false)).Concat(behind.Select(m => (m, true))))
        {
            work.Add(await ReadAsync(message, isBehind, cancel));
        }

        return await _appender.RepeatAsync(
            async answered =>
            {
                var (states, unloaded) = await LoadAsync(work, cancel);
                work = [.. work.Select(w =>
                    w.Order is { } order && unloaded.TryGetValue(order.Stream, out var why) ? w with { Failure = why } : w)];
                var now = clock.GetUtcNow();
                return await TryAsync(
                    work,
                    () => new(definition, new(definition.Aggregate, states, now, answered), retries.TriesInPlace, traced: false),
                    cancel);
            },
            cancel);
    }

    // One aggregate that cannot be folded is a failure of the messages about it, not of the others.
    private async Task<(Dictionary<StreamId, Versioned<TState>> States, Dictionary<StreamId, Failure> Unloaded)> LoadAsync(
        List<Work> work, CancellationToken cancel)
    {
        var streams = work.Select(w => w.Order?.Stream).OfType<StreamId>().Distinct().ToList();
        try
        {
            return (await aggregates.RefreshAsync(streams, cancel), new Dictionary<StreamId, Failure>());
        }
        catch (Exception bad) when (MessageHandling<TState, TEvent>.IsOfMessage(bad))
        {
            var (states, unloaded) = (new Dictionary<StreamId, Versioned<TState>>(), new Dictionary<StreamId, Failure>());
            foreach (var stream in streams)
            {
                try
                {
                    states[stream] = (await aggregates.RefreshAsync([stream], cancel))[stream];
                }
                catch (Exception corrupt) when (MessageHandling<TState, TEvent>.IsOfMessage(corrupt))
                {
                    unloaded[stream] = Failure.Of(corrupt);
                }
            }

            return (states, unloaded);
        }
    }

    // Breaks off where the effects of a message could not be stored now: all of it is to be decided again.
    private async Task<(AppendResult? Obstacle, List<Foretold> Foretold)> TryAsync(
        IReadOnlyList<Work> work, Func<DecisionPass<TState, TEvent>> begin, CancellationToken cancel)
    {
        var pass = begin();
        var (applied, settled, failed) = (new List<Work>(), new Dictionary<ParkingKey, List<ProjectionRow>>(), new HashSet<ParkingKey>());
        var foretold = new List<Foretold>(work.Count);
        foreach (var item in work)
        {
            if (item.Parked.Key is { } blocked && failed.Contains(blocked))
            {
                foretold.Add(new Foretold(item.Parked, item.IsBehind, ForetoldOutcome.WaitsOn));
                continue;
            }

            var change = item is { Failure: null, Order: { } order } ? pass.Attempt.ChangeOf(order.Stream) : null;
            var (before, eventsBefore) = (change?.After.State, change?.Events.Count ?? 0);
            var failure = item.Failure ?? (item.Order is null ? null : pass.Try(item.Message!, item.Order));
            if (failure is null)
            {
                try
                {
                    if (await RehearseAsync(item, change, settled, pass.Now, cancel) is var result and not AppendResult.Appended)
                    {
                        return (result, foretold);
                    }
                }
                catch (StoreRejectedException rejected)
                {
                    failure = Failure.Of(rejected);
                    pass = Redo(applied, begin()); // Without the one that is rejected.
                }
            }

            if (failure is not null)
            {
                failed.UnionWith(item.Parked.Key is { } key ? [key] : []);
                foretold.Add(new Foretold(item.Parked, item.IsBehind, ForetoldOutcome.Fails, failure, item.Order?.Stream));
                continue;
            }

            applied.Add(item);
            foretold.Add(Tell(item, change, before, eventsBefore));
        }

        return (null, foretold);
    }

    private async Task<AppendResult> RehearseAsync(
        Work item,
        Change<TState, TEvent>? change,
        Dictionary<ParkingKey, List<ProjectionRow>> settled,
        DateTimeOffset now,
        CancellationToken cancel)
    {
        // A dead letter ends as replayed; what waited behind it is applied. Each is the head of its key once those before it are settled.
        var outcome = item.IsBehind ? ParkingRow.Applied : ParkingRow.Replayed;
        var settle = ParkingRow.Settle(item.Parked, outcome, now).ToRow();
        var earlier = item.Parked.Key is { } key ? settled.GetValueOrDefault(key) ?? [] : [];
        List<ProjectionRow> line = [.. earlier, settle];
        var unit = change?.ToUnit() ?? new AppendUnit();
        var result = await store.RehearseAsync(unit with { Rows = [.. unit.Rows, .. line] }, cancel);
        if (item.Parked.Key is { } settledKey)
        {
            settled[settledKey] = line;
        }

        return result;
    }

    private static DecisionPass<TState, TEvent> Redo(IReadOnlyList<Work> applied, DecisionPass<TState, TEvent> pass)
    {
        foreach (var item in applied.Where(a => a.Order is not null))
        {
            pass.Try(item.Message!, item.Order!);
        }

        return pass;
    }

    private Foretold Tell(Work item, Change<TState, TEvent>? change, TState? before, int eventsBefore)
    {
        var events = change?.Events.Skip(eventsBefore)
            .Select(e => new ForetoldEvent(e.Stored.Type, e.Stored.SchemaVersion, change.Stream, e.Version, e.Stored.Data)).ToList() ?? [];
        return new Foretold(
            item.Parked,
            item.IsBehind,
            events.Count > 0 ? ForetoldOutcome.Applies : ForetoldOutcome.DoesNothing,
            null,
            change?.Stream,
            events,
            Show(before),
            Show(change?.After.State));
    }

    private byte[]? Show(TState? state) => state is null ? null : definition.Aggregate.Snapshots?.Encode(state);

    private async Task<Work> ReadAsync(ParkedMessage parked, bool isBehind, CancellationToken cancel)
    {
        var (message, never) = parked.Open();
        if (message is null)
        {
            return new Work(parked, isBehind, null, null, never);
        }

        var (order, failure) = _handling.Interpret(message);
        failure ??= (await edits.FaultOfAsync(parked, message, cancel))?.ToFailure();
        return new Work(parked, isBehind, message, order, failure);
    }

    private sealed record Work(ParkedMessage Parked, bool IsBehind, Message? Message, Order<TState, TEvent>? Order, Failure? Failure);
}
