using Payments.Console.PaymentPages;
using Payments.Contracts.Events;

namespace Payments.Console.Events;

/// <summary>An event in the tree of causes.</summary>
/// <param name="Depth">0 for one without a known cause.</param>
/// <param name="Effects">How many events it caused, itself.</param>
public sealed record TreeRow(EventView Event, int Depth, int Effects);

/// <summary>Which event caused which: events of one correlation, in all services, as a tree. Pure.</summary>
public static class EventTree
{
    /// <summary>
    /// Each event stands below its cause, with all that it caused below it; those of one cause in the order of time. What has no cause
    /// among the given ones begins a tree of its own.
    /// </summary>
    public static IReadOnlyList<TreeRow> Build(IEnumerable<EventView> events)
    {
        var all = events.DistinctBy(e => e.EventId)
            .OrderBy(e => e.RecordedAt).ThenBy(e => ServiceWords.Order(e.Service)).ThenBy(e => e.Position).ToList();
        var ids = all.Select(e => e.EventId).ToHashSet();
        var effects = all.Where(e => e.CausationId is { } cause && ids.Contains(cause)).ToLookup(e => e.CausationId!.Value);
        var rows = new List<TreeRow>(all.Count);
        var done = new HashSet<Guid>();
        foreach (var root in all.Where(e => e.CausationId is not { } cause || !ids.Contains(cause)).Concat(all))
        {
            var open = new Stack<(EventView Event, int Depth)>([(root, 0)]);
            while (open.TryPop(out var next))
            {
                if (done.Add(next.Event.EventId)) // A circle, which nobody should be able to store, is shown from its first event on.
                {
                    var caused = effects[next.Event.EventId].ToList();
                    rows.Add(new(next.Event, next.Depth, caused.Count));
                    foreach (var effect in Enumerable.Reverse(caused))
                    {
                        open.Push((effect, next.Depth + 1));
                    }
                }
            }
        }

        return rows;
    }

    /// <summary>What led to an event, from its cause to the beginning.</summary>
    public static IReadOnlySet<Guid> CausesOf(EventView e, IEnumerable<EventView> events)
    {
        var byId = events.DistinctBy(x => x.EventId).ToDictionary(x => x.EventId);
        var causes = new HashSet<Guid>();
        var at = e;
        while (at.CausationId is { } id && id != e.EventId && byId.TryGetValue(id, out var cause) && causes.Add(id))
        {
            at = cause;
        }

        return causes;
    }

    /// <summary>What an event led to, directly or by others.</summary>
    public static IReadOnlySet<Guid> EffectsOf(EventView e, IEnumerable<EventView> events)
    {
        var effects = events.Where(x => x.CausationId is not null).ToLookup(x => x.CausationId!.Value);
        var found = new HashSet<Guid>();
        var open = new Queue<Guid>([e.EventId]);
        while (open.TryDequeue(out var id))
        {
            foreach (var effect in effects[id].Where(x => x.EventId != e.EventId && found.Add(x.EventId)))
            {
                open.Enqueue(effect.EventId);
            }
        }

        return found;
    }
}
