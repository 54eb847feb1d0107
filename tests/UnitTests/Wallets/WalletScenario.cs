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
    public static readonly DateOnly Today = new(2026, 1, 31);
    public static readonly Currency Eur = Currency.Parse("EUR");
    public static readonly Currency Usd = Currency.Parse("USD");
    public static readonly WalletId Anna = new(Id(0xA));
    public static readonly WalletId Ben = new(Id(0xB));
    public static readonly WalletEvent Opened = new WalletEvent.Opened(Anna, UserId.Parse("anna"), Eur);

    public static Money Euro(long minor) => new(minor, Eur);

    public static OperationId Operation(int number) => new(Id(number));

    public static MovementId Movement(int number) => new(Id(number));

    public static HoldId HoldOf(int payment) => HoldId.For(Operation(payment));

    public static WalletEvent Deposited(long minor) => new WalletEvent.Deposited(new MovementId(Id(0xD)), Euro(minor), null);

    public static WalletEvent Held(int payment, long minor, HoldPurpose purpose = HoldPurpose.Payment) => new WalletEvent.FundsHeld(
        HoldOf(payment),
        Operation(payment),
        Euro(minor),
        Now.AddSeconds(LifetimeSeconds),
        purpose,
        purpose == HoldPurpose.Refund ? null : Today);

    public static WalletEvent Insufficient(int payment, long wanted, long available) =>
        new WalletEvent.FundsInsufficient(HoldOf(payment), Operation(payment), Euro(wanted), Euro(available));

    public static WalletEvent Released(int payment, long minor) =>
        new WalletEvent.HoldReleased(HoldOf(payment), Operation(payment), Euro(minor));

    public static WalletEvent Captured(int payment, long minor, long released = 0) =>
        new WalletEvent.HoldCaptured(HoldOf(payment), Operation(payment), Euro(minor), Euro(released), Ben);

    public static WalletEvent Credited(int payment, long minor) => new WalletEvent.FundsCredited(Operation(payment), Euro(minor), Ben);

    public static WalletEvent Charged(int payment, long minor) => new WalletEvent.FeeCharged(Operation(payment), Euro(minor));

    public static WalletEvent Returned(int payment, long minor) => new WalletEvent.FeeReturned(Operation(payment), Euro(minor));

    public static WalletEvent Reversed(int payment, long minor) => new WalletEvent.CreditReversed(Operation(payment), Euro(minor), Ben);

    public static WalletEvent Expired(int payment, long minor) =>
        new WalletEvent.HoldExpired(HoldOf(payment), Operation(payment), Euro(minor));

    public static WalletEvent NotOpen(int payment) => new WalletEvent.HoldNotOpen(HoldOf(payment), Operation(payment));

    public static WalletEvent HoldRefused(int payment, Money amount, string code) =>
        new WalletEvent.HoldRefused(HoldOf(payment), Operation(payment), amount, code);

    public static WalletEvent CaptureRefused(int payment, Money amount, string code) =>
        new WalletEvent.CaptureRefused(HoldOf(payment), Operation(payment), amount, code);

    public static WalletEvent Withdrawn(long minor, DateOnly? on = null) => new WalletEvent.Withdrawn(Movement(9), Euro(minor), null, on);

    public static WalletEvent CreditRefused(int payment, long minor, string code) =>
        new WalletEvent.CreditRefused(Operation(payment), Euro(minor), code);

    public static WalletCommand Hold(int payment, long minor, HoldPurpose purpose = HoldPurpose.Payment) =>
        new WalletCommand.Hold(Anna, HoldOf(payment), Operation(payment), Euro(minor), LifetimeSeconds, purpose);

    public static WalletCommand Release(int payment) => new WalletCommand.Release(Anna, HoldOf(payment), Operation(payment));

    public static WalletCommand Capture(int payment, long minor) =>
        new WalletCommand.Capture(Anna, HoldOf(payment), Operation(payment), Euro(minor), Ben);

    public static WalletCommand Credit(int payment, long minor, long fee = 0) =>
        new WalletCommand.Credit(Anna, Operation(payment), Euro(minor), Euro(fee), Ben);

    public static WalletCommand Reverse(int payment, long minor, long fee = 0) =>
        new WalletCommand.ReverseCredit(Anna, Operation(payment), Euro(minor), Euro(fee), Ben);

    /// <summary>The wallet that was opened and to which this happened.</summary>
    public static Wallet Given(params IEnumerable<WalletEvent> history) => history.Aggregate(Wallet.Evolve(null, Opened), Wallet.Evolve);

    /// <summary>Executes a command that must not be refused.</summary>
    public static ImmutableArray<WalletEvent> When(
        Wallet? wallet, WalletCommand command, DateTimeOffset? now = null, WalletRules? rules = null) =>
        Assert.IsType<Decision<WalletEvent>.Accepted>(Wallet.Decide(wallet, command, now ?? Now, rules)).Events;

    public static void Accepts(Wallet? wallet, WalletCommand command, params WalletEvent[] expected) =>
        Assert.Equal(expected, When(wallet, command));

    public static void Refuses(Wallet? wallet, WalletCommand command, string code, string message) =>
        Assert.Equal(new Decision<WalletEvent>.Refused(new Refusal(code, message)), Wallet.Decide(wallet, command, Now));

    /// <summary>A caller who waits for the answer is refused at once.</summary>
    public static void RefusesNow(Wallet? wallet, WalletCommand command, string code, string message) =>
        Assert.Equal(new Decision<WalletEvent>.Refused(new Refusal(code, message)), Wallet.DecideNow(wallet, command, Now));

    /// <summary>Every part of the wallet; the holds by value, which the equality of an immutable dictionary does not look at.</summary>
    public static void Same(Wallet expected, Wallet actual)
    {
        Assert.Equal(expected.Holds.OrderBy(h => h.Key.Value), actual.Holds.OrderBy(h => h.Key.Value));
        Assert.Equal(expected with { Holds = actual.Holds }, actual);
    }

    private static Guid Id(int number) => new(number, 0, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 0);
}
