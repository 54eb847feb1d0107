namespace Payments.Messaging.Parking;

/// <summary>How often, and how far apart, a message that failed is tried again before it is a dead letter.</summary>
public sealed record RetryOptions
{
    /// <summary>In the batch itself, at once.</summary>
    public int TriesInPlace { get; init; } = 2;

    /// <summary>In all, with the pauses between: with the other defaults 38 to 76 seconds, by chance. Then it is a dead letter.</summary>
    public int AttemptsMax { get; init; } = 12;

    public int FirstDelayMs { get; init; } = 500;

    public int LongestDelayMs { get; init; } = 10_000;

    /// <summary>What is wrong with these settings, in sentences; empty when nothing is.</summary>
    public IReadOnlyList<string> Problems()
    {
        var problems = new List<string>();
        if (TriesInPlace is < 1 or > 10)
        {
            problems.Add("Retries:TriesInPlace must be 1 to 10.");
        }

        if (AttemptsMax is < 1 or > 100)
        {
            problems.Add("Retries:AttemptsMax must be 1 to 100.");
        }

        if (FirstDelayMs is < 1 or > 60_000)
        {
            problems.Add("Retries:FirstDelayMs must be 1 to 60000.");
        }

        if (LongestDelayMs < FirstDelayMs || LongestDelayMs > 3_600_000)
        {
            problems.Add("Retries:LongestDelayMs must be at least Retries:FirstDelayMs, and at most an hour.");
        }

        return problems;
    }
}

/// <summary>Says when a message that failed is tried again. Safe for several threads.</summary>
public sealed class RetryPolicy(RetryOptions options, Random random)
{
    public int TriesInPlace => options.TriesInPlace;

    /// <summary>
    /// Doubles up to a limit, with half of it left to chance so that many do not return together. Null: no more attempts.
    /// </summary>
    /// <param name="attempts">Attempts so far, from 1 on.</param>
    public DateTimeOffset? RetryAt(Failure failure, int attempts, DateTimeOffset now)
    {
        if (failure.IsPoison || attempts >= options.AttemptsMax)
        {
            return null;
        }

        double chance;
        lock (random)
        {
            chance = random.NextDouble();
        }

        var wholeMs = Math.Min(options.FirstDelayMs * Math.Pow(2, Math.Min(attempts, 30) - 1), options.LongestDelayMs);
        return now.AddMilliseconds((wholeMs / 2) + (chance * wholeMs / 2));
    }
}
