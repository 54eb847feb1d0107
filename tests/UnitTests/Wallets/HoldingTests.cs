using Payments.Domain;
using Payments.Domain.Wallets;
using static UnitTests.Wallets.WalletScenario;

namespace UnitTests.Wallets;

public sealed class HoldingTests
{
    [Fact]
    public void A_hold_sets_money_aside_that_stays_in_the_balance()
    {
        Accepts(Given(Deposited(5_000)), Hold(1, 2_000), Held(1, 2_000));

        var wallet = Given(Deposited(5_000), Held(1, 2_000));
        Same(Given(Deposited(5_000)) with { Held = Euro(2_000), Holds = wallet.Holds }, wallet);
        Assert.Equal([KeyValuePair.Create(HoldOf(1), Euro(2_000))], wallet.Holds);
        Assert.Equal(Euro(3_000), wallet.Available);
    }

    [Fact]
    public void The_sixth_hold_of_1000_against_5000_is_refused()
    {
        var wallet = Given(Deposited(5_000));
        for (var payment = 1; payment <= 5; payment++)
        {
            var events = When(wallet, Hold(payment, 1_000));
            Assert.Equal([Held(payment, 1_000)], events);
            wallet = events.Aggregate(wallet, Wallet.Evolve);
        }

        Accepts(wallet, Hold(6, 1_000), Insufficient(6, wanted: 1_000, available: 0));
    }

    [Fact]
    public void A_hold_of_all_that_is_available_is_granted_and_of_one_more_is_not()
    {
        var wallet = Given(Deposited(5_000), Held(1, 1_500));

        Accepts(wallet, Hold(2, 3_500), Held(2, 3_500));
        Accepts(wallet, Hold(2, 3_501), Insufficient(2, wanted: 3_501, available: 3_500));
    }

    [Fact]
    public void A_hold_that_was_not_granted_leaves_the_money_as_it_was() =>
        Same(Given(Deposited(10)) with { Recent = RecentOutcomes.None.Add(HoldOf(1).Value, WalletOutcomes.HoldRefused) },
            Given(Deposited(10), Insufficient(1, 11, 10)));

    [Fact]
    public void A_repeated_hold_does_nothing_even_if_its_amount_differs()
    {
        var wallet = Given(Deposited(5_000), Held(1, 1_000));

        Accepts(wallet, Hold(1, 1_000));
        Accepts(wallet, Hold(1, 9_999));
    }

    [Fact]
    public void A_repeated_hold_does_nothing_after_its_release_or_capture()
    {
        Accepts(Given(Deposited(5_000), Held(1, 1_000), Released(1, 1_000)), Hold(1, 1_000));
        Accepts(Given(Deposited(5_000), Held(1, 1_000), Captured(1, 1_000)), Hold(1, 1_000));
    }

    /// <summary>The payment has failed by then: nobody would ever release what the repeat holds.</summary>
    [Fact]
    public void A_repeated_hold_stays_refused_although_the_money_has_come_in_since() =>
        Accepts(Given(Insufficient(1, 1_000, 0), Deposited(5_000)), Hold(1, 1_000));

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(Money.AmountMinorMax + 1)]
    public void An_amount_out_of_range_is_refused(long minor) =>
        Refuses(Given(Deposited(100)), Hold(1, minor), "amount_out_of_range", "An amount is from 1 to 1000000000000000 minor units.");

    [Fact]
    public void Another_currency_is_refused() => Refuses(
        Given(Deposited(100)),
        new WalletCommand.Hold(Anna, HoldOf(1), Payment(1), new Money(1, Usd), LifetimeSeconds),
        "currency_mismatch",
        $"Wallet {Anna} is in EUR, not USD.");

    [Fact]
    public void A_wallet_holds_for_so_many_payments_at_once_and_no_more()
    {
        var holds = Enumerable.Range(1, Wallet.HoldsMax).Select(payment => Held(payment, 1));
        var full = Given([Deposited(1_000_000), .. holds]);
        var another = Wallet.HoldsMax + 1;

        Accepts(full, Hold(another, 1), Insufficient(another, wanted: 1, available: 1_000_000 - Wallet.HoldsMax));
        Accepts(Wallet.Evolve(full, Released(1, 1)), Hold(another, 1), Held(another, 1));
    }
}
