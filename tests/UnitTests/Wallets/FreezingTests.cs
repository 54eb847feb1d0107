using Payments.Domain.Wallets;
using static UnitTests.Wallets.WalletScenario;

namespace UnitTests.Wallets;

public sealed class FreezingTests
{
    private static readonly WalletEvent Frozen = new WalletEvent.Frozen("lost phone");
    private static readonly WalletEvent Unfrozen = new WalletEvent.Unfrozen("found it");
    private static readonly Wallet Cold = Given(Deposited(5_000), Held(1, 1_000), Credited(2, 300), Frozen);

    [Fact]
    public void Freezing_and_unfreezing_change_nothing_but_the_status()
    {
        var warm = Given(Deposited(5_000), Held(1, 1_000), Credited(2, 300));
        Accepts(warm, new WalletCommand.Freeze("lost phone"), Frozen);
        Same(warm with { Status = WalletStatus.Frozen }, Cold);
        Accepts(Cold, new WalletCommand.Unfreeze("found it"), Unfrozen);
        Same(warm, Wallet.Evolve(Cold, Unfrozen));
    }

    [Fact]
    public void Frozen_twice_is_frozen_once()
    {
        Accepts(Cold, new WalletCommand.Freeze("again"));
        Accepts(Given(), new WalletCommand.Unfreeze("again"));
    }

    [Fact]
    public void Nothing_new_goes_out_or_comes_in()
    {
        var message = $"Wallet {Anna} is frozen.";
        Refuses(Cold, new WalletCommand.Deposit(Movement(9), Euro(1), null), "wallet_frozen", message);
        Refuses(Cold, new WalletCommand.Withdraw(Movement(9), Euro(1), null), "wallet_frozen", message);
        Accepts(Cold, Hold(3, 1), HoldRefused(3, Euro(1), "wallet_frozen"));
        Accepts(Cold, Hold(3, 1, HoldPurpose.Refund), HoldRefused(3, Euro(1), "wallet_frozen"));
        Accepts(Cold, Credit(3, 1), CreditRefused(3, 1, "wallet_frozen"));
    }

    /// <summary>Else the other side of an operation would be left hanging.</summary>
    [Fact]
    public void What_has_begun_is_ended()
    {
        Accepts(Cold, Capture(1, 1_000), Captured(1, 1_000));
        Accepts(Cold, Release(1), Released(1, 1_000));
        Accepts(Cold, Reverse(2, 300), Reversed(2, 300));
        Assert.Equal([Expired(1, 1_000)], When(Cold, new WalletCommand.ExpireHold(HoldOf(1)), Now.AddSeconds(LifetimeSeconds)));
    }
}
