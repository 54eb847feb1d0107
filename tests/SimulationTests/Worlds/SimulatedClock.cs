namespace SimulationTests.Worlds;

/// <summary>The world's time: it stands still until the world moves it.</summary>
internal sealed class SimulatedClock : TimeProvider
{
    /// <summary>Some minutes before midnight, so that limits per day meet another day.</summary>
    public static readonly DateTimeOffset Start = new(2026, 1, 31, 23, 55, 0, TimeSpan.Zero);

    public DateTimeOffset Now { get; private set; } = Start;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => Now;

    public override long GetTimestamp() => Now.Ticks;

    public void Advance(TimeSpan by) => Now += by;

    public void AdvanceTo(DateTimeOffset moment) => Now = moment > Now ? moment : Now;
}
