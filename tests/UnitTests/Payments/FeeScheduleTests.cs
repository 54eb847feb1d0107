using Payments.Domain;
using Payments.Domain.Payments;

namespace UnitTests.Payments;

public sealed class FeeScheduleTests
{
    [Theory]
    [InlineData(0, 0, 2_500, 0)]
    [InlineData(25, 0, 2_500, 25)]
    [InlineData(0, 140, 2_500, 35)]
    [InlineData(30, 290, 1_000, 59)]
    [InlineData(0, 10_000, 2_500, 2_500)]
    public void A_fee_has_a_fixed_part_and_a_part_in_proportion(long fixedMinor, int basisPoints, long minor, long fee) =>
        Assert.Equal(Euro(fee), new FeeSchedule(fixedMinor, basisPoints).Of(Euro(minor)));

    [Theory]
    [InlineData(49, 0)] // 0.49
    [InlineData(50, 1)] // 0.50
    [InlineData(149, 1)] // 1.49
    [InlineData(150, 2)] // 1.50
    [InlineData(1, 0)]
    public void A_fraction_is_rounded_to_the_nearest_unit_and_a_half_up(long minor, long fee) =>
        Assert.Equal(Euro(fee), new FeeSchedule(0, 100).Of(Euro(minor)));

    /// <summary>10^15 times 10^4 is more than a long holds.</summary>
    [Fact]
    public void The_largest_amount_at_the_highest_rate_is_exact()
    {
        Assert.Equal(Euro(Money.AmountMinorMax), new FeeSchedule(0, 10_000).Of(Euro(Money.AmountMinorMax)));
        Assert.Equal(Euro(999_900_000_000_000), new FeeSchedule(0, 9_999).Of(Euro(Money.AmountMinorMax)));
    }

    [Fact]
    public void A_fee_too_large_for_money_is_a_mistake_and_not_a_wrong_number() =>
        Assert.Throws<OverflowException>(() => new FeeSchedule(long.MaxValue, 100).Of(Euro(100)));

    [Fact]
    public void Without_a_schedule_there_is_no_fee() => Assert.Equal(Euro(0), FeeSchedule.None.Of(Euro(Money.AmountMinorMax)));

    private static Money Euro(long minor) => new(minor, Currency.Parse("EUR"));
}
