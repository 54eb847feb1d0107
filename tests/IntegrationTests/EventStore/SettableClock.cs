namespace IntegrationTests.EventStore;

/// <summary>A clock that stands where it is put, also backwards. Its timers run in real time.</summary>
internal sealed class SettableClock(DateTimeOffset now) : TimeProvider
{
    public DateTimeOffset Now { get; set; } = now;

    public override DateTimeOffset GetUtcNow() => Now;
}
