using Payments.Domain;
using Payments.Domain.Wallets;
using static UnitTests.Wallets.WalletScenario;

namespace UnitTests.Wallets;

/// <summary>A stream that cannot have come from decisions is corrupt: folding it stops, whatever else it would have led to.</summary>
public sealed class FoldingTests
{
    [Fact]
    public void Nothing_happens_to_a_wallet_before_it_is_opened() => Assert.All(
        [
            Deposited(1), Withdrawn(1), Held(1, 1), Insufficient(1, 1, 0), Released(1, 1), Captured(1, 1), Credited(1, 1),
            CreditRefused(1, 1, "balance_limit"), HoldRefused(1, Euro(1), "wallet_frozen"), Expired(1, 1), NotOpen(1),
            CaptureRefused(1, Euro(1), "hold_not_found"), Charged(1, 1), Returned(1, 1), Reversed(1, 1),
            new WalletEvent.CreditReversalRefused(Operation(1), Euro(1), "insufficient_funds"), new WalletEvent.Frozen("x"),
            new WalletEvent.Unfrozen("x"), new WalletEvent.OverdraftSet(Euro(1)),
        ],
        e => Assert.Equal(
            $"{e.GetType().Name} cannot happen to nothing: .",
            Assert.Throws<UnreachableStateException>(() => Wallet.Evolve(null, e)).Message));

    [Fact]
    public void A_wallet_is_not_opened_twice() => Stops(Given(), Opened);

    [Fact]
    public void More_than_there_is_does_not_leave()
    {
        Stops(Given(Deposited(100)), Withdrawn(101));
        Stops(Given(Deposited(100), Held(1, 60)), Withdrawn(41));
    }

    [Fact]
    public void More_than_is_available_is_not_held() => Stops(Given(Deposited(100), Held(1, 60)), Held(2, 41));

    [Fact]
    public void One_hold_does_not_happen_twice()
    {
        Stops(Given(Deposited(100), Held(1, 10)), Held(1, 10));
        Stops(Given(Deposited(100), Held(1, 10)), Held(1, 11));
    }

    [Fact]
    public void What_is_not_held_is_neither_released_nor_captured_and_does_not_expire()
    {
        var wallet = Given(Deposited(100), Held(1, 10));

        Stops(wallet, Released(2, 10));
        Stops(wallet, Captured(2, 10));
        Stops(wallet, Expired(2, 10));
        Stops(Wallet.Evolve(wallet, Released(1, 10)), Released(1, 10));
        Stops(Wallet.Evolve(wallet, Captured(1, 10)), Captured(1, 10));
    }

    [Fact]
    public void Neither_more_nor_less_than_was_held_is_released_or_captured()
    {
        var wallet = Given(Deposited(100), Held(1, 10));

        Stops(wallet, Released(1, 9));
        Stops(wallet, Released(1, 11));
        Stops(wallet, Expired(1, 9));
        Stops(wallet, Captured(1, 9));
        Stops(wallet, Captured(1, 9, released: 2));
        Stops(wallet, Captured(1, 11, released: -1));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void No_amount_moves_backwards(long minor)
    {
        var wallet = Given(Deposited(100), Held(1, 10));

        Assert.All(
            [
                Deposited(minor), Withdrawn(minor), Held(2, minor), Captured(1, minor, released: 10 - minor), Credited(2, minor),
                Charged(2, minor), Returned(2, minor), Reversed(2, minor),
            ],
            e => Stops(wallet, e));
    }

    [Fact]
    public void Another_currency_does_not_come_in() => Assert.Throws<InvalidOperationException>(
        () => Wallet.Evolve(Given(Deposited(1)), new WalletEvent.FundsCredited(Operation(1), new Money(1, Usd), Ben)));

    [Fact]
    public void A_balance_does_not_overflow() => Assert.Throws<OverflowException>(
        () => Wallet.Evolve(Given(Deposited(long.MaxValue)), Deposited(1)));

    private static void Stops(Wallet wallet, WalletEvent e) => Assert.StartsWith(
        $"{e.GetType().Name} cannot happen to Wallet: ",
        Assert.Throws<UnreachableStateException>(() => Wallet.Evolve(wallet, e)).Message,
        StringComparison.Ordinal);
}
