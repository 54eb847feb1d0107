using Payments.EventStore.Contract;

namespace IntegrationTests.EventStore;

public abstract partial class EventStoreContract
{
    [Theory]
    [InlineData("none", 0)]
    [InlineData("exact", 3)]
    [InlineData("any", 0)]
    [InlineData("any", 3)]
    [InlineData("exists", 3)]
    public async Task A_unit_that_is_sent_again_is_stored_once_and_hears_where(string expectation, long version)
    {
        var (first, second) = (await StreamAtAsync(version), Sample.Stream());
        var expected = expectation switch
        {
            "any" => ExpectedVersion.Any,
            "exists" => ExpectedVersion.Exists,
            _ => ExpectedVersion.Exactly(version),
        };
        var unit = Sample.Unit(Sample.Append(first, expected, 2), Sample.Append(second, ExpectedVersion.None, 3));
        var stored = await StoredAsync(unit);
        await StoredAsync(Sample.Unit(first, ExpectedVersion.Exactly(version + 2), 5)); // Others go on meanwhile.

        var again = await AppendAsync(unit);

        Assert.Equal(new AppendResult.Repeated(stored.FirstPosition, stored.LastPosition, stored.RecordedAt), again);
        Assert.Equal(version + 7, await Store.StreamVersionAsync(first, Cancel));
        Assert.Equal(3, await Store.StreamVersionAsync(second, Cancel));
    }

    [Fact]
    public async Task A_repeat_is_recognised_before_its_own_watermark_and_after_its_claim()
    {
        var (consumer, key) = (NewKey(), NewKey());
        var moving = Sample.Unit() with { Watermarks = [Sample.Move(consumer, 0, 5)] };
        var claiming = Sample.Unit() with { Claim = Sample.Claim(key) };
        await StoredAsync(moving);
        await StoredAsync(claiming);

        Assert.IsType<AppendResult.Repeated>(await AppendAsync(moving));
        Assert.IsType<AppendResult.AlreadyClaimed>(await AppendAsync(claiming));
        Assert.Equal(5, Assert.Single(await Store.WatermarksAsync(consumer, Cancel)).Position);
    }

    [Fact]
    public async Task Half_a_repeat_is_a_conflict_and_stores_nothing()
    {
        var (stream, fresh) = (Sample.Stream(), Sample.Stream());
        var append = Sample.Append(stream, ExpectedVersion.None, 2);
        await StoredAsync(Sample.Unit(append));
        var longer = append with { Events = [.. append.Events, Sample.Event()] };
        var other = append with { Events = [append.Events[0], Sample.Event()] };
        var conflict = new AppendResult.Conflict(stream, ExpectedVersion.None, 2);

        Assert.Equal(conflict, await AppendAsync(Sample.Unit(longer)));
        Assert.Equal(conflict, await AppendAsync(Sample.Unit(other)));
        Assert.Equal(conflict, await AppendAsync(Sample.Unit(append, Sample.Append(fresh, ExpectedVersion.None))));
        Assert.Equal(2, await Store.StreamVersionAsync(stream, Cancel));
        Assert.Equal(0, await Store.StreamVersionAsync(fresh, Cancel));
    }

    [Fact]
    public async Task Of_fifty_equal_units_at_once_one_is_stored_and_the_others_hear_where()
    {
        var unit = Sample.Unit(Sample.Stream(), ExpectedVersion.None, 3);

        var results = await AppendAllAtOnceAsync(Enumerable.Repeat(unit, 50));

        var stored = Assert.Single(results.OfType<AppendResult.Appended>());
        Assert.Equal(49, results.Count(r => r == new AppendResult.Repeated(stored.FirstPosition, stored.LastPosition, stored.RecordedAt)));
    }
}
