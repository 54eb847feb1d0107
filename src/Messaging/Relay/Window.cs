using System.Collections.Concurrent;

namespace Payments.Messaging.Relay;

/// <summary>Holds the relay back when consumers are further behind than a broker in memory remembers.</summary>
/// <param name="bytesMax">The most that may be unacknowledged on one partition; a broker that keeps everything needs no limit.</param>
internal sealed class Window(long bytesMax)
{
    private readonly Dictionary<PartitionOf, (Queue<(long Position, int Bytes)> Sent, long Bytes)> _unacknowledged = [];
    private readonly ConcurrentDictionary<PartitionOf, long> _acknowledged = new();

    /// <summary>Told by the bookkeeper's thread.</summary>
    public void Acknowledge(PartitionOf partition, long position) => _acknowledged[partition] = position;

    /// <summary>How far all readers have come, as last told.</summary>
    public long AcknowledgedOf(PartitionOf partition) => _acknowledged.GetValueOrDefault(partition);

    /// <summary>Asked by the sender's thread, for a topic that somebody reads.</summary>
    public bool IsOpen(PartitionOf partition)
    {
        if (bytesMax == long.MaxValue || !_unacknowledged.TryGetValue(partition, out var state))
        {
            return true;
        }

        var acknowledged = _acknowledged.GetValueOrDefault(partition);

        while (state.Sent.TryPeek(out var first) && first.Position <= acknowledged)
        {
            state.Bytes -= first.Bytes;
            state.Sent.Dequeue();
        }

        _unacknowledged[partition] = state;
        return state.Bytes < bytesMax;
    }

    public void Sent(PartitionOf partition, long position, int bytes)
    {
        if (bytesMax == long.MaxValue)
        {
            return;
        }

        var state = _unacknowledged.TryGetValue(partition, out var known) ? known : (Sent: new(), Bytes: 0);
        state.Sent.Enqueue((position, bytes));
        _unacknowledged[partition] = state with { Bytes = state.Bytes + bytes };
    }
}
