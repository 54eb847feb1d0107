namespace Payments.EventStore.Subscriptions;

/// <summary>
/// How long to wait before the next attempt: doubling up to a limit, with half of it left to chance so that many do not return together.
/// </summary>
internal static class Backoff
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    /// <param name="failures">Failures in a row, from 1 on.</param>
    /// <param name="random">Of the caller alone: it is not safe for several threads.</param>
    public static TimeSpan After(int failures, Random random)
    {
        var whole = Math.Min(First.TotalMilliseconds * Math.Pow(2, Math.Min(failures, 30) - 1), Longest.TotalMilliseconds);
        return TimeSpan.FromMilliseconds((whole / 2) + (random.NextDouble() * whole / 2));
    }
}
