using System.Diagnostics.Metrics;

namespace Payments.EventStore.Aggregates;

/// <summary>How often what was looked for in a cache was there: hits / (hits + misses) is the hit ratio.</summary>
internal static class CacheMetrics
{
    private static readonly Meter Meter = new("Payments.EventStore");
    private static readonly Counter<long> Requests =
        Meter.CreateCounter<long>("payments.cache.requests", "{request}", "Look-ups in a cache, by whether it was there.");

    /// <param name="cache">Its name: <c>states-wallet</c> for the states of wallets in memory.</param>
    public static void Asked(string cache, int hits, int misses)
    {
        if (hits > 0)
        {
            Requests.Add(hits, new KeyValuePair<string, object?>("cache", cache), new KeyValuePair<string, object?>("outcome", "hit"));
        }

        if (misses > 0)
        {
            Requests.Add(misses, new KeyValuePair<string, object?>("cache", cache), new KeyValuePair<string, object?>("outcome", "miss"));
        }
    }
}
