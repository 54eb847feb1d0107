using System.Collections.Concurrent;

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
        while (_sent.TryPeek(out var first) && first.EndOffset > 0)
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
        private long _endOffset;

        public long Position => position;

        public PartitionOf Partition => partition;

        /// <summary>The offset after the message; 0 until it is delivered. Written by the producer's thread.</summary>
        public long EndOffset
        {
            get => Volatile.Read(ref _endOffset);
            set => Volatile.Write(ref _endOffset, value);
        }
    }
}
