using System.Globalization;

namespace Payments.SagaService.Cards;

/// <summary>
/// A circuit breaker, as a value: it counts failures in a row, keeps everybody out for a while, and then lets one probe through.
/// </summary>
/// <param name="Failures">In a row.</param>
/// <param name="OpenUntil">Set when it has opened; what comes after that moment is a probe.</param>
/// <param name="ProbeUntil">When a probe that says nothing is given up.</param>
public sealed record BreakerState(int Failures, DateTimeOffset? OpenUntil, DateTimeOffset? ProbeUntil)
{
    public static readonly BreakerState Closed = new(0, null, null);

    /// <summary>Asks to be let through.</summary>
    public (BreakerState After, BreakerPass Pass) Enter(DateTimeOffset now, BreakerLimits limits) => this switch
    {
        { OpenUntil: null } => (this, new BreakerPass.Through(IsProbe: false)),
        { OpenUntil: { } open } when now < open => (this, new BreakerPass.Refused(open)),
        { ProbeUntil: { } probe } when now < probe => (this, new BreakerPass.Refused(probe)),
        _ => (this with { ProbeUntil = now + limits.ProbeFor }, new BreakerPass.Through(IsProbe: true)),
    };

    /// <summary>
    /// What came of a request that was let through. Only a probe has a say once the breaker is open: the others set out before.
    /// </summary>
    public BreakerState Report(bool wasProbe, bool succeeded, DateTimeOffset now, BreakerLimits limits) => this switch
    {
        { OpenUntil: not null } when !wasProbe => this,
        _ when succeeded => Closed,
        { OpenUntil: not null } => this with { OpenUntil = now + limits.OpenFor, ProbeUntil = null },
        _ when Failures + 1 >= limits.FailuresMax => new BreakerState(Failures + 1, now + limits.OpenFor, null),
        _ => this with { Failures = Failures + 1 },
    };

    /// <summary>For a store that keeps text.</summary>
    public string Encode() => string.Create(CultureInfo.InvariantCulture, $"{Failures}|{Ms(OpenUntil)}|{Ms(ProbeUntil)}");

    /// <summary>Reads what <see cref="Encode"/> wrote; null for anything else.</summary>
    public static BreakerState? TryDecode(string? text) =>
        text?.Split('|') is [var failures, var open, var probe]
        && int.TryParse(failures, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
        && TryTime(open, out var openUntil)
        && TryTime(probe, out var probeUntil)
            ? new BreakerState(count, openUntil, probeUntil)
            : null;

    private static string Ms(DateTimeOffset? at) => at?.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture) ?? "";

    private static bool TryTime(string text, out DateTimeOffset? at)
    {
        at = null;
        if (text.Length == 0)
        {
            return true;
        }

        // Up to the year 9999.
        var known = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var ms) && ms <= 253_402_300_799_999;
        at = known ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : null;
        return known;
    }
}

/// <param name="ProbeFor">How long a probe may take before another one is let through.</param>
public sealed record BreakerLimits(int FailuresMax, TimeSpan OpenFor, TimeSpan ProbeFor);

/// <summary>The breaker's answer to who asks to be let through.</summary>
public abstract record BreakerPass
{
    private BreakerPass()
    {
    }

    public sealed record Through(bool IsProbe) : BreakerPass;

    public sealed record Refused(DateTimeOffset Until) : BreakerPass;
}
