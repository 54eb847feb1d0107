using Confluent.Kafka;

namespace Payments.Messaging.Envelope;

/// <summary>What came of reading one Kafka record.</summary>
public abstract record MessageReading
{
    private MessageReading()
    {
    }

    /// <summary>A message of ours.</summary>
    public sealed record Readable(Message Message) : MessageReading;

    /// <summary>Not a message of ours. Reading it again would give the same: it is poison, and goes to the dead letters as it is.</summary>
    /// <param name="Record">All that Kafka delivered, for the dead letter.</param>
    /// <param name="Reason">One sentence for an operator. It names the header at fault and never quotes the data.</param>
    public sealed record Unreadable(ConsumeResult<byte[], byte[]> Record, string Reason) : MessageReading;
}
