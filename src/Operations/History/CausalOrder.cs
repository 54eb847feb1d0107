using Payments.Contracts.Events;

namespace Payments.Operations.History;

/// <summary>Puts events of several logs into one order in which no event comes before what caused it.</summary>
public static class CausalOrder
{
    /// <summary>
    /// An event follows its cause and the event before it in its stream. Among those that may come next the earliest recorded goes first,
    /// so clocks that disagree between services cannot turn cause and effect around.
    /// </summary>
    public static List<HistoryEvent> Sort(IReadOnlyCollection<HistoryEvent> events)
    {
        var byId = events.ToDictionary(e => e.EventId);
        var followers = new Dictionary<Guid, List<HistoryEvent>>();
        var waitsFor = events.ToDictionary(e => e.EventId, _ => 0);
        foreach (var stream in events.GroupBy(e => (e.Service, e.Stream)))
        {
            HistoryEvent? before = null;
            foreach (var e in stream.OrderBy(e => e.Version))
            {
                Follow(before?.EventId, e);
                Follow(e.CausationId, e);
                before = e;
            }
        }

        var ready = new PriorityQueue<HistoryEvent, (DateTimeOffset, string, long)>();
        foreach (var e in events.Where(e => waitsFor[e.EventId] == 0))
        {
            ready.Enqueue(e, (e.RecordedAt, e.Service, e.Position));
        }

        var sorted = new List<HistoryEvent>(events.Count);
        while (ready.TryDequeue(out var next, out _))
        {
            sorted.Add(next);
            foreach (var follower in followers.GetValueOrDefault(next.EventId) ?? [])
            {
                if (--waitsFor[follower.EventId] == 0)
                {
                    ready.Enqueue(follower, (follower.RecordedAt, follower.Service, follower.Position));
                }
            }
        }

        return sorted;

        void Follow(Guid? first, HistoryEvent then)
        {
            if (first is { } id && byId.ContainsKey(id))
            {
                if (!followers.TryGetValue(id, out var list))
                {
                    followers[id] = list = [];
                }

                list.Add(then);
                waitsFor[then.EventId]++;
            }
        }
    }
}
