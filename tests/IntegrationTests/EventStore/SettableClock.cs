namespace IntegrationTests.EventStore;

/// <summary>A clock that stands where it is put, also backwards.</summary>
/// <param name="timersRun">Whether its timers run, in real time; otherwise none ever fires.</param>
internal sealed class SettableClock(DateTimeOffset now, bool timersRun = true) : TimeProvider
{
    public DateTimeOffset Now { get; set; } = now;

    public override DateTimeOffset GetUtcNow() => Now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        base.CreateTimer(callback, state, timersRun ? dueTime : Timeout.InfiniteTimeSpan, timersRun ? period : Timeout.InfiniteTimeSpan);
}
