using System.Diagnostics;
using Payments.Domain;
using Payments.EventStore.Aggregates;
using Payments.EventStore.Contract;
using Payments.Messaging.Envelope;
using Payments.Messaging.Parking;

namespace Payments.Messaging.Consuming;

/// <summary>
/// Decides messages one after the other on states in memory, each on what the ones before it led to. Nothing is stored by it.
/// </summary>
/// <param name="traced">Whether the work shows in the traces that the messages belong to: not when it only foretells.</param>
internal sealed class DecisionPass<TState, TEvent>(
    ConsumerDefinition<TState, TEvent> definition,
    IReadOnlyDictionary<StreamId, Versioned<TState>> states,
    int triesInPlace,
    DateTimeOffset now,
    bool traced = true)
    where TState : class
{
    private readonly Dictionary<StreamId, Change<TState, TEvent>> _changes = [];
    private readonly List<Action> _nothings = [];

    /// <summary>When all this is decided.</summary>
    public DateTimeOffset Now => now;

    public IReadOnlyDictionary<StreamId, Change<TState, TEvent>> Changes => _changes;

    /// <summary>Decides one message. One that fails leaves nothing behind.</summary>
    public Failure? Try(Message message, Order<TState, TEvent> order)
    {
        using var activity = traced ? ConsumerMetrics.StartHandling(definition.Name, message) : null;
        var (refusal, thrown) = InPlace.Try(triesInPlace, () => Decide(message, order));
        activity?.SetStatus(thrown is null ? ActivityStatusCode.Unset : ActivityStatusCode.Error, thrown?.Type);
        return thrown ?? refusal;
    }

    /// <summary>What was decided, to be stored as a whole.</summary>
    public AppendUnit ToUnit() => new()
    {
        Streams = [.. _changes.Values.Select(c => c.ToAppend())],
        Rows = [.. _changes.Values.SelectMany(c => c.Rows())],
    };

    /// <summary>It is stored: tells of decisions that led to no events.</summary>
    public void Stored() => _nothings.ForEach(tell => tell());

    /// <summary>The change of a stream so far; a new one when there is none.</summary>
    public Change<TState, TEvent> ChangeOf(StreamId stream)
    {
        if (!_changes.TryGetValue(stream, out var change))
        {
            _changes[stream] = change = new Change<TState, TEvent>(definition.Aggregate, stream, states.GetValueOrDefault(stream));
        }

        return change;
    }

    private Failure? Decide(Message message, Order<TState, TEvent> order)
    {
        var change = ChangeOf(order.Stream);
        var state = change.After.State;
        switch (order.Decide(state, now))
        {
            case Decision<TEvent>.Accepted { Events.Length: 0 }:
                if (order.WhenNothing is { } tell)
                {
                    _nothings.Add(() => tell(state));
                }

                return null;
            case Decision<TEvent>.Accepted accepted:
                var trace = Activity.Current?.Id ?? message.Headers.TraceParent;
                change.Add(accepted.Events, new Cause(message.Headers.Correlation, message.Headers.Id, definition.Name, trace), now);
                return null;
            case Decision<TEvent>.Refused refused:
                return Failure.Of(refused.Reason);
            case var other:
                throw new UnreachableException($"{other} is no decision.");
        }
    }
}
