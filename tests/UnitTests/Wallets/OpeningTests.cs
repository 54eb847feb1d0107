using Payments.Domain;
using Payments.Domain.Wallets;
using static UnitTests.Wallets.WalletScenario;

namespace UnitTests.Wallets;

public sealed class OpeningTests
{
    private static readonly WalletCommand Open = new WalletCommand.Open(Anna, UserId.Parse("anna"), Eur);

    [Fact]
    public void A_wallet_is_opened_with_its_owner_and_currency() => Accepts(null, Open, Opened);

    [Fact]
    public void A_new_wallet_is_empty() => Same(
        new Wallet(
            Anna, UserId.Parse("anna"), Euro(0), Euro(0), [], RecentOutcomes.None, WalletStatus.Active, Overdraft: Euro(0), Spent: default),
        Given());

    [Fact]
    public void A_wallet_is_opened_once() => Refuses(Given(), Open, "already_exists", $"Wallet {Anna} is already open.");

    [Fact]
    public void A_wallet_that_was_never_opened_refuses() => Refuses(null, Hold(1, 1), "wallet_not_found", "There is no such wallet.");
}
