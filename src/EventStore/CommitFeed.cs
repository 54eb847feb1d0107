using System.Collections.Immutable;
using System.Threading.Channels;
using Payments.EventStore.Contract;

namespace Payments.EventStore;

/// <summary>Hands freshly committed events to the readers of this process, and wakes them when another process has committed.</summary>
/// <remarks>Only a short cut: a reader that is not given something here finds it in the log. So a full buffer drops what is oldest: the
/// reader meets the gap with the next batch, and reads it from the log.</remarks>
internal sealed class CommitFeed
{
    private const int BatchesMax = 64;

    private ImmutableArray<Channel<IReadOnlyList<StoredEvent>>> _readers = [];

    public ChannelReader<IReadOnlyList<StoredEvent>> Subscribe(out IDisposable subscription)
    {
        var channel = Channel.CreateBounded<IReadOnlyList<StoredEvent>>(
            new BoundedChannelOptions(BatchesMax) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
        ImmutableInterlocked.Update(ref _readers, readers => readers.Add(channel));
        subscription = new Subscription(this, channel);
        return channel.Reader;
    }

    /// <summary>Called in commit order.</summary>
    public void Publish(IReadOnlyList<StoredEvent> committed)
    {
        foreach (var reader in _readers)
        {
            reader.Writer.TryWrite(committed);
        }
    }

    /// <summary>Something may be new in the log.</summary>
    public void Notify() => Publish([]);

    private sealed class Subscription(CommitFeed feed, Channel<IReadOnlyList<StoredEvent>> channel) : IDisposable
    {
        public void Dispose() => ImmutableInterlocked.Update(ref feed._readers, readers => readers.Remove(channel));
    }
}
