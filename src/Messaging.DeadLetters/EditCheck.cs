using Payments.EventStore.Aggregates;
using Payments.EventStore.Contract;
using Payments.Messaging.Consuming;
using Payments.Messaging.Envelope;
using Payments.Messaging.Parking;

namespace Payments.Messaging.DeadLetters;

/// <summary>Whether a new payload is one that the consumer of a dead letter understands, and leaves the money as it is.</summary>
public sealed class EditCheck<TState, TEvent>(
    ConsumerDefinition<TState, TEvent> definition,
    IEventStore store,
    Aggregates<TState, TEvent> aggregates,
    EditRule rule,
    TimeProvider clock)
    where TState : class
{
    private readonly MessageHandling<TState, TEvent> _handling = new(definition, store, aggregates, triesInPlace: 1, clock);

    /// <summary>The fault; null when there is none.</summary>
    public async Task<EditFault?> FaultOfAsync(ParkedMessage message, byte[] payload, CancellationToken cancel)
    {
        if (message.Read() is not MessageReading.Readable { Message: var before })
        {
            return new EditFault(
                EditFault.Unreadable, "payload", "It is no message of ours, whatever its payload: it can only be discarded.");
        }

        return _handling.Interpret(before with { Data = payload }).Failure is { } failure
            ? new EditFault(EditFault.DoesNotFit, "payload", failure.Message)
            : await rule.FaultOfAsync(before.Headers, message.PayloadBeforeEdits ?? message.Payload, payload, cancel);
    }
}
