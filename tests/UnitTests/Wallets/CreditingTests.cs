using Payments.Domain;
using Payments.Domain.Wallets;
using static UnitTests.Wallets.WalletScenario;

namespace UnitTests.Wallets;

public sealed class CreditingTests
{
    [Fact]
    public void A_credit_adds_to_the_balance()
    {
        Accepts(Given(Deposited(100)), Credit(1, 2_500), Credited(1, 2_500));

        Same(
            Given(Deposited(2_600)) with { Recent = Recently(WalletOutcomes.Credited) },
            Given(Deposited(100), Credited(1, 2_500)));
    }

    [Fact]
    public void A_repeated_credit_does_nothing() => Accepts(Given(Credited(1, 2_500)), Credit(1, 2_500));

    [Fact]
    public void Money_that_cannot_be_taken_in_is_an_outcome_so_that_the_payment_can_go_back()
    {
        var nearlyFull = Given(Deposited(Wallet.BalanceMinorMax - 1));

        Accepts(nearlyFull, Credit(1, 1), Credited(1, 1));
        Accepts(nearlyFull, Credit(1, 2), CreditRefused(1, 2, "balance_limit"));
        Accepts(Given(), Credit(1, 0), CreditRefused(1, 0, "amount_out_of_range"));
        Accepts(Given(), Credit(1, Money.AmountMinorMax + 1), CreditRefused(1, Money.AmountMinorMax + 1, "amount_out_of_range"));
        Accepts(
            Given(),
            new WalletCommand.Credit(Anna, Operation(1), new Money(1, Usd), new Money(0, Usd), Ben),
            new WalletEvent.CreditRefused(Operation(1), new Money(1, Usd), "currency_mismatch"));
    }

    [Fact]
    public void A_refused_credit_leaves_the_money_as_it_was() => Same(
        Given(Deposited(100)) with { Recent = Recently(WalletOutcomes.CreditRefused) },
        Given(Deposited(100), CreditRefused(1, 5, "balance_limit")));

    /// <summary>The payer has the money back by then: taking it in as well would make money out of nothing.</summary>
    [Fact]
    public void A_repeated_credit_stays_refused_although_there_is_room_by_now()
    {
        var full = Given(Deposited(Wallet.BalanceMinorMax), CreditRefused(1, 5, "balance_limit"));
        var roomy = Wallet.Evolve(full, Withdrawn(1_000));

        Accepts(roomy, Credit(1, 5));
    }

    private static RecentOutcomes Recently(WalletOutcomes outcome) => RecentOutcomes.None.Add(Operation(1).Value, outcome);
}
