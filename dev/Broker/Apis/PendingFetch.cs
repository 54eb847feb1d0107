using Payments.Broker.Log;
using Payments.Broker.Protocol;

namespace Payments.Broker.Apis;

/// <summary>A fetch that waits for messages.</summary>
internal sealed class PendingFetch : PendingAnswer, IAppendWatcher
{
    // Told under the lock of a partition: whoever waits goes on elsewhere.
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Fetched _fetched;
    private readonly List<PartitionLog> _watched = [];
    private readonly ITimer _timeout;
    private int _missing;

    /// <param name="bytesMin">So many must be there before the time is over.</param>
    public PendingFetch(Fetched fetched, int bytesMin, TimeSpan waitMax, TimeProvider clock)
    {
        _fetched = fetched;
        _missing = bytesMin - fetched.Bytes;
        _timeout = clock.CreateTimer(fetch => ((PendingFetch)fetch!).HurryUp(), this, waitMax, Timeout.InfiniteTimeSpan);
        foreach (var (log, end) in fetched.Ends)
        {
            if (!log.Watch(end, this))
            {
                HurryUp(); // Something came since it was looked at.
                return;
            }

            _watched.Add(log);
        }
    }

    public override Task Ready => _ready.Task;

    public override void HurryUp() => _ready.TrySetResult();

    public void Appended(int bytes)
    {
        if (Interlocked.Add(ref _missing, -bytes) <= 0)
            HurryUp();
    }

    public override void Write(WireWriter answer) => _fetched.Write(answer);

    public override void Stop()
    {
        _timeout.Dispose();
        foreach (var log in _watched)
            log.Unwatch(this);
    }
}
