using System.Collections.Concurrent;
using Payments.EventStore.Contract;

namespace Payments.Messaging.Lineages;

/// <summary>What relays have said of their logs since this process has listened. Safe for several threads.</summary>
internal sealed class AnnouncedLineages(TimeProvider clock)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(20);

    private readonly ConcurrentDictionary<string, Announcement> _announced = new();
    private long _words;

    /// <param name="SaidAt">By the clock of the relay that said it.</param>
    internal sealed record Announcement(LogLineage Lineage, DateTimeOffset SaidAt);

    public IReadOnlyCollection<KeyValuePair<string, Announcement>> All => [.. _announced];

    /// <summary>How many words were heard. While it stays, so does <see cref="All"/>.</summary>
    public long Words => Volatile.Read(ref _words);

    public void Hear(LineageAnnouncement announcement, DateTimeOffset saidAt)
    {
        _announced[announcement.LineageOf] = new(announcement.Lineage, saidAt);
        Interlocked.Increment(ref _words);
    }

    /// <summary>What was heard counts no more: it may be of before our own database was restored.</summary>
    public void Forget() => _announced.Clear();

    /// <summary>Waits until each log was spoken of at its moment or later. Such a word knows of all that was sent until then.</summary>
    /// <returns>False when that did not come in time: a relay is down.</returns>
    public async Task<bool> WaitAsync(IReadOnlyDictionary<string, DateTimeOffset> moments, TimeSpan atMost, CancellationToken cancel)
    {
        var began = clock.GetTimestamp();
        while (!moments.All(m => _announced.TryGetValue(m.Key, out var heard) && heard.SaidAt >= m.Value))
        {
            if (clock.GetElapsedTime(began) >= atMost)
            {
                return false;
            }

            await Task.Delay(LookEvery, clock, cancel);
        }

        return true;
    }
}
