using Payments.EventStore.Contract;

namespace Payments.EventStore.Aggregates;

/// <summary>All that the shells around a pure aggregate need to know of it: how to fold, store, route and show it.</summary>
public sealed record AggregateDefinition<TState, TEvent>
    where TState : class
{
    /// <summary>The type of its streams, for example <c>wallet</c>.</summary>
    public required string StreamType { get; init; }

    public required Func<TState?, TEvent, TState> Evolve { get; init; }

    public required Func<StoredEvent, TEvent> Decode { get; init; }

    public required Func<TEvent, (string Name, int Schema, byte[] Json)> Encode { get; init; }

    /// <summary>What an event's message is ordered by, given the state after it; null for an event that is not sent.</summary>
    public required Func<TState, TEvent, string?> RoutingKey { get; init; }

    /// <summary>The rows of inline projections that a change writes: computed here, stored in the same transaction.</summary>
    public required Func<Change<TState, TEvent>, IEnumerable<ProjectionRow>> Project { get; init; }

    /// <summary>How its states are kept as snapshots; null when its streams are too short to need any.</summary>
    public SnapshotFormat<TState>? Snapshots { get; init; }

    /// <summary>Folds events, in order, on top of a state. Those that are part of it already are passed over.</summary>
    /// <exception cref="StreamArchivedException">Events in between are not in the database any more: the state would be wrong.</exception>
    public Versioned<TState> Fold(Versioned<TState> state, IEnumerable<StoredEvent> events)
    {
        foreach (var e in events.SkipWhile(e => e.StreamVersion <= state.Version))
        {
            Contiguity.CheckNextOfStream(state.Version, e);
            state = new Versioned<TState>(Evolve(state.State, Decode(e)), e.StreamVersion);
        }

        return state;
    }

    internal Versioned<TState> Open(Snapshot snapshot) => new(Snapshots!.Decode(snapshot.State), snapshot.Version);

    public StreamId Stream(Guid id) => new(StreamType, id.ToString("D"));
}

/// <summary>Who and what is behind events that are about to be stored.</summary>
public sealed record Cause(Guid CorrelationId, Guid? CausationId, string Actor, string? TraceParent);

/// <summary>New events of one stream on top of a known version, with the state they lead to. Not stored yet.</summary>
public sealed class Change<TState, TEvent>(AggregateDefinition<TState, TEvent> definition, StreamId stream, Versioned<TState> before)
    where TState : class
{
    private readonly ExpectedVersion _expected = ExpectedVersion.Exactly(before.Version);
    private readonly List<(TEvent Event, NewEvent Stored, long Version)> _events = [];
    private readonly List<CommandKey> _answers = [];

    public StreamId Stream => stream;

    public Versioned<TState> Before { get; } = before;

    public Versioned<TState> After { get; private set; } = before;

    /// <summary>When the last of the events was decided.</summary>
    public DateTimeOffset DecidedAt { get; private set; }

    /// <summary>When the events were recorded; null for those that are not stored yet.</summary>
    public DateTimeOffset? RecordedAt { get; init; }

    /// <summary>The events with the versions they will have.</summary>
    public IReadOnlyList<(TEvent Event, NewEvent Stored, long Version)> Events => _events;

    /// <summary>The commands that the events answer, of those that are answered once.</summary>
    public IReadOnlyList<CommandKey> Answers => _answers;

    /// <summary>All of these events or, when one of them cannot be folded or written, none.</summary>
    /// <param name="answers">The command that they answer, if it is one that is answered once.</param>
    public void Add(IReadOnlyList<TEvent> events, Cause cause, DateTimeOffset now, CommandKey? answers = null)
    {
        var after = After;
        var added = new List<(TEvent, NewEvent, long)>(events.Count);
        foreach (var e in events)
        {
            var state = definition.Evolve(after.State, e);
            after = new Versioned<TState>(state, after.Version + 1);
            var (name, schema, json) = definition.Encode(e);
            var metadata = new EventMetadata(
                cause.CorrelationId, cause.CausationId, cause.Actor, cause.TraceParent, definition.RoutingKey(state, e));
            added.Add((e, new NewEvent(Guid.CreateVersion7(now), name, schema, json, metadata), after.Version));
        }

        DecidedAt = now;
        After = after;
        _events.AddRange(added);
        _answers.AddRange(answers is { } command ? [command] : []);
    }

    /// <summary>With no events it still checks that the version is what the decision was made on.</summary>
    public StreamAppend ToAppend() => new(stream, _expected, [.. _events.Select(e => e.Stored)]);

    public IEnumerable<ProjectionRow> Rows() => _events.Count == 0 ? [] : definition.Project(this);

    public AppendUnit ToUnit() => new() { Streams = [ToAppend()], Rows = [.. Rows()], Answers = Answers };
}
