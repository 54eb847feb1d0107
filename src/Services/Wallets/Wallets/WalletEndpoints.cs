using Payments.Contracts.Wallets;
using Payments.Domain.Wallets;
using Payments.Messaging.DeadLetters;
using Payments.Operations;
using Payments.Operations.Exports;
using Payments.ServiceDefaults.Callers;
using Payments.WalletService.Holds;
using Payments.WalletService.Ledger;

namespace Payments.WalletService.Wallets;

/// <summary>Every route of this service on one page.</summary>
internal static class WalletEndpoints
{
    public static void MapWallets(this WebApplication app)
    {
        var api = app.MapGroup("/api").WithTags("Wallets");
        api.MapPost("/wallets", OpenWallet.Handle).WithName("openWallet").WithSummary("Opens a wallet for a user in one currency.")
            .Produces<WalletView>(StatusCodes.Status201Created).ProducesProblem(400).ProducesProblem(422);
        api.MapGet("/wallets/{walletId}", WalletQueries.Get).WithName("getWallet")
            .WithSummary("A wallet now, at a moment, or at a version.")
            .Produces<WalletView>().ProducesProblem(400).ProducesProblem(404);
        api.MapGet("/users/{userId}/wallets", WalletQueries.OfUser).WithName("listUserWallets")
            .WithSummary("The wallets of a user, oldest first; the header Link leads to the next page where there are more than 1,000.")
            .Produces<IReadOnlyList<WalletView>>().ProducesProblem(400);
        api.MapPost("/wallets/{walletId}/deposits", MoveMoney.Deposit).WithName("deposit").WithSummary("Puts money in.")
            .Produces<WalletView>(StatusCodes.Status201Created).ProducesProblem(400).ProducesProblem(404).ProducesProblem(422);
        api.MapPost("/wallets/{walletId}/withdrawals", MoveMoney.Withdraw).WithName("withdraw").WithSummary("Takes money out.")
            .Produces<WalletView>(StatusCodes.Status201Created).ProducesProblem(400).ProducesProblem(404).ProducesProblem(422);
        api.MapGet("/wallets/{walletId}/entries", Entries.Handle).WithName("listEntries")
            .WithSummary("The movements of a wallet, oldest first, with the balance after each.")
            .Produces<EntryPage>().ProducesProblem(400).ProducesProblem(404);
        api.MapGet("/wallets/{walletId}/statement", Statement.Handle).WithName("getStatement")
            .WithSummary("The movements of a period, with the balance before it, after each, and after it.")
            .Produces<StatementView>().ProducesProblem(400).ProducesProblem(404);
        api.MapPost("/wallets/{walletId}/holds", CreateHold.Handle).WithName("createHold").WithSummary("Sets money aside.")
            .Produces<MadeHold>(StatusCodes.Status201Created).ProducesProblem(400).ProducesProblem(404).ProducesProblem(422);
        api.MapGet("/wallets/{walletId}/holds", HoldQueries.OfWallet).WithName("listHolds")
            .WithSummary("The open holds of a wallet, oldest first.")
            .Produces<HoldPage>().ProducesProblem(400).ProducesProblem(404);
        api.MapPost("/wallets/{walletId}/holds/{holdId}/captures", EndHold.Capture).WithName("captureHold")
            .WithSummary("Takes held money out for good, all of it or a part; the rest becomes available again.")
            .Produces<EndedHold>(StatusCodes.Status201Created).ProducesProblem(400).ProducesProblem(404).ProducesProblem(422);
        api.MapPost("/wallets/{walletId}/holds/{holdId}/releases", EndHold.Release).WithName("releaseHold")
            .WithSummary("Gives held money back.")
            .Produces<EndedHold>(StatusCodes.Status201Created).ProducesProblem(400).ProducesProblem(404).ProducesProblem(422);

        MovementFeed.Map(app);
        var admin = app.MapAdmin("/api/admin/wallets");
        admin.MapGet("/", WalletQueries.All);
        admin.MapGet("/overview", WalletQueries.Overview);
        admin.MapGet("/owners", Owners.Handle);
        admin.MapGet("/accounts", Accounts.Handle);
        admin.MapGet("/holds", HoldQueries.All);
        admin.MapPost("/{walletId}/freeze", WalletControl.Freeze);
        admin.MapPost("/{walletId}/unfreeze", WalletControl.Unfreeze);
        admin.MapPost("/{walletId}/overdraft", WalletControl.SetOverdraft).RequireRole(OperatorRole.Admin);
        admin.MapOperations<Wallet, WalletEvent>();
        admin.MapEventExport("e.stream_id = any (array(select 'wallet/' || wallet_id from wallets where user_id = $1))");
        admin.MapDeadLetters<Wallet, WalletEvent>();
    }
}
