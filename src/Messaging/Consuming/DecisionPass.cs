using System.Diagnostics;
using Payments.Domain;
using Payments.EventStore.Aggregates;
using Payments.Messaging.Envelope;
using Payments.Messaging.Parking;

namespace Payments.Messaging.Consuming;

/// <summary>
/// Decides messages one after the other in one attempt, each on what the ones before it led to. Nothing is stored by it.
/// </summary>
/// <param name="traced">Whether the work shows in the traces that the messages belong to: not when it only foretells.</param>
internal sealed class DecisionPass<TState, TEvent>(
    ConsumerDefinition<TState, TEvent> definition,
    Attempt<TState, TEvent> attempt,
    int triesInPlace,
    bool traced = true)
    where TState : class
{
    private readonly List<Action> _nothings = [];

    /// <summary>When all this is decided.</summary>
    public DateTimeOffset Now => attempt.Now;

    public Attempt<TState, TEvent> Attempt => attempt;

    /// <summary>Decides one message. One that fails leaves nothing behind.</summary>
    public Failure? Try(Message message, Order<TState, TEvent> order)
    {
        using var activity = traced ? ConsumerMetrics.StartHandling(definition.Name, message) : null;
        var (refusal, thrown) = InPlace.Try(triesInPlace, () => Decide(message, order));
        activity?.SetStatus(thrown is null ? ActivityStatusCode.Unset : ActivityStatusCode.Error, thrown?.Type);
        return thrown ?? refusal;
    }

    /// <summary>It is stored: tells of decisions that led to no events.</summary>
    public void Stored() => _nothings.ForEach(tell => tell());

    private Failure? Decide(Message message, Order<TState, TEvent> order)
    {
        var change = attempt.ChangeOf(order.Stream);
        var state = change.After.State;
        switch (order.AnsweredOnce is { } command && attempt.IsAnswered(command)
            ? new Decision<TEvent>.Accepted([]) // The answer is in the log.
            : order.Decide(state, Now))
        {
            case Decision<TEvent>.Accepted { Events.Length: 0 }:
                if (order.WhenNothing is { } tell)
                {
                    _nothings.Add(() => tell(state));
                }

                return null;
            case Decision<TEvent>.Accepted accepted:
                var trace = Activity.Current?.Id ?? message.Headers.TraceParent;
                var cause = new Cause(message.Headers.Correlation, message.Headers.Id, definition.Name, trace);
                change.Add(accepted.Events, cause, Now, order.AnsweredOnce);
                return null;
            case Decision<TEvent>.Refused refused:
                return Failure.Of(refused.Reason);
            case var other:
                throw new UnreachableException($"{other} is no decision.");
        }
    }
}
