using Payments.Domain;
using Payments.Domain.Payments;

namespace Payments.PaymentService.Fees;

/// <summary>What the platform keeps of payments, by method, from the configuration section <c>Fees</c>.</summary>
/// <remarks>
/// Nothing unless it says so. A payment keeps the fee it was requested with. A transfer has none, so the section knows no such method.
/// </remarks>
internal sealed record FeeOptions
{
    public const string Section = "Fees";

    public FeeRate Wallet { get; init; } = new();

    public FeeRate Card { get; init; } = new();

    /// <exception cref="InvalidOperationException">A figure is out of range, or a name in the section means nothing.</exception>
    public static FeeOptions From(IConfiguration configuration)
    {
        var section = configuration.GetSection(Section);
        var options = section.Get<FeeOptions>(binder => binder.ErrorOnUnknownConfiguration = true) ?? new FeeOptions();
        return options.Wallet.IsValid && options.Card.IsValid
            ? options
            : throw new InvalidOperationException(
                $"In the section '{Section}' every FixedMinor must be from 0 to {Money.AmountMinorMax} and every BasisPoints from 0 to " +
                $"{FeeSchedule.BasisPointsMax}.");
    }

    public Money Of(PaymentSource source, Money amount) => source switch
    {
        PaymentSource.OfWallet => Wallet.Schedule.Of(amount),
        PaymentSource.OfCard => Card.Schedule.Of(amount),
        _ => FeeSchedule.None.Of(amount),
    };
}

/// <param name="FixedMinor">Minor units of whatever currency the payment is in.</param>
/// <param name="BasisPoints">Hundredths of a percent.</param>
internal sealed record FeeRate(long FixedMinor = 0, int BasisPoints = 0)
{
    internal bool IsValid => FixedMinor is >= 0 and <= Money.AmountMinorMax && BasisPoints is >= 0 and <= FeeSchedule.BasisPointsMax;

    internal FeeSchedule Schedule => new(FixedMinor, BasisPoints);
}
