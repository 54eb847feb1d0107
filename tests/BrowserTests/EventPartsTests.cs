using System.Text.Json;
using Payments.Console.Events;
using Payments.Console.Text;
using Payments.Contracts.Events;

namespace BrowserTests;

/// <summary>What the pages of events are made of: addresses, the tree of causes, and the list of several logs. Pure.</summary>
public sealed class EventPartsTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(
        "wallet/0198c0de-0000-7000-8000-00000000000a",
        "events?service=wallets&stream=wallet%2F0198c0de-0000-7000-8000-00000000000a&since=1h")]
    [InlineData(
        " 0198C0DE-0000-7000-8000-000000000001 ",
        "events?service=wallets&correlation=0198c0de-0000-7000-8000-000000000001&since=1h")]
    [InlineData("#1,234", "events?service=wallets&since=1h&before=1235")]
    [InlineData("", "events?service=wallets&since=1h")]
    [InlineData("nonsense", null)]
    [InlineData("/x", null)]
    [InlineData("-5", null)]
    public void What_is_typed_is_understood_and_replaces_what_was_looked_for_before(string text, string? address)
    {
        var query = new EventQuery("wallets", Stream: "wallet/old", Correlation: "old", Since: "1h", Before: "7");

        Assert.Equal(address, query.With(text)?.Address());
    }

    [Fact]
    public void An_address_is_read_back_as_the_query_it_was_made_of()
    {
        var query = new EventQuery("sagas", "saga/ü &=?", "a.v1,b.v1", "c", "1d", "2026-01-31T12:00:00Z", "2026-02-01T00:00:00Z", "99");

        Assert.Equal(query, EventQuery.Read("http://console/" + query.Address()));
        Assert.Equal(new EventQuery(), EventQuery.Read("http://console/events?service=&type="));
    }

    [Fact]
    public void A_span_of_time_is_asked_for_from_now_back_and_two_moments_as_they_are()
    {
        Assert.Contains(("from", "2026-01-31T11:00:00Z"), new EventQuery(Since: "1h").ToApi(Noon));
        Assert.Contains(("from", "2026-01-01T00:00:00Z"), new EventQuery(Since: "1h", From: "2026-01-01T00:00:00Z").ToApi(Noon));
        Assert.Contains(("from", (string?)null), new EventQuery(Since: "1y").ToApi(Noon));
    }

    [Theory]
    [InlineData(null, null, null, "streams/wallets/wallet/x%20y")]
    [InlineData("3", null, null, "streams/wallets/wallet/x%20y?v=3")]
    [InlineData("3", "1", "2", "streams/wallets/wallet/x%20y?a=1&b=2")]
    [InlineData(null, "1", null, "streams/wallets/wallet/x%20y?a=1")]
    [InlineData(null, null, "2", "streams/wallets/wallet/x%20y?a=0&b=2")]
    [InlineData("many", "-1", "", "streams/wallets/wallet/x%20y")]
    public void The_moments_of_a_stream_are_in_its_address(string? version, string? a, string? b, string address) =>
        Assert.Equal(address, StreamQuery.Read(version, a, b).Address("wallets", "wallet/x y"));

    [Fact]
    public void No_moment_is_beyond_the_stream() =>
        Assert.Equal(new StreamQuery(9, 0, 9), new StreamQuery(12, -4, 10).Within(9));

    [Fact]
    public void Two_moments_begin_with_the_one_that_is_shown_and_the_one_before_it()
    {
        Assert.Equal(new StreamQuery(A: 6, B: 7), new StreamQuery(7).AsTwo(9));
        Assert.Equal(new StreamQuery(A: 8, B: 9), new StreamQuery().AsTwo(9));
        Assert.Equal(new StreamQuery(A: 0, B: 0), new StreamQuery(0).AsTwo(9));
        Assert.Equal(new StreamQuery(A: 2, B: 5), new StreamQuery(A: 2, B: 5).AsTwo(9));
    }

    [Fact]
    public void Every_event_stands_below_its_cause_with_all_that_it_caused_in_the_order_of_time()
    {
        var ids = Ids(7);
        var outside = Guid.NewGuid();
        EventView[] events =
        [
            Event(ids[4], ids[1], 40), Event(ids[0], null, 0), Event(ids[2], ids[0], 30), Event(ids[1], ids[0], 20, "sagas"),
            Event(ids[3], ids[2], 35), Event(ids[5], outside, 50), Event(ids[1], ids[0], 20, "sagas"), Event(ids[6], ids[1], 25, "wallets"),
        ];

        var rows = EventTree.Build(events);

        Assert.Equal(
            [(ids[0], 0, 2), (ids[1], 1, 2), (ids[6], 2, 0), (ids[4], 2, 0), (ids[2], 1, 1), (ids[3], 2, 0), (ids[5], 0, 0)],
            rows.Select(r => (r.Event.EventId, r.Depth, r.Effects)));
        Assert.Equal([ids[0], ids[1]], EventTree.CausesOf(events[0], events).Order());
        Assert.Equal([ids[3]], EventTree.EffectsOf(events[2], events));
        Assert.Equal(ids[1..5].Append(ids[6]).Order(), EventTree.EffectsOf(events[1], events).Order());
        Assert.Empty(EventTree.CausesOf(events[5], events));
    }

    [Fact]
    public void A_circle_of_causes_is_shown_once()
    {
        var ids = Ids(3);
        EventView[] events = [Event(ids[0], ids[2], 0), Event(ids[1], ids[0], 1), Event(ids[2], ids[1], 2)];

        Assert.Equal([(ids[0], 0), (ids[1], 1), (ids[2], 2)], EventTree.Build(events).Select(r => (r.Event.EventId, r.Depth)));
        Assert.Equal([ids[1], ids[2]], EventTree.CausesOf(events[0], events).Order());
        Assert.Equal([ids[1], ids[2]], EventTree.EffectsOf(events[0], events).Order());
    }

    [Fact]
    public void A_list_of_several_logs_shows_only_as_far_back_as_all_of_them_are_searched()
    {
        var feed = new EventFeed();
        feed.AddOlder("wallets", Page(90, [At("wallets", 95, 50), At("wallets", 91, 20)], next: 90, searchedTo: 20));
        feed.AddOlder("sagas", Page(70, [At("sagas", 70, 60), At("sagas", 69, 40)], next: 69, searchedTo: 40));
        feed.AddOlder("payments", Page(2, [At("payments", 2, 45), At("payments", 1, 10)], next: null, searchedTo: 10));

        Assert.Equal([70, 95, 2, 69], feed.Shown.Select(e => e.Position));
        Assert.Equal([("sagas", 69L)], feed.Wanted);

        feed.AddOlder("sagas", Page(70, [At("sagas", 12, 5)], next: null, searchedTo: 0));
        Assert.Equal([70, 95, 2, 69, 91], feed.Shown.Select(e => e.Position));
        Assert.Equal([("wallets", 90L)], feed.Wanted);

        feed.AddOlder("wallets", Page(90, [], next: null, searchedTo: 0));
        Assert.Equal([70, 95, 2, 69, 91, 1, 12], feed.Shown.Select(e => e.Position));
        Assert.Empty(feed.Wanted);
        Assert.Null(feed.Bound);
    }

    [Fact]
    public void What_is_new_comes_on_top_once_and_a_gap_is_read_again()
    {
        var feed = new EventFeed();
        Assert.Equal(0, feed.AddNewer("sagas", Page(9, [At("sagas", 9, 9)], null, 0), limit: 3)); // Nothing is known of it yet.
        feed.AddOlder("sagas", Page(10, [At("sagas", 10, 10), At("sagas", 9, 9)], next: 9, searchedTo: 9));

        Assert.Equal(1, feed.AddNewer("sagas", Page(11, [At("sagas", 11, 11), At("sagas", 10, 10)], null, 0), limit: 3));
        Assert.Equal(0, feed.AddNewer("sagas", Page(11, [At("sagas", 11, 11), At("sagas", 10, 10)], null, 0), limit: 3));
        Assert.Equal([11, 10, 9], feed.Shown.Select(e => e.Position));

        Assert.Equal(
            3,
            feed.AddNewer(
                "sagas", Page(40, [At("sagas", 40, 40), At("sagas", 39, 39), At("sagas", 38, 38)], next: 38, searchedTo: 38), limit: 3));
        Assert.Equal([40, 39, 38], feed.Shown.Select(e => e.Position));
        Assert.Equal([("sagas", 38L)], feed.Wanted);
        Assert.Equal(40, feed.LastOf("sagas"));
    }

    [Fact]
    public void What_a_page_holds_beyond_the_end_that_it_tells_is_not_new_again()
    {
        var feed = new EventFeed();
        feed.AddOlder("sagas", Page(9, [At("sagas", 10, 10), At("sagas", 9, 9)], next: null, searchedTo: 0));
        Assert.Equal(0, feed.AddNewer("sagas", Page(10, [At("sagas", 10, 10)], null, 0), limit: 3));
        Assert.Equal(1, feed.AddNewer("sagas", Page(10, [At("sagas", 11, 11), At("sagas", 10, 10)], null, 0), limit: 3));
        Assert.Equal(0, feed.AddNewer("sagas", Page(11, [At("sagas", 11, 11)], null, 0), limit: 3));
        Assert.Equal([11, 10, 9], feed.Shown.Select(e => e.Position));
    }

    [Fact]
    public void What_is_new_stands_where_it_would_had_it_been_there_from_the_beginning()
    {
        var random = new Random(20_261_126);
        var all = new List<EventView>();
        var feed = new EventFeed();
        string[] services = ["payments", "wallets", "sagas"];
        foreach (var service in services)
        {
            feed.AddOlder(service, Page(0, [], next: null, searchedTo: 0));
        }

        for (var position = 1; position <= 100; position++)
        {
            // Clocks of several machines: what comes later may say that it was earlier.
            var one = At(services[random.Next(3)], position, Math.Max(0, position + random.Next(-5, 5)));
            all.Add(one);
            Assert.Equal(1, feed.AddNewer(one.Service, Page(position, [one], null, 0), limit: 3));
        }

        var anew = new EventFeed();
        foreach (var service in services)
        {
            anew.AddOlder(service, Page(100, [.. all.Where(e => e.Service == service).Reverse()], next: null, searchedTo: 0));
        }

        Assert.Equal(100, feed.Shown.Count);
        Assert.Equal(anew.Shown, feed.Shown);
    }

    [Theory]
    [InlineData("500", "EUR", 50_000)]
    [InlineData(" 1,234.5 ", "EUR", 123_450)]
    [InlineData("0", "JPY", 0)]
    [InlineData("12", "JPY", 12)]
    [InlineData("1.234", "KWD", 1_234)]
    [InlineData("0.001", "EUR", null)]
    [InlineData("0.5", "JPY", null)]
    [InlineData("-1", "EUR", null)]
    [InlineData("99999999999999999999999999", "EUR", null)]
    [InlineData("ten", "EUR", null)]
    [InlineData("", "EUR", null)]
    public void An_amount_that_a_person_types_becomes_minor_units_or_nothing(string text, string currency, int? minor)
    {
        Assert.Equal(minor is not null, MoneyText.TryMinor(text, currency, out var parsed));
        Assert.True(minor is null || parsed == minor);
    }

    private static List<Guid> Ids(int count) => [.. Enumerable.Range(1, count).Select(i => Guid.Parse($"0198c0de-0000-7000-8000-{i:d12}"))];

    private static EventView Event(Guid id, Guid? cause, int afterMs, string service = "payments") => new(
        service, afterMs + 1, "payment/x", afterMs + 1, id, "a.v1", 1, Guid.Empty, cause, "tests", null, null,
        Noon.AddMilliseconds(afterMs), default(JsonElement));

    private static EventView At(string service, long position, int second) => new(
        service, position, "x/y", position, Guid.NewGuid(), "a.v1", 1, Guid.Empty, null, "tests", null, null, Noon.AddSeconds(second),
        default(JsonElement));

    private static EventPage Page(long last, IReadOnlyList<EventView> items, long? next, int searchedTo) =>
        new(items, next, next ?? 0, Noon.AddSeconds(searchedTo), 1, last, []);
}
