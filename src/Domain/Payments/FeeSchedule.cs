namespace Payments.Domain.Payments;

/// <summary>What the platform keeps of a payment: a fixed part and a part in proportion.</summary>
/// <param name="FixedMinor">Minor units, from 0.</param>
/// <param name="BasisPoints">Hundredths of a percent, 0 to 10,000.</param>
public sealed record FeeSchedule(long FixedMinor, int BasisPoints)
{
    public const int BasisPointsMax = 10_000;

    public static readonly FeeSchedule None = new(0, 0);

    /// <summary>The fee of an amount. A fraction of a minor unit is rounded to the nearest, a half up.</summary>
    public Money Of(Money amount)
    {
        // An amount of at most 10^15 times at most 10^4 does not fit a long.
        var proportional = (((Int128)amount.Minor * BasisPoints) + (BasisPointsMax / 2)) / BasisPointsMax;
        return new Money(checked(FixedMinor + (long)proportional), amount.Currency);
    }
}
