using Payments.Domain;
using Payments.Domain.Wallets;
using static UnitTests.Wallets.WalletScenario;

namespace UnitTests.Wallets;

public sealed class OverdraftTests
{
    private static readonly Wallet Agreed = Given(Deposited(100), Set(500));

    [Fact]
    public void The_balance_may_go_below_zero_as_far_as_agreed()
    {
        Assert.Equal(Euro(600), Agreed.Available);
        Accepts(Agreed, Withdraw(600), Withdrawn(600, Today));
        Refuses(Agreed, Withdraw(601), "insufficient_funds", "601 EUR is more than the 600 EUR available.");
        Accepts(Agreed, Hold(1, 600), Held(1, 600));
        Accepts(Agreed, Hold(1, 601), Insufficient(1, wanted: 601, available: 600));

        var below = Wallet.Evolve(Agreed, Withdrawn(550));
        Assert.Equal((Euro(-450), Euro(50)), (below.Posted, below.Available));
        FoldStops(below, Withdrawn(51));
    }

    [Fact]
    public void It_is_not_taken_back_while_it_is_in_use()
    {
        var inUse = Given(Deposited(100), Set(500), Held(1, 300));

        Accepts(inUse, SetTo(200), Set(200));
        Refuses(inUse, SetTo(199), "overdraft_in_use", "More than 199 EUR of the overdraft is in use.");
        FoldStops(inUse, Set(199));
        Accepts(Agreed, SetTo(0), Set(0));
    }

    [Fact]
    public void The_same_again_does_nothing() => Accepts(Agreed, SetTo(500));

    [Theory]
    [InlineData(-1)]
    [InlineData(Money.AmountMinorMax + 1)]
    public void A_limit_out_of_range_is_refused(long minor) => Refuses(
        Agreed, SetTo(minor), "amount_out_of_range", "An overdraft is from 0 to 1000000000000000 minor units.");

    [Fact]
    public void Another_currency_is_refused() => Refuses(
        Agreed, new WalletCommand.SetOverdraft(new Money(1, Usd)), "currency_mismatch", $"Wallet {Anna} is in EUR, not USD.");

    private static WalletEvent.OverdraftSet Set(long minor) => new(Euro(minor));

    private static WalletCommand.SetOverdraft SetTo(long minor) => new(Euro(minor));

    private static WalletCommand.Withdraw Withdraw(long minor) => new(Movement(9), Euro(minor), null);

    private static void FoldStops(Wallet wallet, WalletEvent e) =>
        Assert.Throws<UnreachableStateException>(() => Wallet.Evolve(wallet, e));
}
