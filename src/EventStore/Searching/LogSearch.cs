using Npgsql;
using Payments.EventStore.Contract;
using Payments.EventStore.Partitions;
using Payments.EventStore.Postgres;

namespace Payments.EventStore.Searching;

/// <summary>Looks for events: for people, who may ask for anything. Whatever that is, it reads along an index and only so far.</summary>
/// <remarks>
/// Times become positions first, by binary search: what is recorded later has a higher position. Then a stream is read by its versions, a
/// correlation by its index, and anything else by positions, each in its order. So no filter needs an index of its own, which every
/// append would pay for; one that matches little reads a window and says how far it came.
/// </remarks>
public sealed class LogSearch(ReplicaReads reads)
{
    /// <exception cref="NpgsqlException">The database is in trouble.</exception>
    public Task<FoundEvents> FindAsync(EventSearch search, CancellationToken cancel) =>
        reads.ReadAsync(atLeast: 0, (connection, stop) => FindAsync(new LogProbe(connection, stop), search), cancel);

    /// <exception cref="NpgsqlException">The database is in trouble.</exception>
    public Task<FoundEvent> GetAsync(long position, CancellationToken cancel) => reads.ReadAsync(
        atLeast: 0,
        async (connection, stop) =>
        {
            var probe = new LogProbe(connection, stop);
            var last = await probe.LastPositionAsync();
            if (await probe.EventAsync(position) is not { } e)
            {
                var archived = await ArchivedMonths.AllAsync(connection, stop);
                return new(null, null, null, last, archived.Find(m => m.FirstPosition <= position && position <= m.LastPosition));
            }

            var (previous, next) = await probe.NeighboursAsync(e);
            return new FoundEvent(e, previous, next, last, null);
        },
        cancel);

    private static async Task<FoundEvents> FindAsync(LogProbe probe, EventSearch search)
    {
        var last = await probe.LastPositionAsync();
        var first = await probe.FirstPositionAsync();
        var asked = (After: search.After, UpTo: Math.Min(search.Before - 1, last));
        var range = await InTimeAsync(probe, (Math.Max(asked.After, first - 1), asked.UpTo), search.Filter);
        var page = first == 0 || range.UpTo <= range.After ? Page.Empty(search, asked.UpTo)
            : search.Stream is { } stream && (search.Filter.CorrelationId is null || search.Versions != VersionRange.All)
                ? await OfStreamAsync(probe, search, stream, range, first, last)
            : search.Filter.CorrelationId is not null ? await OfCorrelationAsync(probe, search, range)
            : await OfLogAsync(probe, search, range);
        return new(
            page.Events,
            page.Next,
            page.SearchedTo,
            page.SearchedTo > 0 ? await probe.RecordedAtAsync(page.SearchedTo) : null,
            first,
            last,
            await ArchivedAsync(probe, search, asked));
    }

    private static async Task<(long After, long UpTo)> InTimeAsync(LogProbe probe, (long After, long UpTo) range, EventFilter filter)
    {
        if (filter.From is { } from)
        {
            range.After = await FirstAtAsync(from) - 1;
        }

        if (filter.Until is { } until)
        {
            range.UpTo = await FirstAtAsync(until) - 1;
        }

        return range;

        Task<long> FirstAtAsync(DateTimeOffset at) => FirstWhere.FindAsync(
            range.After, range.UpTo, async position => await probe.NextRecordedAtAsync(position) is not { } next || next >= at);
    }

    // Versions have no gaps, so a window of them is a bound.
    private static async Task<Page> OfStreamAsync(
        LogProbe probe, EventSearch search, StreamId stream, (long After, long UpTo) range, long first, long last)
    {
        var newest = await probe.StreamVersionAsync(stream);
        var versions = (
            After: range.After < first ? 0L : await FirstWhere.FindAsync(0, newest, v => IsPastAsync(v, range.After)) - 1,
            UpTo: range.UpTo >= last ? newest : await FirstWhere.FindAsync(0, newest, v => IsPastAsync(v, range.UpTo)) - 1);
        versions = (Math.Max(versions.After, search.Versions.After), Math.Min(versions.UpTo, search.Versions.UpTo));
        var (window, isCut) = Window(versions, search);
        var events = window.UpTo <= window.After ? [] : await probe.OfStreamAsync(stream, window, search);
        if (events.Count == search.CountMax)
        {
            return Page.Full(events, search, range);
        }

        var edge = isCut ? await probe.PositionOfVersionAsync(stream, search.OldestFirst ? window.UpTo : window.After + 1) : null;
        return edge is { } to ? new(events, to, to) : Page.Whole(events, search, range);

        async Task<bool> IsPastAsync(long version, long position) =>
            await probe.PositionOfVersionAsync(stream, version) is not { } found || found > position;
    }

    // A correlation is a payment or a request: few events, and an index leads to them.
    private static async Task<Page> OfCorrelationAsync(LogProbe probe, EventSearch search, (long After, long UpTo) range)
    {
        var events = await probe.OfLogAsync(range, search);
        return events.Count == search.CountMax ? Page.Full(events, search, range) : Page.Whole(events, search, range);
    }

    private static async Task<Page> OfLogAsync(LogProbe probe, EventSearch search, (long After, long UpTo) range)
    {
        // Not from within an archived month: the window would be empty, and the next one, and the next.
        range = search.OldestFirst
            ? (Math.Max(range.After, (await probe.NextPositionAsync(range.After) ?? range.UpTo + 1) - 1), range.UpTo)
            : (range.After, Math.Min(range.UpTo, await probe.PreviousPositionAsync(range.UpTo) ?? range.After));
        var (window, isCut) = Window(range, search);
        var events = window.UpTo <= window.After ? [] : await probe.OfLogAsync(window, search);
        return events.Count == search.CountMax ? Page.Full(events, search, range)
            : !isCut ? Page.Whole(events, search, range)
            : search.OldestFirst ? new(events, window.UpTo, window.UpTo)
            : new(events, window.After + 1, window.After + 1);
    }

    private static ((long After, long UpTo) Window, bool IsCut) Window((long After, long UpTo) range, EventSearch search) =>
        range.UpTo - range.After <= search.WindowMax ? (range, false)
        : search.OldestFirst ? ((range.After, range.After + search.WindowMax), true)
        : ((range.UpTo - search.WindowMax, range.UpTo), true);

    private static async Task<IReadOnlyList<ArchivedMonth>> ArchivedAsync(
        LogProbe probe, EventSearch search, (long After, long UpTo) asked) =>
    [
        .. (await probe.ArchivedAsync()).Where(m =>
            m.LastPosition > asked.After
            && m.FirstPosition <= asked.UpTo
            && !(search.Filter.From >= m.Month.End)
            && !(search.Filter.Until <= m.Month.Start)),
    ];

    private sealed record Page(IReadOnlyList<StoredEvent> Events, long? Next, long SearchedTo)
    {
        public static Page Empty(EventSearch search, long upTo) => new([], null, search.OldestFirst ? Math.Max(0, upTo) : 0);

        /// <summary>There may be more, unless the last one is the last that could be.</summary>
        public static Page Full(IReadOnlyList<StoredEvent> events, EventSearch search, (long After, long UpTo) range)
        {
            var last = events[^1].Position;
            var isEnd = search.OldestFirst ? last >= range.UpTo : last <= range.After + 1;
            return new(events, isEnd ? null : last, last);
        }

        public static Page Whole(IReadOnlyList<StoredEvent> events, EventSearch search, (long After, long UpTo) range) =>
            new(events, null, search.OldestFirst ? range.UpTo : range.After + 1);
    }
}
