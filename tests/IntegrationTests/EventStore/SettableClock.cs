namespace IntegrationTests.EventStore;

/// <summary>A clock that stands where it is put, also backwards.</summary>
/// <param name="longTimersRun">Whether its timers run, in real time; otherwise those of half a second or more never fire.</param>
internal sealed class SettableClock(DateTimeOffset now, bool longTimersRun = true) : TimeProvider
{
    private static readonly TimeSpan Long = TimeSpan.FromMilliseconds(500);

    public DateTimeOffset Now { get; set; } = now;

    public override DateTimeOffset GetUtcNow() => Now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        base.CreateTimer(callback, state, longTimersRun || dueTime < Long ? dueTime : Timeout.InfiniteTimeSpan, period);
}
