namespace Payments.EventStore.Aggregates;

/// <summary>Loads states by folding streams, and remembers the ones used last.</summary>
/// <remarks>
/// What is remembered may be stale when another process writes too. So whatever is decided on it goes through an append that checks the
/// version, also when the decision is that nothing happens (an append of no events only checks).
/// </remarks>
/// <param name="statesMax">How many states are remembered.</param>
public sealed class Aggregates<TState, TEvent>(
    IEventStore store, AggregateDefinition<TState, TEvent> definition, int statesMax = 50_000)
    where TState : class
{
    private readonly AggregateCache<TState> _cache = new(statesMax);
    private readonly StreamGates _gates = new();

    /// <summary>Waits for this process's other writers of these streams, from loading to appending. Dispose to let the next ones in.</summary>
    public Task<IDisposable> EnterAsync(IEnumerable<StreamId> streams, CancellationToken cancel) => _gates.EnterAsync(streams, cancel);

    /// <summary>States as remembered, or folded from the store where none is remembered: one round trip at most.</summary>
    public async Task<Dictionary<StreamId, Versioned<TState>>> LoadAsync(IEnumerable<StreamId> streams, CancellationToken cancel)
    {
        var states = new Dictionary<StreamId, Versioned<TState>>();
        var unknown = new List<(StreamId, long)>();
        foreach (var stream in streams.Distinct())
        {
            states[stream] = default;
            if (_cache.TryGet(stream, out var remembered))
            {
                states[stream] = remembered;
            }
            else
            {
                unknown.Add((stream, 0));
            }
        }

        await CatchUpAsync(states, unknown, cancel);
        return states;
    }

    /// <summary>States brought up to date with the store, whatever is remembered: after a conflict.</summary>
    public async Task<Dictionary<StreamId, Versioned<TState>>> RefreshAsync(IEnumerable<StreamId> streams, CancellationToken cancel)
    {
        var states = streams.Distinct().ToDictionary(s => s, s => _cache.TryGet(s, out var remembered) ? remembered : default);
        await CatchUpAsync(states, [.. states.Select(s => (s.Key, s.Value.Version))], cancel);
        return states;
    }

    /// <summary>Remembers states that an append has just confirmed.</summary>
    public void Keep(IEnumerable<KeyValuePair<StreamId, Versioned<TState>>> states)
    {
        foreach (var (stream, state) in states)
        {
            if (state.Version > 0)
            {
                _cache.Keep(stream, state);
            }
        }
    }

    private async Task CatchUpAsync(
        Dictionary<StreamId, Versioned<TState>> states, List<(StreamId Stream, long AfterVersion)> behind, CancellationToken cancel)
    {
        if (behind.Count == 0)
        {
            return;
        }

        var read = await store.ReadStreamsAsync(behind, cancel);
        foreach (var stream in read)
        {
            states[stream.Key] = stream.Aggregate(
                states[stream.Key],
                (state, e) => new Versioned<TState>(definition.Evolve(state.State, definition.Decode(e)), e.StreamVersion));
        }

        Keep(read.Select(stream => KeyValuePair.Create(stream.Key, states[stream.Key])));
    }
}
