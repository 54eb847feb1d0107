namespace Payments.ServiceDefaults.Clocks;

/// <summary>
/// What time it is, says the database: so all instances agree, whatever their own clocks say. In between it is carried on by the machine's
/// monotonic clock, which nobody sets. Timers and time stamps are the machine's own.
/// </summary>
/// <remarks>
/// Before the first measurement it shows the machine's time: a host that decides by the time measures before it takes any work
/// (<see cref="ClockMeasuring"/>).
/// </remarks>
/// <param name="local">The machine's clocks.</param>
public sealed class DatabaseClock(TimeProvider local) : TimeProvider
{
    /// <summary>How much two clocks of machines may drift apart; that of computers is a tenth of it.</summary>
    private const double DriftMax = 500e-6;

    private volatile Measurement? _best;

    /// <param name="ReceivedAt">The monotonic time stamp at which the database's time was <paramref name="Time"/>.</param>
    /// <param name="Doubt">Half the round trip: how far that may be off.</param>
    private sealed record Measurement(long ReceivedAt, DateTimeOffset Time, TimeSpan Doubt);

    public bool IsMeasured => _best is not null;

    /// <summary>
    /// How far the machine's clock is ahead of the database's, negative when behind; zero before the first measurement. Beyond doubt: what
    /// a slow answer may explain is taken off.
    /// </summary>
    public TimeSpan Skew
    {
        get
        {
            if (_best is not { } best)
            {
                return TimeSpan.Zero;
            }

            var (skew, doubt) = (local.GetUtcNow() - At(best), DoubtNow(best));
            return skew > doubt ? skew - doubt : skew < -doubt ? skew + doubt : TimeSpan.Zero;
        }
    }

    public override long TimestampFrequency => local.TimestampFrequency;

    public override TimeZoneInfo LocalTimeZone => local.LocalTimeZone;

    public override DateTimeOffset GetUtcNow() => _best is { } best ? At(best) : local.GetUtcNow();

    public override long GetTimestamp() => local.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        local.CreateTimer(callback, state, dueTime, period);

    /// <summary>
    /// Takes an answer of the database. A slow one that contradicts nothing is worth less than what is known, and is left.
    /// </summary>
    /// <param name="askedAt">The time stamp before the question.</param>
    /// <param name="time">The database's answer.</param>
    public void Measured(long askedAt, DateTimeOffset time)
    {
        var now = local.GetTimestamp();
        var doubt = local.GetElapsedTime(askedAt, now) / 2;
        var next = new Measurement(now, time + doubt, doubt);
        if (_best is not { } best || doubt <= DoubtNow(best) || (next.Time - At(best)).Duration() > doubt + DoubtNow(best))
        {
            _best = next;
        }
    }

    private DateTimeOffset At(Measurement m) => m.Time + local.GetElapsedTime(m.ReceivedAt);

    private TimeSpan DoubtNow(Measurement m) => m.Doubt + (local.GetElapsedTime(m.ReceivedAt) * DriftMax);
}
