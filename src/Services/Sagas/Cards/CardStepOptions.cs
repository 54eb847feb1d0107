namespace Payments.SagaService.Cards;

/// <summary>Limits of the card step, from the configuration section <c>CardStep</c>.</summary>
public sealed record CardStepOptions
{
    public const string Section = "CardStep";

    /// <summary>How long one request may take.</summary>
    public int TimeoutMs { get; init; } = 2_000;

    /// <summary>
    /// How long one call, with its look-ups and repeats, may take. Less than a lease, so that nobody else asks meanwhile.
    /// </summary>
    public int CallMs { get; init; } = 10_000;

    /// <summary>How long a worker has a call for itself: those of one that was killed come back after it.</summary>
    public int LeaseMs { get; init; } = 15_000;

    /// <summary>Calls at the same time, of one instance.</summary>
    public int MaxConcurrency { get; init; } = 32;

    /// <summary>Repeats at once, before the call is put off.</summary>
    public int RetriesMax { get; init; } = 2;

    /// <summary>The first pause before a repeat; doubled each time.</summary>
    public int RetryBaseMs { get; init; } = 200;

    /// <summary>The longest pause before a call that was put off. Short: a payment is to go on soon after the processor is back.</summary>
    public int RetryLongestMs { get; init; } = 10_000;

    /// <summary>Failures in a row that open the breaker.</summary>
    public int BreakerFailures { get; init; } = 5;

    public int BreakerOpenMs { get; init; } = 60_000;

    public TimeSpan Timeout => TimeSpan.FromMilliseconds(TimeoutMs);

    public TimeSpan Call => TimeSpan.FromMilliseconds(CallMs);

    public TimeSpan Lease => TimeSpan.FromMilliseconds(LeaseMs);

    /// <exception cref="InvalidOperationException">A limit is out of its bounds.</exception>
    public static CardStepOptions From(IConfiguration configuration)
    {
        var options = configuration.GetSection(Section).Get<CardStepOptions>() ?? new CardStepOptions();
        Require(options.TimeoutMs is >= 10 and <= 60_000, nameof(TimeoutMs), "must be from 10 to 60000");
        Require(options.CallMs >= options.TimeoutMs, nameof(CallMs), $"must be {nameof(TimeoutMs)} at least");
        Require(options.LeaseMs > options.CallMs, nameof(LeaseMs), $"must be more than {nameof(CallMs)}");
        Require(options.LeaseMs <= 600_000, nameof(LeaseMs), "must be 600000 at most");
        Require(options.MaxConcurrency is >= 1 and <= 1_000, nameof(MaxConcurrency), "must be from 1 to 1000");
        Require(options.RetriesMax is >= 1 and <= 10, nameof(RetriesMax), "must be from 1 to 10");
        Require(options.RetryBaseMs is >= 1 and <= 10_000, nameof(RetryBaseMs), "must be from 1 to 10000");
        Require(options.RetryLongestMs is >= 1 and <= 600_000, nameof(RetryLongestMs), "must be from 1 to 600000");
        Require(options.BreakerFailures is >= 1 and <= 1_000, nameof(BreakerFailures), "must be from 1 to 1000");
        Require(options.BreakerOpenMs is >= 1 and <= 3_600_000, nameof(BreakerOpenMs), "must be from 1 to 3600000");
        return options;
    }

    private static void Require(bool holds, string name, string rule)
    {
        if (!holds)
        {
            throw new InvalidOperationException($"{Section}:{name} {rule}.");
        }
    }
}
