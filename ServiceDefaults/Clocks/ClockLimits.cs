using System.Globalization;

namespace Payments.ServiceDefaults.Clocks;

/// <summary>How far a machine's clock may be off. With the database's time nothing depends on it; it is a fault all the same.</summary>
public static class ClockLimits
{
    /// <summary>From here on it is said: <c>/health</c> is degraded, and there is an alert.</summary>
    public static readonly TimeSpan Tolerated = TimeSpan.FromSeconds(2);

    /// <summary>
    /// From here on the instance takes no part: it answers no writes and its workers stand still, until the clock is right.
    /// </summary>
    public static readonly TimeSpan TakesPart = TimeSpan.FromMinutes(1);

    public static bool IsTolerated(this DatabaseClock clock) => clock.Skew.Duration() <= Tolerated;

    public static bool TakesPartWith(this DatabaseClock clock) => clock.Skew.Duration() <= TakesPart;

    /// <summary>The skew in words, such as <c>259200.0 s ahead of the database's</c>.</summary>
    public static string Words(TimeSpan skew) => string.Create(
        CultureInfo.InvariantCulture,
        $"{skew.Duration().TotalSeconds:0.0} s {(skew < TimeSpan.Zero ? "behind" : "ahead of")} the database's");
}
