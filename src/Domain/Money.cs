namespace Payments.Domain;

/// <summary>An amount of one currency in whole minor units (cents for EUR, yen for JPY). Never a fraction, never floating point.</summary>
/// <remarks>Arithmetic is checked, and mixing currencies is a bug: both throw rather than produce a wrong amount.</remarks>
public readonly record struct Money(long Minor, Currency Currency) : IComparable<Money>
{
    /// <summary>The largest amount of one operation: 10^15 minor units, far above any payment and far below overflow.</summary>
    public const long AmountMinorMax = 1_000_000_000_000_000;

    public bool IsPositive => Minor > 0;

    public static Money Zero(Currency currency) => new(0, currency);

    public static Money operator +(Money left, Money right) => new(checked(left.Minor + right.Minor), Same(left, right));

    public static Money operator -(Money left, Money right) => new(checked(left.Minor - right.Minor), Same(left, right));

    public static bool operator >(Money left, Money right) => left.CompareTo(right) > 0;

    public static bool operator <(Money left, Money right) => left.CompareTo(right) < 0;

    public static bool operator >=(Money left, Money right) => left.CompareTo(right) >= 0;

    public static bool operator <=(Money left, Money right) => left.CompareTo(right) <= 0;

    public int CompareTo(Money other)
    {
        Same(this, other);
        return Minor.CompareTo(other.Minor);
    }

    public override string ToString() => $"{Minor} {Currency}";

    private static Currency Same(Money left, Money right) => left.Currency == right.Currency
        ? left.Currency
        : throw new InvalidOperationException($"{left} and {right} are of different currencies.");
}
