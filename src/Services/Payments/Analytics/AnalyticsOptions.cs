namespace Payments.PaymentService.Analytics;

/// <summary>How long counts are kept, from the configuration section <c>Analytics</c>.</summary>
internal sealed record AnalyticsOptions
{
    public const string Section = "Analytics";

    /// <summary>Counts by second: more than the day that the console and <c>payments/failures</c> look back.</summary>
    public int SecondsKeptHours { get; init; } = 48;

    /// <summary>Counts by minute and currency.</summary>
    public int MinutesKeptDays { get; init; } = 400;

    /// <exception cref="InvalidOperationException">A figure is out of range.</exception>
    public static AnalyticsOptions From(IConfiguration configuration)
    {
        var options = configuration.GetSection(Section).Get<AnalyticsOptions>() ?? new AnalyticsOptions();
        return options is { SecondsKeptHours: >= 25 and <= 8_760, MinutesKeptDays: >= 2 and <= 36_500 }
            ? options
            : throw new InvalidOperationException(
                $"In the section '{Section}' SecondsKeptHours must be from 25 to 8,760 and MinutesKeptDays from 2 to 36,500.");
    }
}
