using System.Globalization;
using Payments.Domain;

namespace Payments.Console.Text;

/// <summary>Money for people: minor units as the currency's own decimals, digits in groups of three, a true minus sign.</summary>
public static class MoneyText
{
    private static readonly NumberFormatInfo Digits =
        new() { NumberGroupSeparator = ",", NumberDecimalSeparator = ".", NegativeSign = "−" };

    /// <summary>
    /// <c>250000</c> of EUR is <c>2,500.00</c>, of JPY <c>250,000</c>; of an unknown currency the minor units as they are.
    /// </summary>
    public static string Of(decimal minor, string currency) => Major(minor, currency).ToString($"N{Exponent(currency)}", Digits);

    /// <summary>In the currency's main unit: for comparing, not for booking.</summary>
    public static decimal Major(decimal minor, string currency)
    {
        var unit = 1m;
        for (var digit = 0; digit < Exponent(currency); digit++)
        {
            unit *= 10;
        }

        return minor / unit;
    }

    /// <summary>The same with a plus sign where the amount is positive: for movements.</summary>
    public static string Signed(decimal minor, string currency) => minor > 0 ? "+" + Of(minor, currency) : Of(minor, currency);

    /// <summary>
    /// Reads what a person wrote: main units, with or without groups; not negative, and of no smaller unit than there is.
    /// </summary>
    public static bool TryMinor(string? text, string currency, out long minor)
    {
        minor = 0;
        const NumberStyles Written = NumberStyles.AllowDecimalPoint | NumberStyles.AllowThousands;
        if (!decimal.TryParse(text?.Trim(), Written, Digits, out var major) || major > Money.AmountMinorMax)
        {
            return false;
        }

        var units = major / Major(1, currency);
        minor = units <= Money.AmountMinorMax && decimal.Truncate(units) == units ? (long)units : -1;
        return minor >= 0;
    }

    private static int Exponent(string currency) => Currency.TryParse(currency, out var known) ? known.Exponent : 0;
}
