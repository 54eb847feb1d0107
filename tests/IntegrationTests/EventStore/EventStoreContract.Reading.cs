using Payments.EventStore.Contract;

namespace IntegrationTests.EventStore;

public abstract partial class EventStoreContract
{
    [Theory]
    [InlineData(0, long.MaxValue, 10, new long[] { 1, 2, 3, 4, 5 })]
    [InlineData(0, long.MaxValue, 2, new long[] { 1, 2 })]
    [InlineData(2, long.MaxValue, 2, new long[] { 3, 4 })]
    [InlineData(4, long.MaxValue, 10, new long[] { 5 })]
    [InlineData(5, long.MaxValue, 10, new long[0])]
    [InlineData(long.MaxValue, long.MaxValue, 10, new long[0])]
    [InlineData(0, 3, 10, new long[] { 1, 2, 3 })]
    [InlineData(1, 4, 2, new long[] { 2, 3 })]
    [InlineData(3, 3, 10, new long[0])]
    [InlineData(4, 2, 10, new long[0])]
    public async Task Versions_of_a_stream_are_read_forwards_and_backwards(long after, long upTo, int countMax, long[] versions)
    {
        var stream = await StreamAtAsync(5);
        var range = new VersionRange(after, upTo);
        Assert.Equal(versions, (await Store.ReadStreamAsync(stream, range, countMax, Cancel)).Select(e => e.StreamVersion));

        var newestFirst = await Store.ReadStreamBackwardsAsync(stream, range, countMax, Cancel);
        var all = await Store.ReadStreamAsync(stream, range, 10, Cancel);
        Assert.Equal(all.Reverse().Take(countMax).Select(e => e.EventId), newestFirst.Select(e => e.EventId));
    }

    [Fact]
    public async Task A_stream_that_nobody_wrote_is_empty_at_version_0()
    {
        var stream = Sample.Stream();
        Assert.Empty(await Store.ReadStreamAsync(stream, VersionRange.All, 10, Cancel));
        Assert.Empty(await Store.ReadStreamBackwardsAsync(stream, VersionRange.All, 10, Cancel));
        Assert.Equal(0, await Store.StreamVersionAsync(stream, Cancel));
    }

    [Fact]
    public async Task Many_streams_are_read_at_once_each_from_its_own_version_on()
    {
        var (whole, rest, known, unknown) = (await StreamAtAsync(2), await StreamAtAsync(5), await StreamAtAsync(3), Sample.Stream());

        var read = await Store.ReadStreamsAsync([(whole, 0), (rest, 3), (known, 3), (unknown, 0)], snapshotSchema: null, Cancel);

        Assert.Equal([1, 2], read[whole].Events.Select(e => e.StreamVersion));
        Assert.Equal([4, 5], read[rest].Events.Select(e => e.StreamVersion));
        Assert.Equal(2, read.Count);
        Assert.Empty(await Store.ReadStreamsAsync([], snapshotSchema: null, Cancel));
        Assert.Empty(await Store.ReadStreamsAsync([], snapshotSchema: 1, Cancel));
    }

    [Fact]
    public async Task The_log_is_read_through_each_filter_and_through_all_together_in_pages()
    {
        var (correlation, before) = (Guid.NewGuid(), await Store.LastPositionAsync(Cancel));
        var start = (await StoredAsync(Sample.Unit())).RecordedAt;
        var times = new List<DateTimeOffset>();
        foreach (var (type, name, correlated) in
            new[] { ("wallet", "a", true), ("payment", "a", false), ("wallet", "b", true), ("payment", "c", true) })
        {
            Clock.Now = start.AddHours(times.Count + 1);
            var append = new StreamAppend(Sample.Stream(type), ExpectedVersion.None, [Sample.Event(name, correlated ? correlation : null)]);
            times.Add((await StoredAsync(Sample.Unit(append))).RecordedAt);
        }

        async Task<string> Found(EventFilter filter, long after = 1, int countMax = 10) =>
            string.Join(' ', (await Store.ReadAllAsync(before + after, countMax, filter, Cancel)).Select(e => e.Position - before - 1));

        Assert.Equal("1 2 3 4", await Found(EventFilter.None));
        Assert.Equal("3 4", await Found(EventFilter.None, after: 3));
        Assert.Equal("1 2", await Found(EventFilter.None, countMax: 2));
        Assert.Equal("2 4", await Found(new EventFilter { StreamType = "payment" }));
        Assert.Equal("3 4", await Found(new EventFilter { Types = ["b", "c"] }));
        Assert.Equal("", await Found(new EventFilter { Types = [] }));
        Assert.Equal("1 3 4", await Found(new EventFilter { CorrelationId = correlation }));
        Assert.Equal("3 4", await Found(new EventFilter { From = times[2] }));
        Assert.Equal("1 2", await Found(new EventFilter { Until = times[2] }));
        Assert.Equal("3", await Found(new EventFilter
        {
            StreamType = "wallet",
            Types = ["a", "b"],
            CorrelationId = correlation,
            From = times[1],
            Until = times[3],
        }));
        Assert.Equal("3", await Found(new EventFilter { CorrelationId = correlation }, after: 2, countMax: 1));
    }

    [Fact]
    public async Task Recorded_times_never_go_back_even_when_the_clock_does()
    {
        var first = await StoredAsync(Sample.Unit());
        Clock.Now = first.RecordedAt.AddMinutes(10);
        var second = await StoredAsync(Sample.Unit());
        Clock.Now = first.RecordedAt.AddDays(-3);
        var third = await StoredAsync(Sample.Unit());
        Clock.Now = first.RecordedAt.AddMinutes(11);
        var fourth = await StoredAsync(Sample.Unit());

        Assert.Equal([10, 10, 11], new[] { second, third, fourth }.Select(r => (r.RecordedAt - first.RecordedAt).TotalMinutes));
        Assert.Equal(
            new[] { first, second, third, fourth }.Select(r => r.RecordedAt),
            (await LogAfterAsync(first.FirstPosition - 1)).Select(e => e.RecordedAt));
    }
}
