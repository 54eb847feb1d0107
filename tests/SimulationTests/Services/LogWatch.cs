using Payments.EventStore.Aggregates;
using Payments.EventStore.Contract;
using SimulationTests.Worlds;

namespace SimulationTests.Services;

/// <summary>The truth about a service: its log, folded event by event as it grows, apart from all caches of its processes.</summary>
internal sealed class LogWatch<TState, TEvent>(IEventStore log, AggregateDefinition<TState, TEvent> definition)
    where TState : class
{
    private readonly Dictionary<Guid, Versioned<TState>> _states = [];

    /// <summary>The streams in the order in which they began.</summary>
    private readonly List<Guid> _ids = [];

    public long Position { get; private set; }

    public IReadOnlyList<Guid> Ids => _ids;

    public TState? Find(Guid id) => _states.GetValueOrDefault(id).State;

    public IEnumerable<(Guid Id, TState State)> All => _ids.Select(id => (id, _states[id].State!));

    /// <param name="heard">Told of each new event: the id of its stream, the event as stored and as read, and the state after it.</param>
    public void Follow(Action<Guid, StoredEvent, TEvent, TState> heard)
    {
        var fresh = Actor.Result(log.ReadAllAsync(Position, int.MaxValue, EventFilter.None, CancellationToken.None));
        foreach (var stored in fresh)
        {
            Violation.Unless(stored.Position == Position + 1, $"The log of {log.Name} goes from {Position} to {stored.Position}.");
            Position = stored.Position;
            var id = Guid.ParseExact(stored.Stream.Key, "D");
            var before = _states.GetValueOrDefault(id);
            Violation.Unless(
                stored.StreamVersion == before.Version + 1,
                $"{stored.Stream} goes from version {before.Version} to {stored.StreamVersion}.");
            var happened = definition.Decode(stored);
            var after = definition.Evolve(before.State, happened);
            if (before.State is null)
            {
                _ids.Add(id);
            }

            _states[id] = new Versioned<TState>(after, stored.StreamVersion);
            heard(id, stored, happened, after);
        }
    }
}
