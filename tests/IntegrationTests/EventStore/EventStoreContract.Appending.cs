using System.Text.Json.Nodes;
using Payments.EventStore.Contract;

namespace IntegrationTests.EventStore;

public abstract partial class EventStoreContract
{
    [Fact]
    public async Task What_is_appended_is_read_back_whole()
    {
        var stream = Sample.Stream();
        var sent = new[]
        {
            Sample.Event(), Sample.Event() with { Metadata = new EventMetadata(Guid.NewGuid(), null, "tests", null, null) }
        };

        var appended = await StoredAsync(Sample.Unit(new StreamAppend(stream, ExpectedVersion.None, sent)));

        var read = await Store.ReadStreamAsync(stream, VersionRange.All, 10, Cancel);
        for (var i = 0; i < 2; i++)
        {
            var expected = new StoredEvent(
                appended.FirstPosition + i, stream, i + 1, sent[i].EventId, sent[i].Type, 1, default,
                sent[i].Metadata, appended.RecordedAt);
            Assert.Equal(expected, read[i] with { Data = default });
            Assert.True(JsonNode.DeepEquals(JsonNode.Parse(sent[i].Data.Span), JsonNode.Parse(read[i].Data.Span)));
        }

        Assert.Equal(2, read.Count);
        Assert.Equal(appended.LastPosition, await Store.LastPositionAsync(Cancel));
    }

    [Theory]
    [InlineData(0, 0, true)]
    [InlineData(3, 0, false)]
    [InlineData(3, 3, true)]
    [InlineData(3, 2, false)]
    [InlineData(3, 4, false)]
    [InlineData(0, 1, false)]
    [InlineData(0, -1, true)]
    [InlineData(3, -1, true)]
    [InlineData(0, -2, false)]
    [InlineData(3, -2, true)]
    public async Task An_append_goes_through_when_the_stream_is_as_expected_and_is_told_the_version_otherwise(
        long actual, long wanted, bool allowed)
    {
        var expected = wanted switch { -1 => ExpectedVersion.Any, -2 => ExpectedVersion.Exists, _ => ExpectedVersion.Exactly(wanted) };
        var stream = await StreamAtAsync(actual);

        var result = await AppendAsync(Sample.Unit(stream, expected, count: 2));

        if (allowed)
        {
            Assert.IsType<AppendResult.Appended>(result);
        }
        else
        {
            Assert.Equal(new AppendResult.Conflict(stream, expected, actual), result);
        }

        Assert.Equal(allowed ? actual + 2 : actual, await Store.StreamVersionAsync(stream, Cancel));
    }

    [Fact]
    public async Task Nothing_of_a_conflicting_unit_is_stored()
    {
        var (stale, other, key) = (await StreamAtAsync(2), Sample.Stream(), NewKey());
        var before = await Store.LastPositionAsync(Cancel);

        var result = await AppendAsync(new AppendUnit
        {
            Streams = [Sample.Append(other, ExpectedVersion.None), Sample.Append(stale, ExpectedVersion.Exactly(1))],
            Rows = [Sample.Name(key)],
            Watermarks = [Sample.Move(key, 0, 5)],
            Claim = Sample.Claim(key),
        });

        Assert.Equal(new AppendResult.Conflict(stale, ExpectedVersion.Exactly(1), 2), result);
        Assert.Equal(before, await Store.LastPositionAsync(Cancel));
        Assert.Equal(0, await Store.StreamVersionAsync(other, Cancel));
        Assert.Empty(await StoredNamesAsync([key]));
        Assert.Empty(await Store.WatermarksAsync(key, Cancel));
        Assert.Null(await Store.FindClaimAsync("client", key, Cancel));
    }

    [Fact]
    public async Task A_unit_of_many_streams_is_stored_together_in_the_order_given()
    {
        var (first, second, third) = (Sample.Stream(), await StreamAtAsync(1), Sample.Stream("payment"));
        var before = await Store.LastPositionAsync(Cancel);

        var appended = await StoredAsync(Sample.Unit(
            Sample.Append(first, ExpectedVersion.None, 2),
            Sample.Append(second, ExpectedVersion.Exactly(1), 3),
            Sample.Append(third, ExpectedVersion.Any, 1)));

        Assert.Equal((before + 1, before + 6), (appended.FirstPosition, appended.LastPosition));
        Assert.Equal(
            [
                (before + 1, first, 1), (before + 2, first, 2), (before + 3, second, 2), (before + 4, second, 3), (before + 5, second, 4),
                (before + 6, third, 1)
            ],
            (await LogAfterAsync(before)).Select(e => (e.Position, e.Stream, e.StreamVersion)));
    }

    [Fact]
    public async Task An_append_of_no_events_only_checks_the_version()
    {
        var (guarded, other) = (await StreamAtAsync(2), Sample.Stream());
        AppendUnit Guarded(long version) => Sample.Unit(
            new StreamAppend(guarded, ExpectedVersion.Exactly(version), []), Sample.Append(other, ExpectedVersion.None));

        Assert.Equal(new AppendResult.Conflict(guarded, ExpectedVersion.Exactly(1), 2), await AppendAsync(Guarded(1)));
        Assert.IsType<AppendResult.Appended>(await AppendAsync(Guarded(2)));
        Assert.Equal((2, 1), (await Store.StreamVersionAsync(guarded, Cancel), await Store.StreamVersionAsync(other, Cancel)));

        var onlyChecked = await StoredAsync(Sample.Unit(new StreamAppend(guarded, ExpectedVersion.Exists, [])));
        Assert.Equal((0, 0), (onlyChecked.FirstPosition, onlyChecked.LastPosition));
        Assert.Equal(
            new AppendResult.Conflict(other, ExpectedVersion.None, 1),
            await AppendAsync(Sample.Unit(new StreamAppend(other, ExpectedVersion.None, []))));
    }

    [Fact]
    public async Task A_unit_that_names_a_stream_or_a_watermark_twice_is_the_callers_mistake()
    {
        var stream = Sample.Stream();
        await Assert.ThrowsAsync<ArgumentException>(
            () => AppendAsync(Sample.Unit(Sample.Append(stream, ExpectedVersion.Any), Sample.Append(stream, ExpectedVersion.Any))));
        await Assert.ThrowsAsync<ArgumentException>(
            () => AppendAsync(new AppendUnit { Watermarks = [Sample.Move("twice", 0, 1), Sample.Move("twice", 1, 2)] }));
    }
}
