using System.Collections.Concurrent;
using Confluent.Kafka;

namespace Payments.Messaging.Relay;

/// <summary>
/// Messages handed to the producer and not yet settled, in log order. Deliveries arrive in any order across partitions; the ledger moves on
/// only over an unbroken run.
/// </summary>
internal sealed class InFlight
{
    private readonly ConcurrentQueue<Sent> _sent = new();

    public int Count => _sent.Count;

    public Sent Add(long position, PartitionOf partition)
    {
        var sent = new Sent(position, partition);
        _sent.Enqueue(sent);
        return sent;
    }

    /// <summary>Moves the ledger over all that is delivered without a gap. Called by one thread.</summary>
    /// <returns>False when the ledger finds that the broker has lost messages.</returns>
    public bool SettleInto(RelayLedger ledger)
    {
        while (_sent.TryPeek(out var first) && first.IsDelivered)
        {
            if (!ledger.Delivered(first.Position, first.Partition, first.EndOffset))
            {
                return false;
            }

            _sent.TryDequeue(out _);
        }

        return true;
    }

    internal sealed class Sent(long position, PartitionOf partition)
    {
        private const long NotDelivered = 0;
        private const long OffsetUnknown = -1;
        private long _endOffset = NotDelivered;

        public long Position => position;

        public PartitionOf Partition => partition;

        public bool IsDelivered => Volatile.Read(ref _endOffset) != NotDelivered;

        /// <summary>The offset after the message; null when the broker has it, but nobody knows at which offset.</summary>
        public long? EndOffset => Volatile.Read(ref _endOffset) is > 0 and var end ? end : null;

        /// <summary>Called by the producer's thread.</summary>
        /// <param name="offset">
        /// Of the message. A special one on a report without an error means that the message is delivered: the answer to the request that
        /// wrote it was lost or late, and a later one, or the refusal of the repeat as a duplicate, has shown that it was written
        /// (librdkafka: <c>RD_KAFKA_OFFSET_INVALID</c> of retried messages of an idempotent producer).
        /// </param>
        public void Delivered(Offset offset) => Volatile.Write(ref _endOffset, offset.IsSpecial ? OffsetUnknown : offset.Value + 1);
    }
}
