using System.Text;

namespace Payments.Messaging.Topics;

/// <summary>
/// Says which partition a message goes to. On <see cref="PlatformTopics.PaymentEvents"/> wallet flows (key <c>user/…</c>) have the even
/// partitions and card flows (key <c>payment/…</c>) the odd ones: a slow card processor can then hold up card flows only, and the topic
/// can be split in two later by partition alone. Every other key, and every other topic, spreads over all partitions.
/// </summary>
/// <remarks>
/// Pure, and the same in every process and version for ever: a key that moved would overtake its own earlier messages. The hash is
/// <see cref="Murmur2"/> of the UTF-8 key, its sign bit cleared, as Kafka's default partitioner has it.
/// </remarks>
public static class PaymentEventsPartitioner
{
    private const int KeyBytesOnStack = 256;

    /// <summary>The partition, from 0 up to the topic's count.</summary>
    public static int PartitionOf(Topic topic, string routingKey)
    {
        ArgumentNullException.ThrowIfNull(topic);
        ArgumentException.ThrowIfNullOrEmpty(routingKey);

        var hash = PositiveHash(routingKey);
        if (topic.Name != PlatformTopics.PaymentEvents.Name)
        {
            return hash % topic.Partitions;
        }

        // An odd count has one even partition more than odd ones; so the halves are counted apart.
        return routingKey switch
        {
            _ when routingKey.StartsWith(RoutingKey.UserPrefix, StringComparison.Ordinal) => 2 * (hash % ((topic.Partitions + 1) / 2)),
            _ when routingKey.StartsWith(RoutingKey.PaymentPrefix, StringComparison.Ordinal) => (2 * (hash % (topic.Partitions / 2))) + 1,
            _ => hash % topic.Partitions,
        };
    }

    private static int PositiveHash(string key)
    {
        var size = Encoding.UTF8.GetMaxByteCount(key.Length);
        Span<byte> utf8 = size <= KeyBytesOnStack ? stackalloc byte[KeyBytesOnStack] : new byte[size];
        return (int)(Murmur2.Hash(utf8[..Encoding.UTF8.GetBytes(key, utf8)]) & int.MaxValue);
    }
}
