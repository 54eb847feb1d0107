using FsCheck;
using FsCheck.Fluent;
using Payments.Domain;
using UnitTests.Randomness;

namespace UnitTests;

public sealed class MoneyTests
{
    private static readonly Currency Eur = Currency.Parse("EUR");
    private static readonly Currency Jpy = Currency.Parse("JPY");

    // Small amounts, and the ends of the range, where sums overflow.
    private static readonly Gen<long> Minor =
        from near in Gen.Elements(0, long.MinValue, long.MaxValue, long.MaxValue / 2)
        from step in Gen.Choose(-1000, 1000)
        select unchecked(near + step);

    [Fact]
    public void Amounts_of_one_currency_are_added_subtracted_and_compared()
    {
        var (two, three) = (new Money(2, Eur), new Money(3, Eur));

        Assert.Equal(new Money(5, Eur), two + three);
        Assert.Equal(new Money(-1, Eur), two - three);
        Assert.Equal((true, true, false, false), Compared(two, three));
        Assert.Equal((false, true, true, false), Compared(two, new Money(2, Eur)));
        Assert.Equal((false, false, true, true), Compared(three, two));
        Assert.Equal([two, three], new[] { three, two }.Order());
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(0, false)]
    [InlineData(-1, false)]
    public void Only_more_than_nothing_is_positive(long minor, bool positive) => Assert.Equal(positive, new Money(minor, Eur).IsPositive);

    [Fact]
    public void Zero_has_a_currency()
    {
        Assert.Equal(new Money(0, Jpy), Money.Zero(Jpy));
        Assert.NotEqual(Money.Zero(Eur), Money.Zero(Jpy));
    }

    [Fact]
    public void An_amount_is_shown_in_minor_units_with_its_currency() => Assert.Equal("-1050 EUR", new Money(-1050, Eur).ToString());

    [Theory]
    [InlineData(long.MaxValue, 1)]
    [InlineData(long.MinValue, -1)]
    [InlineData(long.MaxValue, long.MaxValue)]
    public void A_sum_that_overflows_throws(long left, long right) =>
        Assert.Throws<OverflowException>(() => new Money(left, Eur) + new Money(right, Eur));

    [Theory]
    [InlineData(long.MinValue, 1)]
    [InlineData(long.MaxValue, -1)]
    [InlineData(0, long.MinValue)]
    public void A_difference_that_overflows_throws(long left, long right) =>
        Assert.Throws<OverflowException>(() => new Money(left, Eur) - new Money(right, Eur));

    [Fact]
    public void Currencies_are_never_mixed()
    {
        var (euro, yen) = (new Money(1, Eur), new Money(1, Jpy));

        Assert.NotEqual(euro, yen);
        Assert.All<Action>(
            [
                () => _ = euro + yen,
                () => _ = euro - yen,
                () => _ = euro < yen,
                () => _ = euro > yen,
                () => _ = euro <= yen,
                () => _ = euro >= yen,
                () => euro.CompareTo(yen),
            ],
            mix => Assert.Equal("1 EUR and 1 JPY are of different currencies.", Assert.Throws<InvalidOperationException>(mix).Message));
    }

    [Fact]
    public void Arithmetic_is_exact_or_throws() => Invariant.HoldsForAll(
        Minor.Two().ToArbitrary(),
        pair =>
        {
            var (left, right) = (new Money(pair.Item1, Eur), new Money(pair.Item2, Eur));

            ExactOrThrows((Int128)left.Minor + right.Minor, () => left + right);
            ExactOrThrows((Int128)left.Minor - right.Minor, () => left - right);
            Assert.Equal(left.Minor.CompareTo(right.Minor), left.CompareTo(right));
        });

    private static (bool Less, bool AtMost, bool AtLeast, bool More) Compared(Money left, Money right) =>
        (left < right, left <= right, left >= right, left > right);

    private static void ExactOrThrows(Int128 exact, Func<Money> compute)
    {
        if (exact >= long.MinValue && exact <= long.MaxValue)
        {
            Assert.Equal(new Money((long)exact, Eur), compute());
        }
        else
        {
            Assert.Throws<OverflowException>(() => compute());
        }
    }
}
