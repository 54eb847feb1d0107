using System.Collections.Immutable;
using Payments.Domain;
using Payments.Domain.Wallets;
using static UnitTests.Wallets.WalletScenario;

namespace UnitTests.Wallets;

/// <summary>At most 2,000 at once and 3,000 in one day (UTC).</summary>
public sealed class SpendingLimitsTests
{
    private static readonly WalletRules Rules = new(ImmutableDictionary<Currency, SpendingLimits>.Empty.Add(Eur, new(2_000, 3_000)));
    private const string PerDay = "At most 3000 EUR in minor units may leave a wallet in one day.";

    private static readonly DateOnly Tomorrow = Today.AddDays(1);
    private static readonly Wallet Rich = Given(Deposited(100_000));

    [Fact]
    public void So_much_may_leave_at_once_and_no_more()
    {
        Assert.Equal([Withdrawn(2_000, Today)], When(Rich, Withdraw(2_000), rules: Rules));
        Refused(
            Rich, Withdraw(2_001), "limit_per_transaction", "At most 2000 EUR in minor units may leave a wallet at once.");
        Assert.Equal([Held(1, 2_000)], When(Rich, Hold(1, 2_000), rules: Rules));
        Assert.Equal([HoldRefused(1, Euro(2_001), "limit_per_transaction")], When(Rich, Hold(1, 2_001), rules: Rules));
    }

    [Fact]
    public void So_much_may_leave_in_one_day_withdrawn_and_held_together()
    {
        var spent = Given(Deposited(100_000), Withdrawn(1_500, Today), Held(1, 1_000));

        Assert.Equal(new DaySpending(Today, 2_500), spent.Spent);
        Assert.Equal([Withdrawn(500, Today)], When(spent, Withdraw(500), rules: Rules));
        Refused(spent, Withdraw(501), "limit_per_day", PerDay);
        Assert.Equal([HoldRefused(2, Euro(501), "limit_per_day")], When(spent, Hold(2, 501), rules: Rules));
        Assert.Equal([Held(2, 500, HoldPurpose.Reservation)], When(spent, Hold(2, 500, HoldPurpose.Reservation), rules: Rules));
    }

    [Fact]
    public void The_next_day_begins_anew_at_midnight()
    {
        var spent = Given(Deposited(100_000), Withdrawn(1_500, Today), Withdrawn(1_500, Today));
        var midnight = new DateTimeOffset(2026, 2, 1, 0, 0, 0, TimeSpan.Zero);

        Refused(spent, Withdraw(1), "limit_per_day", PerDay, midnight.AddTicks(-1));
        Assert.Equal([Withdrawn(2_000, Tomorrow)], When(spent, Withdraw(2_000), midnight, Rules));
        Assert.Equal(new DaySpending(Tomorrow, 2_000), Wallet.Evolve(spent, Withdrawn(2_000, Tomorrow)).Spent);
    }

    [Fact]
    public void What_is_released_expired_or_not_captured_of_the_same_day_does_not_count_any_more()
    {
        var held = Given(Deposited(100_000), Held(1, 2_000));

        Assert.Equal(0, Wallet.Evolve(held, Released(1, 2_000)).Spent.Minor);
        Assert.Equal(0, Wallet.Evolve(held, Expired(1, 2_000)).Spent.Minor);
        Assert.Equal(300, Wallet.Evolve(held, Captured(1, 300, released: 1_700)).Spent.Minor);
        Assert.Equal(2_000, Wallet.Evolve(held, Captured(1, 2_000)).Spent.Minor);
    }

    /// <summary>Else a hold of yesterday would make room for more today than the limit says.</summary>
    [Fact]
    public void What_is_released_of_an_earlier_day_gives_nothing_back_to_this_one()
    {
        var over = Given(Deposited(100_000), Held(1, 2_000), Withdrawn(1_000, Tomorrow));

        Assert.Equal(new DaySpending(Tomorrow, 1_000), over.Spent);
        Assert.Equal(new DaySpending(Tomorrow, 1_000), Wallet.Evolve(over, Released(1, 2_000)).Spent);
    }

    /// <summary>Clocks of two machines differ by a little: what comes late for a day that is over is not taken for today's.</summary>
    [Fact]
    public void What_belongs_to_an_earlier_day_does_not_count_against_this_one()
    {
        var today = Given(Deposited(100_000), Withdrawn(1_000, Today));

        Assert.Equal(today.Spent, Wallet.Evolve(today, Withdrawn(500, Today.AddDays(-1))).Spent);
    }

    [Fact]
    public void Money_that_goes_back_is_not_counted_and_no_limit_stands_against_it()
    {
        var spent = Given(Deposited(100_000), Withdrawn(1_500, Today), Withdrawn(1_500, Today));

        Assert.Equal([Held(1, 50_000, HoldPurpose.Refund)], When(spent, Hold(1, 50_000, HoldPurpose.Refund), rules: Rules));
        var refunding = Wallet.Evolve(spent, Held(1, 50_000, HoldPurpose.Refund));
        Assert.Equal(spent.Spent, refunding.Spent);
        Assert.Equal(spent.Spent, Wallet.Evolve(refunding, Released(1, 50_000)).Spent);
    }

    [Fact]
    public void A_limit_of_another_currency_does_not_count()
    {
        var rules = new WalletRules(ImmutableDictionary<Currency, SpendingLimits>.Empty.Add(Usd, new(1, 1)));

        Assert.Equal([Withdrawn(100_000, Today)], When(Rich, Withdraw(100_000), rules: rules));
    }

    [Fact]
    public void Each_limit_stands_alone()
    {
        var atOnce = new WalletRules(ImmutableDictionary<Currency, SpendingLimits>.Empty.Add(Eur, new(2_000, null)));
        var perDay = new WalletRules(ImmutableDictionary<Currency, SpendingLimits>.Empty.Add(Eur, new(null, 3_000)));
        var spent = Wallet.Evolve(Rich, Withdrawn(2_000, Today));

        Assert.Equal([Withdrawn(2_000, Today)], When(spent, Withdraw(2_000), rules: atOnce));
        Assert.Equal([HoldRefused(1, Euro(1_001), "limit_per_day")], When(spent, Hold(1, 1_001), rules: perDay));
        Assert.Equal([Held(1, 3_000)], When(Rich, Hold(1, 3_000), rules: perDay));
    }

    private static WalletCommand.Withdraw Withdraw(long minor) => new(Movement(9), Euro(minor), null);

    private static void Refused(Wallet wallet, WalletCommand command, string code, string message, DateTimeOffset? now = null) =>
        Assert.Equal(
            new Decision<WalletEvent>.Refused(new Refusal(code, message)), Wallet.Decide(wallet, command, now ?? Now, Rules));
}
