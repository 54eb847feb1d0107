namespace Payments.Bench.Appends;

/// <summary>One of those whose appends are compared.</summary>
internal interface IAppendContender : IAsyncDisposable
{
    string Name { get; }

    Task<Measured> MeasureAsync(int callers, int eventsPerAppend, int seconds, CancellationToken cancel);

    /// <summary>How many events are stored.</summary>
    Task<long> CountAsync(CancellationToken cancel);
}

/// <param name="Events">Acknowledged in all, warm-up included.</param>
internal sealed record Measured(double PerSecond, double P50Ms, double P99Ms, long Events);
