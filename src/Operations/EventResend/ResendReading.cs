using System.Runtime.CompilerServices;
using Payments.EventStore.Contract;
using Payments.Messaging.Relay;

namespace Payments.Operations.EventResend;

/// <summary>An event to be sent once more.</summary>
/// <param name="Place">Its logical partition.</param>
/// <param name="Previous">
/// What lies before it there. Where that is not known, the position before its own: who has come exactly so far has missed nothing.
/// </param>
internal sealed record ReplayedEvent(StoredEvent Event, PartitionOf Place, long Previous);

/// <summary>A part of what a filter asks for.</summary>
/// <param name="UpTo">There is nothing more to send up to this position.</param>
internal sealed record ReplayPage(IReadOnlyList<ReplayedEvent> Events, long UpTo);

/// <summary>Reads what a filter asks for, in order. Events that are not sent at all, for want of a routing key, are left out.</summary>
internal sealed class ResendReading(IEventStore store)
{
    /// <param name="after">Goes on after this position.</param>
    /// <param name="upTo">The last position.</param>
    /// <exception cref="StreamArchivedException">Events of the stream are not in the database any more.</exception>
    /// <exception cref="LogArchivedException">Those after <paramref name="after"/> are not.</exception>
    public async IAsyncEnumerable<ReplayPage> PagesAsync(
        ReplayFilter filter, long after, long upTo, int pageMax, [EnumeratorCancellation] CancellationToken cancel)
    {
        var matching = filter.ToEventFilter();
        var stream = filter.StreamId is { } id ? StreamId.Parse(id) : (StreamId?)null;

        // Only who reads everything sees what lies before each message.
        var seesAll = stream is null && filter is { Types: null, CorrelationId: null };
        var last = new Dictionary<PartitionOf, long>();
        var (position, version) = (after, 0L);
        while (position < upTo)
        {
            if (stream is null && await store.ReadAllAsync(position, 1, EventFilter.None, cancel) is [var next])
            {
                Contiguity.CheckNextOfLog(position, next); // A filter would pass over what is archived without a word.
            }

            var events = stream is { } one
                ? await ReadStreamAsync(one, version, pageMax, cancel)
                : await store.ReadAllAsync(position, pageMax, matching, cancel);
            var replayed = new List<ReplayedEvent>();
            foreach (var e in events.Where(e => e.Position > position && e.Position <= upTo && matching.Matches(e)))
            {
                if (EventMessage.PlaceOf(e) is { } place)
                {
                    var isKnown = last.TryGetValue(place, out var before);
                    replayed.Add(new ReplayedEvent(e, place, isKnown ? before : e.Position - 1));
                    if (seesAll)
                    {
                        last[place] = e.Position;
                    }
                }
            }

            var isLast = events.Count == 0 || events[^1].Position >= upTo || (stream is not null && events.Count < pageMax);
            position = isLast ? upTo : Math.Max(position, events[^1].Position);
            version = events.Count > 0 ? events[^1].StreamVersion : version;
            yield return new ReplayPage(replayed, position);
        }
    }

    private async Task<IReadOnlyList<StoredEvent>> ReadStreamAsync(StreamId stream, long version, int countMax, CancellationToken cancel)
    {
        var events = await store.ReadStreamAsync(stream, VersionRange.Later(version), countMax, cancel);
        foreach (var e in events)
        {
            Contiguity.CheckNextOfStream(version++, e);
        }

        return events;
    }
}
