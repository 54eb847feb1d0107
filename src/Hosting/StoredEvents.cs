using Payments.Contracts.Wire;
using Payments.EventStore.Contract;
using Payments.Messaging.Envelope;

namespace Payments.Hosting;

/// <summary>Reads what is stored or received as what it means.</summary>
public static class StoredEvents
{
    /// <exception cref="WireFormatException">It cannot be understood.</exception>
    public static TEvent Decode<TEvent>(StoredEvent e)
        where TEvent : class => WireFormat.Decode<TEvent>(e.Type, e.SchemaVersion, e.Data.Span);

    /// <exception cref="WireFormatException">It cannot be understood: a dead letter.</exception>
    public static object Decode(Message message) => WireFormat.Decode(message.Headers.Type, message.Headers.Schema, message.Data.Span);
}
