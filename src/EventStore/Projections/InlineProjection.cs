using System.Buffers.Binary;
using Payments.EventStore.Aggregates;
using Payments.EventStore.Contract;

namespace Payments.EventStore.Projections;

/// <summary>
/// Written in the transaction of the events, by <see cref="AggregateDefinition{TState,TEvent}.Project"/>. Made known here so that it can be
/// rebuilt.
/// </summary>
public abstract record InlineProjection : ProjectionDefinition
{
    private protected InlineProjection()
    {
    }
}

/// <summary>The inline projection of one aggregate: replays its streams through Evolve and Project.</summary>
/// <remarks>
/// Two things the log does not tell. Which events were decided together: each is replayed as a change of its own. And the moment of a
/// decision to the microsecond: the event id has it to the millisecond.
/// </remarks>
/// <param name="Store">Where states are folded from when a rebuild goes on after a crash, or has more streams than it remembers.</param>
public sealed record InlineProjection<TState, TEvent>(AggregateDefinition<TState, TEvent> Aggregate, IEventStore Store) : InlineProjection
    where TState : class
{
    /// <summary>States remembered during a rebuild.</summary>
    public int StatesMax { get; init; } = 200_000;

    internal override IProjectionFold NewFold() => new Replay(this);

    private sealed class Replay(InlineProjection<TState, TEvent> projection) : IProjectionFold
    {
        private static readonly Cause Nobody = new(Guid.Empty, null, "", null); // Causes make no rows.

        private readonly AggregateDefinition<TState, TEvent> _aggregate = projection.Aggregate;
        private readonly AggregateCache<TState> _states = new(projection.StatesMax);

        public async ValueTask<IReadOnlyList<IReadOnlyList<ProjectionRow>>> FoldAsync(
            IReadOnlyList<StoredEvent> events, CancellationToken cancel)
        {
            var states = await BeforeAsync(events, cancel);

            // An apply function is called with one change of a stream at a time, so the second change of a stream is in the second group.
            var groups = new List<List<ProjectionRow>>();
            var changes = new Dictionary<StreamId, int>();
            foreach (var e in events)
            {
                var change = new Change<TState, TEvent>(_aggregate, e.Stream, states[e.Stream]) { RecordedAt = e.RecordedAt };
                change.Add([_aggregate.Decode(e)], Nobody, DecidedAt(e));
                states[e.Stream] = change.After;
                changes[e.Stream] = changes.GetValueOrDefault(e.Stream) + 1;
                while (groups.Count < changes[e.Stream])
                {
                    groups.Add([]);
                }

                groups[changes[e.Stream] - 1].AddRange(change.Rows());
            }

            foreach (var (stream, state) in states)
            {
                _states.Keep(stream, state);
            }

            return groups;
        }

        private async Task<Dictionary<StreamId, Versioned<TState>>> BeforeAsync(IReadOnlyList<StoredEvent> events, CancellationToken cancel)
        {
            var states = new Dictionary<StreamId, Versioned<TState>>();
            foreach (var first in events)
            {
                if (states.ContainsKey(first.Stream))
                {
                    continue;
                }

                var before = first.StreamVersion - 1;
                states[first.Stream] = _states.TryGet(first.Stream, out var known) && known.Version == before
                    ? known
                    : await FoldAsync(first.Stream, before, cancel);
            }

            return states;
        }

        private async Task<Versioned<TState>> FoldAsync(StreamId stream, long version, CancellationToken cancel)
        {
            var state = default(Versioned<TState>);
            while (state.Version < version)
            {
                var events = await projection.Store.ReadStreamAsync(stream, new(state.Version, version), 1_000, cancel);
                if (events.Count == 0)
                {
                    throw new InvalidOperationException($"{stream} ends before version {version}.");
                }

                state = _aggregate.Fold(state, events);
            }

            return state;
        }

        // The first 48 bits of a UUIDv7 are the milliseconds since 1970 (RFC 9562, 5.7).
        private static DateTimeOffset DecidedAt(StoredEvent e)
        {
            Span<byte> id = stackalloc byte[16];
            e.EventId.TryWriteBytes(id, bigEndian: true, out _);
            return DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64BigEndian(id) >>> 16);
        }
    }
}
