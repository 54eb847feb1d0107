using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Payments.EventStore.Contract;

namespace Payments.EventStore.Aggregates;

/// <summary>Loads states, from a snapshot and the events after it, and remembers the ones used last.</summary>
/// <remarks>
/// What is remembered may be stale when another process writes too. So whatever is decided on it goes through an append that checks the
/// version, also when the decision is that nothing happens (an append of no events only checks). A version says nothing across a restore
/// of the log: then all is forgotten.
/// </remarks>
/// <param name="statesMax">How many states are remembered.</param>
public sealed class Aggregates<TState, TEvent>(
    IEventStore store, AggregateDefinition<TState, TEvent> definition,
    ILogger<Aggregates<TState, TEvent>>? log = null, int statesMax = 50_000)
    where TState : class
{
    private readonly AggregateCache<TState> _cache = new(statesMax);
    private LogLineage? _lineage;
    private readonly string _cacheName = $"states-{definition.StreamType}";
    private readonly StreamGates _gates = new();
    private readonly SnapshotTaker<TState>? _snapshots = definition.Snapshots is { } format
        ? new SnapshotTaker<TState>(store, format, log ?? NullLogger<Aggregates<TState, TEvent>>.Instance)
        : null;

    /// <summary>
    /// Waits for this process's other writers of these streams, from loading to appending. Dispose to let the next ones in.
    /// </summary>
    public Task<IDisposable> EnterAsync(IEnumerable<StreamId> streams, CancellationToken cancel) => _gates.EnterAsync(streams, cancel);

    /// <summary>States as remembered, or loaded where none is remembered: one round trip at most.</summary>
    public async Task<Dictionary<StreamId, Versioned<TState>>> LoadAsync(IEnumerable<StreamId> streams, CancellationToken cancel)
    {
        await ForgetAfterRestartAsync(cancel);
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

        CacheMetrics.Asked(_cacheName, states.Count - unknown.Count, unknown.Count);
        await CatchUpAsync(states, unknown, cancel);
        return states;
    }

    /// <summary>States brought up to date with the store, whatever is remembered: after a conflict.</summary>
    public async Task<Dictionary<StreamId, Versioned<TState>>> RefreshAsync(IEnumerable<StreamId> streams, CancellationToken cancel)
    {
        await ForgetAfterRestartAsync(cancel);
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
                var before = _cache.TryGet(stream, out var known) ? known.Version : state.Version - 1;
                _cache.Keep(stream, state);
                _snapshots?.Offer(stream, before, state);
            }
        }
    }

    /// <summary>Takes snapshots of streams as they are now, whatever their length: before events of theirs are archived.</summary>
    /// <exception cref="InvalidOperationException">The aggregate has no form of snapshots.</exception>
    public async Task SnapshotAsync(IReadOnlyList<StreamId> streams, CancellationToken cancel)
    {
        var format = definition.Snapshots
            ?? throw new InvalidOperationException($"States of {definition.StreamType} have no form of snapshots.");
        var states = await RefreshAsync(streams, cancel);
        await store.SaveSnapshotsAsync(
            [.. states.Select(s => new Snapshot(s.Key, s.Value.Version, format.Schema, format.Encode(s.Value.State!)))], cancel);
    }

    private async ValueTask ForgetAfterRestartAsync(CancellationToken cancel)
    {
        var lineage = await store.LineageAsync(cancel);
        if (!ReferenceEquals(Interlocked.Exchange(ref _lineage, lineage), lineage))
        {
            _cache.Clear();
        }
    }

    private async Task CatchUpAsync(
        Dictionary<StreamId, Versioned<TState>> states, List<(StreamId Stream, long AfterVersion)> behind, CancellationToken cancel)
    {
        if (behind.Count == 0)
        {
            return;
        }

        foreach (var (stream, rest) in await store.ReadStreamsAsync(behind, definition.Snapshots?.Schema, cancel))
        {
            var start = rest.Snapshot is { } snapshot ? definition.Open(snapshot) : states[stream];
            var state = definition.Fold(start, rest.Events);
            states[stream] = state;
            _cache.Keep(stream, state);
            _snapshots?.Offer(stream, start.Version, state);
        }
    }
}
