using Payments.EventStore.Sealing.Verifying;

namespace UnitTests.Sealing;

public sealed class ArchivedRangesTests
{
    private readonly ArchivedRanges _ranges = new([(31, 40), (11, 20), (41, 50)]);

    [Fact]
    public void A_range_is_split_where_archives_begin_and_end() => Assert.Equal(
        [(1, 10, false), (11, 20, true), (21, 30, false), (31, 40, true), (41, 50, true), (51, 60, false)], _ranges.Split(1, 60));

    [Theory]
    [InlineData(1, 10, false)]
    [InlineData(11, 20, true)]
    [InlineData(15, 15, true)]
    [InlineData(51, long.MaxValue, false)]
    public void A_range_that_is_all_one_thing_stays_whole(long first, long last, bool isArchived) =>
        Assert.Equal([(first, last, isArchived)], _ranges.Split(first, last));
}
