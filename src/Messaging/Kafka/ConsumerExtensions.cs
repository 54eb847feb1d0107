using Confluent.Kafka;

namespace Payments.Messaging.Kafka;

/// <summary>What librdkafka needs help with.</summary>
public static class ConsumerExtensions
{
    /// <summary>
    /// Hands the partitions on at once and closes a consumer that has subscribed to its topics. What it has prefetched is dropped, as is
    /// everything whose offset was not committed.
    /// </summary>
    /// <remarks>
    /// To close alone hangs for ever, once in thirty times, if partitions are being assigned and nobody has polled since: librdkafka's
    /// group ends, while the handler of the assignment still waits for its word (github.com/confluentinc/librdkafka/issues/4884, open in
    /// 2.15.1). So the group is left first, and every handler that waits is called while there is somebody to answer it.
    /// </remarks>
    public static void Leave(this IConsumer<byte[], byte[]> consumer)
    {
        consumer.Unsubscribe();
        while (CallsHandlers(consumer))
        {
        }

        consumer.Close();
    }

    /// <returns>Whether more may be waiting.</returns>
    private static bool CallsHandlers(IConsumer<byte[], byte[]> consumer)
    {
        try
        {
            return consumer.Consume(TimeSpan.Zero) is not null;
        }
        catch (ConsumeException)
        {
            return true; // Of a partition that is no longer ours: it was read, and it is gone.
        }
    }
}
