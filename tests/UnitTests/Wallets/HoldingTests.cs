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
        Same(
            Given(Deposited(5_000)) with { Held = Euro(2_000), Holds = wallet.Holds, Spent = new DaySpending(Today, 2_000) },
            wallet);
        var open = new OpenHold(Operation(1), Euro(2_000), Now.AddSeconds(LifetimeSeconds), Today, HoldPurpose.Payment);
        Assert.Equal([KeyValuePair.Create(HoldOf(1), open)], wallet.Holds);
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
        Accepts(Given(Deposited(100)), Hold(1, minor), HoldRefused(1, Euro(minor), "amount_out_of_range"));

    [Fact]
    public void Another_currency_is_refused() => Accepts(
        Given(Deposited(100)),
        new WalletCommand.Hold(Anna, HoldOf(1), Operation(1), new Money(1, Usd), LifetimeSeconds, HoldPurpose.Payment),
        HoldRefused(1, new Money(1, Usd), "currency_mismatch"));

    /// <summary>A saga is told by an event; a client that waits for the answer is refused.</summary>
    [Fact]
    public void Who_waits_for_the_answer_is_refused_at_once()
    {
        RefusesNow(Given(Deposited(10)), Hold(1, 11), "insufficient_funds", "11 EUR is more than the 10 EUR available.");
        RefusesNow(Given(), Hold(1, 0), "amount_out_of_range", "The hold of 0 EUR is refused: amount_out_of_range.");
        RefusesNow(null, Hold(1, 1), "wallet_not_found", "There is no such wallet.");
        Assert.Equal(
            [Held(1, 10)],
            Assert.IsType<Decision<WalletEvent>.Accepted>(Wallet.DecideNow(Given(Deposited(10)), Hold(1, 10), Now)).Events);
    }

    /// <summary>What is refused once stays refused: the operation has been undone since.</summary>
    [Fact]
    public void A_repeated_hold_stays_refused_by_rule_although_it_would_be_granted_by_now() =>
        Accepts(Given(HoldRefused(1, Euro(1_000), "wallet_frozen"), Deposited(5_000)), Hold(1, 1_000));

    [Fact]
    public void A_wallet_holds_for_so_many_payments_at_once_and_no_more()
    {
        var holds = Enumerable.Range(1, Wallet.HoldsMax).Select(payment => Held(payment, 1));
        var full = Given([Deposited(1_000_000), .. holds]);
        var another = Wallet.HoldsMax + 1;

        Accepts(full, Hold(another, 1), HoldRefused(another, Euro(1), "too_many_holds"));
        Accepts(Wallet.Evolve(full, Released(1, 1)), Hold(another, 1), Held(another, 1));
    }
}
