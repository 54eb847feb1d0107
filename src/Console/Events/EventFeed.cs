using Payments.Console.PaymentPages;
using Payments.Contracts.Events;

namespace Payments.Console.Events;

/// <summary>
/// Events of several logs as one list, newest first, that grows at both ends. Each log is searched by itself, page by page; what is shown
/// goes back only as far as all of them have been searched, so that nothing comes to stand above what was shown before. Pure.
/// </summary>
public sealed class EventFeed
{
    /// <summary>More of one log than anybody scrolls through; the older ones are read again when they are wanted.</summary>
    public const int KeptMax = 20_000;

    private static readonly Comparer<EventView> NewestFirst = Comparer<EventView>.Create((a, b) =>
        (b.RecordedAt, ServiceWords.Order(b.Service), b.Position).CompareTo((a.RecordedAt, ServiceWords.Order(a.Service), a.Position)));

    private readonly Dictionary<string, Source> _sources = [];
    private List<EventView> _shown = [];

    /// <summary>What is known to be complete.</summary>
    public IReadOnlyList<EventView> Shown => _shown;

    /// <summary>Logs of which an older page would let the list grow, and where that page begins; none when all is searched.</summary>
    public IReadOnlyList<(string Service, long Before)> Wanted => Bound is { } bound
        ? [.. _sources.Where(s => s.Value.Next is not null && s.Value.SearchedToAt >= bound).Select(s => (s.Key, s.Value.Next!.Value))]
        : [];

    /// <summary>To where everything is searched; null when to the beginning.</summary>
    public DateTimeOffset? Bound => _sources.Values.Where(s => s.Next is not null).Max(s => s.SearchedToAt);

    public IReadOnlyList<(string Service, ArchivedPart Part)> Archived =>
        [.. _sources.SelectMany(s => s.Value.Archived.Select(part => (s.Key, part)))];

    /// <summary>The last position of a log that it has heard of; null before its first page.</summary>
    public long? LastOf(string service) => _sources.TryGetValue(service, out var source) ? source.Last : null;

    /// <summary>Takes the first page of a log, or the next older one.</summary>
    public void AddOlder(string service, EventPage page)
    {
        var source = _sources.TryGetValue(service, out var known) ? known : _sources[service] = new Source { Last = LastOf(page) };
        source.Events.AddRange(page.Items);
        source.Take(page);
        Merge();
    }

    /// <summary>Takes what is new in a log.</summary>
    /// <param name="page">The newest of what came after some known position; full when there was more than fits.</param>
    /// <returns>How many of them were not known.</returns>
    public int AddNewer(string service, EventPage page, int limit)
    {
        if (!_sources.TryGetValue(service, out var source))
        {
            return 0;
        }

        var news = page.Items.TakeWhile(e => e.Position > source.Last).ToList();
        source.Last = Math.Max(source.Last, LastOf(page));
        if (news.Count == 0)
        {
            return 0;
        }

        var hasGap = news.Count == limit;
        if (hasGap)
        {
            source.Events.Clear(); // What lies between has not been seen: from here on it is read again.
            source.Take(page);
        }

        source.Events.InsertRange(0, news);
        var isLong = source.Events.Count > KeptMax;
        if (isLong)
        {
            source.Events.RemoveRange(KeptMax / 2, source.Events.Count - (KeptMax / 2));
            source.Next = source.Events[^1].Position;
            source.SearchedToAt = source.Events[^1].RecordedAt;
        }

        if (hasGap || isLong)
        {
            Merge();
        }
        else
        {
            Insert(news);
        }

        return news.Count;
    }

    // The long list is not sorted anew for what is new.
    private void Insert(IReadOnlyList<EventView> news)
    {
        var bound = Bound ?? DateTimeOffset.MinValue;
        foreach (var one in news.Where(e => e.RecordedAt >= bound))
        {
            _shown.Insert(~_shown.BinarySearch(one, NewestFirst), one);
        }
    }

    // A page may hold what was appended after its log was asked for its end.
    private static long LastOf(EventPage page) => Math.Max(page.LastPosition, page.Items is [var newest, ..] ? newest.Position : 0);

    private void Merge()
    {
        var bound = Bound ?? DateTimeOffset.MinValue;
        _shown = [.. _sources.Values.SelectMany(s => s.Events).Where(e => e.RecordedAt >= bound).Order(NewestFirst)];
    }

    private sealed class Source
    {
        public List<EventView> Events { get; } = [];

        public long? Next { get; set; }

        public DateTimeOffset? SearchedToAt { get; set; }

        public long Last { get; set; }

        public IReadOnlyList<ArchivedPart> Archived { get; private set; } = [];

        public void Take(EventPage page) => (Next, SearchedToAt, Archived) = (page.Next, page.SearchedToAt, page.Archived);
    }
}
