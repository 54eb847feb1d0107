using System.Collections.Immutable;
using Payments.Domain;
using Payments.Domain.Wallets;

namespace UnitTests.Wallets;

/// <summary>Given what happened to a wallet, when it is asked, then exactly this happens.</summary>
/// <remarks>The wallet is Anna's, in EUR; Ben has the other wallet of her payments.</remarks>
internal static class WalletScenario
{
    public const int LifetimeSeconds = 60;

    public static readonly DateTimeOffset Now = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);
    public static readonly Currency Eur = Currency.Parse("EUR");
    public static readonly Currency Usd = Currency.Parse("USD");
    public static readonly WalletId Anna = new(Id(0xA));
    public static readonly WalletId Ben = new(Id(0xB));
    public static readonly WalletEvent Opened = new WalletEvent.Opened(Anna, UserId.Parse("anna"), Eur);

    public static Money Euro(long minor) => new(minor, Eur);

    public static PaymentId Payment(int number) => new(Id(number));

    public static HoldId HoldOf(int payment) => HoldId.For(Payment(payment));

    public static WalletEvent Deposited(long minor) => new WalletEvent.Deposited(new MovementId(Id(0xD)), Euro(minor), null);

    public static WalletEvent Held(int payment, long minor) =>
        new WalletEvent.FundsHeld(HoldOf(payment), Payment(payment), Euro(minor), Now.AddSeconds(LifetimeSeconds));

    public static WalletEvent Insufficient(int payment, long wanted, long available) =>
        new WalletEvent.FundsInsufficient(HoldOf(payment), Payment(payment), Euro(wanted), Euro(available));

    public static WalletEvent Released(int payment, long minor) =>
        new WalletEvent.HoldReleased(HoldOf(payment), Payment(payment), Euro(minor));

    public static WalletEvent Captured(int payment, long minor, long released = 0) =>
        new WalletEvent.HoldCaptured(HoldOf(payment), Payment(payment), Euro(minor), Euro(released), Ben);

    public static WalletEvent Credited(int payment, long minor) => new WalletEvent.FundsCredited(Payment(payment), Euro(minor), Ben);

    public static WalletEvent CreditRefused(int payment, long minor, string code) =>
        new WalletEvent.CreditRefused(Payment(payment), Euro(minor), code);

    public static WalletCommand Hold(int payment, long minor) =>
        new WalletCommand.Hold(Anna, HoldOf(payment), Payment(payment), Euro(minor), LifetimeSeconds);

    public static WalletCommand Release(int payment) => new WalletCommand.Release(Anna, HoldOf(payment), Payment(payment));

    public static WalletCommand Capture(int payment, long minor) =>
        new WalletCommand.Capture(Anna, HoldOf(payment), Payment(payment), Euro(minor), Ben);

    public static WalletCommand Credit(int payment, long minor) => new WalletCommand.Credit(Anna, Payment(payment), Euro(minor), Ben);

    /// <summary>The wallet that was opened and to which this happened.</summary>
    public static Wallet Given(params IEnumerable<WalletEvent> history) => history.Aggregate(Wallet.Evolve(null, Opened), Wallet.Evolve);

    /// <summary>Obeys a command that must not be refused.</summary>
    public static ImmutableArray<WalletEvent> When(Wallet? wallet, WalletCommand command) =>
        Assert.IsType<Decision<WalletEvent>.Accepted>(Wallet.Decide(wallet, command, Now)).Events;

    public static void Accepts(Wallet? wallet, WalletCommand command, params WalletEvent[] expected) =>
        Assert.Equal(expected, When(wallet, command));

    public static void Refuses(Wallet? wallet, WalletCommand command, string code, string message) =>
        Assert.Equal(new Decision<WalletEvent>.Refused(new Refusal(code, message)), Wallet.Decide(wallet, command, Now));

    /// <summary>Every part of the wallet; the holds by value, which the equality of an immutable dictionary does not look at.</summary>
    public static void Same(Wallet expected, Wallet actual)
    {
        Assert.Equal(expected.Holds.OrderBy(h => h.Key.Value), actual.Holds.OrderBy(h => h.Key.Value));
        Assert.Equal(expected with { Holds = actual.Holds }, actual);
    }

    private static Guid Id(int number) => new(number, 0, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 0);
}
