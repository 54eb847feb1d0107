namespace Payments.Bench.Appends;

/// <summary>A store that this process calls.</summary>
internal sealed class InProcess(string name, IAppendTarget target) : IAppendContender
{
    public string Name => name;

    public async Task<Measured> MeasureAsync(int callers, int eventsPerAppend, int seconds, CancellationToken cancel)
    {
        var (perSecond, latencies, events) =
            await new AppendLoad(target, callers, eventsPerAppend).RunAsync(TimeSpan.FromSeconds(seconds), cancel);
        return new Measured(perSecond, latencies.PercentileMs(50), latencies.PercentileMs(99), events);
    }

    public Task<long> CountAsync(CancellationToken cancel) => target.CountAsync(cancel);

    public ValueTask DisposeAsync() => target.DisposeAsync();
}
