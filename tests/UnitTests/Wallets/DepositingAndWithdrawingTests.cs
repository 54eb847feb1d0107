using Payments.Domain;
using Payments.Domain.Wallets;
using static UnitTests.Wallets.WalletScenario;

namespace UnitTests.Wallets;

public sealed class DepositingAndWithdrawingTests
{
    private static readonly MovementId Moved = Movement(1);

    [Fact]
    public void A_deposit_adds_to_the_balance()
    {
        Accepts(Given(), Deposit(Euro(10_000)), new WalletEvent.Deposited(Moved, Euro(10_000), "salary"));

        Same(Given() with { Posted = Euro(10_000) }, Given(Deposited(10_000)));
    }

    [Fact]
    public void A_withdrawal_takes_from_the_balance_down_to_nothing()
    {
        var withdrawn = new WalletEvent.Withdrawn(Moved, Euro(10_000), "rent", Today);
        Accepts(Given(Deposited(10_000)), Withdraw(Euro(10_000)), withdrawn);

        Same(Given() with { Spent = new DaySpending(Today, 10_000) }, Given(Deposited(10_000), withdrawn));
    }

    [Fact]
    public void What_is_held_cannot_be_withdrawn()
    {
        var wallet = Given(Deposited(10_000), Held(1, 4_000));

        Refuses(wallet, Withdraw(Euro(6_001)), "insufficient_funds", "6001 EUR is more than the 6000 EUR available.");
        Accepts(wallet, Withdraw(Euro(6_000)), new WalletEvent.Withdrawn(Moved, Euro(6_000), "rent", Today));
    }

    [Fact]
    public void Another_currency_is_refused()
    {
        var message = $"Wallet {Anna} is in EUR, not USD.";

        Refuses(Given(Deposited(100)), Deposit(new Money(1, Usd)), "currency_mismatch", message);
        Refuses(Given(Deposited(100)), Withdraw(new Money(1, Usd)), "currency_mismatch", message);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    [InlineData(Money.AmountMinorMax + 1)]
    [InlineData(long.MaxValue)]
    public void An_amount_out_of_range_is_refused(long minor)
    {
        const string Message = "An amount is from 1 to 1000000000000000 minor units.";

        Refuses(Given(Deposited(100)), Deposit(Euro(minor)), "amount_out_of_range", Message);
        Refuses(Given(Deposited(100)), Withdraw(Euro(minor)), "amount_out_of_range", Message);
    }

    [Fact]
    public void The_balance_limit_may_be_reached_and_not_passed()
    {
        var nearlyFull = Given(Deposited(Wallet.BalanceMinorMax - 1));

        Accepts(nearlyFull, Deposit(Euro(1)), new WalletEvent.Deposited(Moved, Euro(1), "salary"));
        Refuses(nearlyFull, Deposit(Euro(2)), "balance_limit", "A wallet contains at most 1000000000000000000 minor units.");
    }

    private static WalletCommand.Deposit Deposit(Money amount) => new(Moved, amount, "salary");

    private static WalletCommand.Withdraw Withdraw(Money amount) => new(Moved, amount, "rent");
}
