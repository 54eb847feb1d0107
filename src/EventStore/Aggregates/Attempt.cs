using Payments.EventStore.Contract;

namespace Payments.EventStore.Aggregates;

/// <summary>
/// One attempt to decide: the states as they were loaded, and the changes decided on top of them. Nothing is stored by it.
/// </summary>
/// <param name="now">When all this is decided.</param>
/// <param name="answered">Commands that the store has said were answered before: they lead to nothing.</param>
public sealed class Attempt<TState, TEvent>(
    AggregateDefinition<TState, TEvent> definition,
    IReadOnlyDictionary<StreamId, Versioned<TState>> states,
    DateTimeOffset now,
    IReadOnlySet<CommandKey> answered)
    where TState : class
{
    private readonly Dictionary<StreamId, Change<TState, TEvent>> _changes = [];

    public DateTimeOffset Now => now;

    public IReadOnlyCollection<Change<TState, TEvent>> Changes => _changes.Values;

    /// <summary>The change of a stream so far; a new one when there is none.</summary>
    public Change<TState, TEvent> ChangeOf(StreamId stream)
    {
        if (!_changes.TryGetValue(stream, out var change))
        {
            _changes[stream] = change = new Change<TState, TEvent>(definition, stream, states.GetValueOrDefault(stream));
        }

        return change;
    }

    public bool IsAnswered(CommandKey command) => answered.Contains(command);

    /// <summary>What was decided, to be stored as a whole.</summary>
    public AppendUnit ToUnit() => new()
    {
        Streams = [.. Changes.Select(c => c.ToAppend())],
        Rows = [.. Changes.SelectMany(c => c.Rows())],
        Answers = [.. Changes.SelectMany(c => c.Answers)],
    };
}
