using Payments.Domain;
using Payments.Domain.Wallets;
using static UnitTests.Wallets.WalletScenario;

namespace UnitTests.Wallets;

/// <summary>A credit with its fee, and how both are taken back when the operation fails after it.</summary>
public sealed class ReversingTests
{
    private static readonly Wallet Paid = Given(Deposited(100), Credited(1, 2_500), Charged(1, 35));

    [Fact]
    public void A_fee_is_kept_back_from_the_credit()
    {
        Accepts(Given(Deposited(100)), Credit(1, 2_500, fee: 35), Credited(1, 2_500), Charged(1, 35));
        Assert.Equal(Euro(2_565), Paid.Posted);
        Accepts(Paid, Credit(1, 2_500, fee: 35));
    }

    [Fact]
    public void A_fee_that_leaves_nothing_is_an_outcome()
    {
        Accepts(Given(), Credit(1, 35, fee: 35), CreditRefused(1, 35, "amount_below_fee"));
        Accepts(Given(), Credit(1, 36, fee: 35), Credited(1, 36), Charged(1, 35));
    }

    [Fact]
    public void A_reversal_takes_the_credit_back_and_returns_the_fee_so_that_nothing_remains()
    {
        Accepts(Paid, Reverse(1, 2_500, fee: 35), Returned(1, 35), Reversed(1, 2_500));
        Same(
            Given(Deposited(100)) with
            {
                Recent = RecentOutcomes.None
                    .Add(Operation(1).Value, WalletOutcomes.Credited)
                    .Add(Operation(1).Value, WalletOutcomes.CreditReversed),
            },
            new[] { Returned(1, 35), Reversed(1, 2_500) }.Aggregate(Paid, Wallet.Evolve));
        Accepts(Given(Credited(1, 2_500)), Reverse(1, 2_500), Reversed(1, 2_500));
    }

    [Fact]
    public void A_repeated_reversal_does_nothing_nor_does_the_credit_that_comes_again()
    {
        var reversed = Given(Deposited(100), Credited(1, 2_500), Reversed(1, 2_500));

        Accepts(reversed, Reverse(1, 2_500));
        Accepts(reversed, Credit(1, 2_500));
    }

    /// <summary>The payee has spent it: a person must see to it, and it may be asked again.</summary>
    [Fact]
    public void What_is_not_there_any_more_is_not_taken_back_and_what_is_held_is_not_touched()
    {
        var refused = new WalletEvent.CreditReversalRefused(Operation(1), Euro(2_500), "insufficient_funds");
        var spent = Wallet.Evolve(Paid, Withdrawn(101));
        var held = Wallet.Evolve(Paid, Held(2, 101));

        Accepts(spent, Reverse(1, 2_500, fee: 35), refused);
        Accepts(held, Reverse(1, 2_500, fee: 35), refused);
        Same(spent, Wallet.Evolve(spent, refused));
        Accepts(Wallet.Evolve(spent, Deposited(1)), Reverse(1, 2_500, fee: 35), Returned(1, 35), Reversed(1, 2_500));
    }

    [Fact]
    public void An_overdraft_pays_back_too() => Accepts(
        new WalletEvent[] { Withdrawn(2_565), new WalletEvent.OverdraftSet(Euro(2_465)) }.Aggregate(Paid, Wallet.Evolve),
        Reverse(1, 2_500, fee: 35),
        Returned(1, 35),
        Reversed(1, 2_500));

    [Fact]
    public void Another_currency_is_an_outcome() => Accepts(
        Paid,
        new WalletCommand.ReverseCredit(Anna, Operation(1), new Money(1, Usd), new Money(0, Usd), Ben),
        new WalletEvent.CreditReversalRefused(Operation(1), new Money(1, Usd), "currency_mismatch"));
}
