using Payments.EventStore.Partitions;

namespace UnitTests.Partitions;

public sealed class MonthTests
{
    [Theory]
    [InlineData("2026-01-01T00:00:00Z", "2026-01")]
    [InlineData("2026-01-31T23:59:59.9999999Z", "2026-01")]
    [InlineData("2026-02-01T00:30:00+01:00", "2026-01")]
    [InlineData("2025-12-31T20:00:00-05:00", "2026-01")]
    public void A_moment_belongs_to_its_month_in_UTC(string moment, string month) =>
        Assert.Equal(Month.Parse(month), Month.Of(DateTimeOffset.Parse(moment, System.Globalization.CultureInfo.InvariantCulture)));

    [Fact]
    public void A_month_ends_where_the_next_one_starts()
    {
        var december = Month.Parse("2026-12");

        Assert.Equal(new DateTimeOffset(2026, 12, 1, 0, 0, 0, TimeSpan.Zero), december.Start);
        Assert.Equal(Month.Parse("2027-01").Start, december.End);
        Assert.True(december < Month.Parse("2027-01"));
        Assert.Equal(("2026-12", "events_2026_12"), (december.ToString(), december.Partition));
        Assert.Equal(december, new Month(new DateOnly(2026, 12, 31)));
    }

    [Theory]
    [InlineData("2026-13")]
    [InlineData("2026-1")]
    [InlineData("2026-01-01")]
    [InlineData("01-2026")]
    [InlineData("")]
    public void What_is_no_month_is_refused(string text) => Assert.Throws<FormatException>(() => Month.Parse(text));
}
