using System.Globalization;

namespace Payments.EventStore.Partitions;

/// <summary>A calendar month in UTC: what one partition of the log holds. Written <c>2026-01</c>.</summary>
public readonly record struct Month : IComparable<Month>
{
    private const string Form = "yyyy-MM";

    /// <param name="anyDay">A day of the month.</param>
    public Month(DateOnly anyDay) => FirstDay = new DateOnly(anyDay.Year, anyDay.Month, 1);

    public DateOnly FirstDay { get; }

    public DateTimeOffset Start => new(FirstDay.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);

    /// <summary>The first moment after it.</summary>
    public DateTimeOffset End => new(FirstDay.AddMonths(1).ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);

    /// <summary>The name of its partition. Digits and letters only: fit for SQL as it is.</summary>
    public string Partition => FirstDay.ToString("'events_'yyyy_MM", CultureInfo.InvariantCulture);

    public static Month Of(DateTimeOffset moment) => new(DateOnly.FromDateTime(moment.UtcDateTime));

    /// <summary>Reads the written form back.</summary>
    /// <exception cref="FormatException">It is not of the form <c>2026-01</c>.</exception>
    public static Month Parse(string text) =>
        DateOnly.TryParseExact(text, Form, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? new Month(day)
            : throw new FormatException($"'{text}' is not a month such as 2026-01.");

    public int CompareTo(Month other) => FirstDay.CompareTo(other.FirstDay);

    public override string ToString() => FirstDay.ToString(Form, CultureInfo.InvariantCulture);

    public static bool operator <(Month left, Month right) => left.CompareTo(right) < 0;

    public static bool operator >(Month left, Month right) => left.CompareTo(right) > 0;

    public static bool operator <=(Month left, Month right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Month left, Month right) => left.CompareTo(right) >= 0;
}
