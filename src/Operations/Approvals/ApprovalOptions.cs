using Microsoft.Extensions.Configuration;
using Payments.Contracts;
using Payments.Domain;

namespace Payments.Operations.Approvals;

/// <summary>From where on an order needs a second person: the configuration section <c>FourEyes</c>.</summary>
public sealed record ApprovalOptions
{
    public const string Section = "FourEyes";

    /// <summary>False: one person is enough for everything.</summary>
    public bool Required { get; init; } = true;

    /// <summary>So much of one currency or more, in its main unit (1000: from 1,000.00 EUR, or from 1,000 JPY).</summary>
    public decimal AmountFrom { get; init; } = 1_000;

    /// <summary>So many messages or more.</summary>
    public long CountFrom { get; init; } = 100;

    /// <summary>
    /// How long an order waits for the second person, and may be carried out: less than the 48 h for which idempotency keys are kept,
    /// because it is by its key that it is carried out once.
    /// </summary>
    public int ValidForHours { get; init; } = 8;

    /// <exception cref="InvalidOperationException">A value makes no sense.</exception>
    public static ApprovalOptions From(IConfiguration configuration)
    {
        var options = configuration.GetSection(Section).Get<ApprovalOptions>() ?? new ApprovalOptions();
        return options is { AmountFrom: >= 0, CountFrom: >= 1, ValidForHours: >= 1 and <= 24 }
            ? options
            : throw new InvalidOperationException(
                $"{Section}: AmountFrom must be 0 or more, CountFrom 1 or more, ValidForHours 1 to 24.");
    }

    /// <summary>Whether one person is not enough for it.</summary>
    public bool Applies(Stakes stakes) => Required && (stakes.Count >= CountFrom || stakes.Money.Any(IsMuch));

    private bool IsMuch(MoneyView money) =>
        money.Amount >= AmountFrom * (Currency.TryParse(money.Currency, out var currency) ? Power(currency.Exponent) : 1);

    private static decimal Power(int exponent)
    {
        var power = 1m;
        for (var i = 0; i < exponent; i++)
        {
            power *= 10;
        }

        return power;
    }
}

/// <summary>How much an order is about.</summary>
/// <param name="Money">By currency.</param>
public sealed record Stakes(IReadOnlyList<MoneyView> Money, long Count)
{
    /// <summary>Of one thing; the largest amount counts.</summary>
    public static Stakes Of(params IEnumerable<(long AmountMinor, string Currency)?> money) =>
        new(
            [
                .. money.OfType<(long AmountMinor, string Currency)>()
                    .Select(m => new MoneyView(m.Currency, Math.Abs((decimal)m.AmountMinor))),
            ],
            1);
}
