using System.Diagnostics;

namespace Payments.EventStore.Postgres;

/// <summary>
/// The span of a commit. Units of many traces share it: it is part of the trace of the first that is traced, so that a lone payment shows
/// its own commit, and linked with the others.
/// </summary>
internal static class CommitSpans
{
    private static readonly ActivitySource Source = new("Payments.EventStore");

    /// <summary>Null where nobody listens, or where no unit is traced.</summary>
    public static Activity? Start(IReadOnlyList<PendingUnit> batch)
    {
        if (!Source.HasListeners() || batch.FirstOrDefault(p => p.Trace != default) is not { } first)
        {
            return null;
        }

        var links = batch.Where(p => p != first && p.Trace != default).Select(p => new ActivityLink(p.Trace)).ToList();
        var span = Source.StartActivity(ActivityKind.Internal, first.Trace, null, links, default, "commit");
        span?.SetTag("payments.units", batch.Count);
        span?.SetTag("payments.events", batch.Sum(p => p.EventsCount));
        return span;
    }
}
