using System.Globalization;
using System.Text.Json.Nodes;
using IntegrationTests.EventStore;
using IntegrationTests.Partitions;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Payments.EventStore.Contract;
using Payments.EventStore.Postgres;
using Payments.EventStore.Sealing.Archives;
using Payments.EventStore.Searching;

namespace IntegrationTests.Events;

/// <summary>
/// Searches of a log of several months: whatever is asked for, the pages together are what is there, and no more is read than allowed.
/// </summary>
public sealed class LogSearchTests(PostgresFixture postgres) : IAsyncLifetime
{
    private static readonly string[] Types = ["a.v1", "b.v1", "c.v1", "rare.v1"];
    private static readonly Guid[] Correlations = [.. Enumerable.Range(0, 6).Select(_ => Guid.NewGuid())];

    private ArchiveDatabase _log = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private LogSearch Search => new(new ReplicaReads(
        new LogDatabase(_log.Database.Source), TimeProvider.System, NullLogger<ReplicaReads>.Instance));

    public async ValueTask InitializeAsync() => _log = await ArchiveDatabase.CreateAsync(postgres);

    public ValueTask DisposeAsync() => _log.DisposeAsync();

    [Fact]
    public async Task The_pages_of_any_search_are_together_what_is_there_in_both_directions()
    {
        var seed = Environment.GetEnvironmentVariable("PAYMENTS_TEST_SEED") is { Length: > 0 } given
            ? int.Parse(given, CultureInfo.InvariantCulture)
            : Random.Shared.Next();
        TestContext.Current.SendDiagnosticMessage($"PAYMENTS_TEST_SEED={seed}");
        var dice = new Random(seed);
        var all = await FillAsync(dice, 400);

        for (var round = 0; round < 150; round++)
        {
            var search = Any(dice, all);
            var expected = all.Where(e => search.Filter.Matches(e)
                && (search.Stream is not { } stream || e.Stream == stream)
                && e.Position > search.After
                && e.Position < search.Before).Select(e => e.Position);
            var found = await WholeAsync(search);

            Assert.True(
                (search.OldestFirst ? expected : expected.Reverse()).SequenceEqual(found.Select(e => e.Position)),
                $"PAYMENTS_TEST_SEED={seed}, round {round}: {search} gave {string.Join(' ', found.Select(e => e.Position))}.");
        }
    }

    [Fact]
    public async Task What_matches_little_is_searched_window_by_window_and_says_how_far()
    {
        await FillAsync(new Random(1), 300);

        var first = await Search.FindAsync(new(10, 100) { Filter = new() { Types = ["never.v1"] } }, Cancel);
        var second = await Search.FindAsync(new(10, 100) { Filter = new() { Types = ["never.v1"] }, Before = first.Next!.Value }, Cancel);
        var third = await Search.FindAsync(new(10, 100) { Filter = new() { Types = ["never.v1"] }, Before = second.Next!.Value }, Cancel);

        Assert.Equal((201L, 201L, 1L, 300L), (first.Next, first.SearchedTo, first.FirstPosition, first.LastPosition));
        Assert.Equal((101L, 101L), (second.Next, second.SearchedTo));
        Assert.Equal((null, 1L), (third.Next, third.SearchedTo));
        Assert.Equal((await EventAsync(201)).RecordedAt, first.SearchedToAt);
    }

    [Fact]
    public async Task An_archived_month_is_passed_over_and_named()
    {
        await _log.FillAsync();
        await _log.SnapshotAllAsync();
        Assert.IsType<ArchiveResult.Archived>(await _log.Archive.ArchiveAsync(ArchiveDatabase.February, _log.Folder, Cancel));

        var newest = await Search.FindAsync(new(10, 1), Cancel);
        var older = await Search.FindAsync(new(10, 2) { Before = newest.Next!.Value }, Cancel);
        var oldest = await Search.FindAsync(new(10, 2) { OldestFirst = true, After = 5 }, Cancel);
        var march = await Search.FindAsync(new(10, 10) { Filter = new() { From = ArchiveDatabase.February.End } }, Cancel);

        Assert.Equal([7], newest.Events.Select(e => e.Position));
        Assert.Equal([5, 4], older.Events.Select(e => e.Position)); // Not an empty window in the hole.
        Assert.Equal([7], oldest.Events.Select(e => e.Position));
        Assert.Equal([7], march.Events.Select(e => e.Position));
        Assert.Equal([ArchiveDatabase.February], older.Archived.Select(m => m.Month));
        Assert.Equal([], march.Archived);
    }

    [Fact]
    public async Task One_event_comes_with_its_neighbours_and_an_archived_one_with_its_month()
    {
        var streams = await _log.FillAsync();
        await _log.SnapshotAllAsync();
        Assert.IsType<ArchiveResult.Archived>(await _log.Archive.ArchiveAsync(ArchiveDatabase.January, _log.Folder, Cancel));
        await _log.AppendAsync("2026-03-03T00:00:00Z", streams[0], 2);

        var found = await Search.GetAsync(8, Cancel);
        var archived = await Search.GetAsync(2, Cancel);
        var beyond = await Search.GetAsync(10, Cancel);

        Assert.Equal(
            (8L, streams[0], 4L, 6L, 9L),
            (found.Event!.Position, found.Event.Stream, found.Event.StreamVersion, found.PreviousInStream, found.NextInStream));
        Assert.Equal((null, ArchiveDatabase.January), (archived.Event, archived.Archived?.Month));
        Assert.Equal((null, null, 9L), (beyond.Event, beyond.Archived, beyond.LastPosition));
    }

    [Fact]
    public async Task No_search_touches_more_events_than_its_window_and_its_page()
    {
        var stream = new StreamId("wallet", "long");
        var other = new StreamId("wallet", "other");
        for (var i = 0; i < 10; i++)
        {
            await _log.AppendAsync("2026-01-15T12:00:00Z", stream, 1_000);
            await _log.AppendAsync("2026-01-15T12:00:00Z", other, 1_000);
        }

        await _log.Database.ExecuteAsync("analyze");
        var rare = new EventFilter { Types = ["event.5"] };

        Assert.InRange(await TouchedAsync(EventQueries.Part(15_000, 18_000, null, rare, false, 50)), 1, 3_000);
        Assert.InRange(await TouchedAsync(EventQueries.Part(0, 20_000, null, EventFilter.None, false, 50)), 50, 51);
        Assert.InRange(await TouchedAsync(EventQueries.PartOfStream(7_000, 9_000, stream, rare, false, 50)), 1, 2_000);
        Assert.InRange(await TouchedAsync(EventQueries.PartOfStream(0, 10_000, stream, EventFilter.None, false, 50)), 50, 51);
        var one = new EventFilter { CorrelationId = (await EventAsync(12_345)).Metadata.CorrelationId };
        Assert.InRange(await TouchedAsync(EventQueries.Part(0, 20_000, null, one, false, 50)), 1, 1);
    }

    private async Task<List<StoredEvent>> WholeAsync(EventSearch search)
    {
        var found = new List<StoredEvent>();
        for (var pages = 0; ; pages++)
        {
            var page = await Search.FindAsync(search, Cancel);
            Assert.True(page.Events.Count <= search.CountMax && pages <= 400);
            found.AddRange(page.Events);
            if (page.Next is not { } next)
            {
                return found;
            }

            search = search.OldestFirst ? search with { After = next } : search with { Before = next };
        }
    }

    private static EventSearch Any(Random dice, List<StoredEvent> all)
    {
        var (some, another) = (all[dice.Next(all.Count)], all[dice.Next(all.Count)]);
        return new(dice.Next(1, 40), dice.Next(1, 200))
        {
            Stream = Perhaps() ? some.Stream : null,
            Filter = new()
            {
                StreamType = Perhaps() ? some.Stream.Type : null,
                Types = Perhaps() ? [some.Type, another.Type] : null,
                CorrelationId = Perhaps() ? some.Metadata.CorrelationId : null,
                From = Perhaps() ? another.RecordedAt : null,
                Until = Perhaps() ? some.RecordedAt : null,
            },
            After = Perhaps() ? dice.Next(0, all.Count + 3) : 0,
            Before = Perhaps() ? dice.Next(0, all.Count + 3) : long.MaxValue,
            OldestFirst = dice.Next(2) == 0,
        };

        bool Perhaps() => dice.Next(3) == 0;
    }

    private async Task<List<StoredEvent>> FillAsync(Random dice, int count)
    {
        var at = new DateTimeOffset(2026, 1, 10, 0, 0, 0, TimeSpan.Zero);
        var left = count;
        while (left > 0)
        {
            var events = Enumerable.Range(0, dice.Next(1, Math.Min(4, left + 1))).Select(_ => Sample.Event(
                Types[dice.Next(20) == 0 ? 3 : dice.Next(3)], Correlations[dice.Next(Correlations.Length)])).ToList();
            _log.Now = at;
            Assert.IsType<AppendResult.Appended>(await _log.Store.AppendAsync(
                Sample.Unit(new StreamAppend(
                    new(dice.Next(2) == 0 ? "wallet" : "saga", $"{dice.Next(4)}"), ExpectedVersion.Any, events)),
                Cancel));
            left -= events.Count;
            at = at.AddHours(dice.Next(0, 12)); // Some at the same moment, all in three months.
        }

        return [.. await _log.Store.ReadAllAsync(0, count, EventFilter.None, Cancel)];
    }

    private async Task<StoredEvent> EventAsync(long position) =>
        Assert.Single(await _log.Store.ReadAllAsync(position - 1, 1, EventFilter.None, Cancel));

    private async Task<long> TouchedAsync(NpgsqlCommand command)
    {
        await using var connection = await _log.Database.Source.OpenConnectionAsync(Cancel);
        await using var _ = command;
        command.Connection = connection;
        command.CommandText = "explain (analyze, format json) " + command.CommandText;
        var plan = JsonNode.Parse((string)(await command.ExecuteScalarAsync(Cancel))!)![0]!["Plan"]!;
        return Nodes(plan)
            .Where(n => n["Relation Name"]?.GetValue<string>().StartsWith("events_", StringComparison.Ordinal) == true)
            .Sum(n => (Count(n, "Actual Rows") + Count(n, "Rows Removed by Filter")) * Count(n, "Actual Loops"));
    }

    private static long Count(JsonNode node, string name) => node[name]?.GetValue<long>() ?? 0;

    private static IEnumerable<JsonNode> Nodes(JsonNode node) =>
        (node["Plans"]?.AsArray() ?? []).SelectMany(child => Nodes(child!)).Prepend(node);
}
