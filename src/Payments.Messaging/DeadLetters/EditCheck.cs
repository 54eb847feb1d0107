using Payments.EventStore;
using Payments.EventStore.Aggregates;
using Payments.Messaging.Consuming;
using Payments.Messaging.Parking;

namespace Payments.Messaging.DeadLetters;

/// <summary>What is wrong with a new payload.</summary>
public enum EditFault
{
    /// <summary>The message is none of ours: no payload makes it one. It can only be discarded.</summary>
    Unreadable,

    /// <summary>It does not fit the schema of its type.</summary>
    DoesNotFit,

    /// <summary>It is about another stream: the order of that one would not be kept.</summary>
    OtherStream,
}

/// <summary>Whether a new payload is one that the consumer of a dead letter understands.</summary>
public sealed class EditCheck<TState, TEvent>(
    ConsumerDefinition<TState, TEvent> definition, IEventStore store, Aggregates<TState, TEvent> aggregates, TimeProvider clock)
    where TState : class
{
    private readonly MessageHandling<TState, TEvent> _handling = new(definition, store, aggregates, triesInPlace: 1, clock);

    /// <summary>The fault and a sentence about it; null when there is none.</summary>
    public (EditFault Fault, string Message)? FaultOf(ParkedMessage message, byte[] payload)
    {
        if (message.Read() is not MessageReading.Readable { Message: var before })
        {
            return (EditFault.Unreadable, "It is no message of ours, whatever its payload: it can only be discarded.");
        }

        var (order, failure) = _handling.Interpret(before with { Data = payload });
        return failure is not null ? (EditFault.DoesNotFit, failure.Message)
            : _handling.Interpret(before).Order?.Stream is { } stream && order?.Stream != stream
                ? (EditFault.OtherStream, $"It is about {order?.Stream.ToString() ?? "nothing"}, not about {stream} as before.")
            : null;
    }
}
