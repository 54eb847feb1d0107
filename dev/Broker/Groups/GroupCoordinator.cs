using System.Collections.Concurrent;

namespace Payments.Broker.Groups;

/// <summary>All consumer groups by name. A group comes into being when it is first asked for, and stays.</summary>
internal sealed class GroupCoordinator : IDisposable
{
    /// <summary>Shorter than the six seconds of a real broker, so that tests need not wait as long.</summary>
    public static readonly TimeSpan SessionTimeoutMin = TimeSpan.FromMilliseconds(200);

    /// <summary>As a real broker has it.</summary>
    public static readonly TimeSpan SessionTimeoutMax = TimeSpan.FromMinutes(30);

    /// <summary>How late a silent member may be noticed.</summary>
    private static readonly TimeSpan TickEvery = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentDictionary<string, Group> _groups = new(StringComparer.Ordinal);
    private readonly TimeProvider _clock;
    private readonly ITimer _ticks;

    public GroupCoordinator(TimeProvider clock)
    {
        _clock = clock;
        _ticks = clock.CreateTimer(Tick, null, TickEvery, TickEvery);
    }

    public Group this[string id] => _groups.GetOrAdd(id, _ => new Group(_clock));

    /// <summary>All members and offsets are gone.</summary>
    public void Forget() => _groups.Clear();

    /// <summary>What groups have committed of a topic is gone.</summary>
    public void Forget(string topic)
    {
        foreach (var group in _groups.Values)
            group.Forget(topic);
    }

    /// <summary>Time passes no more: who waits now is not answered.</summary>
    public void Dispose() => _ticks.Dispose();

    private void Tick(object? nothing)
    {
        foreach (var group in _groups.Values)
            group.Tick();
    }
}
