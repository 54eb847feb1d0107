using Payments.Operations.Invariants.ProjectionChecks;
using Payments.WalletService.Wallets;

namespace Payments.WalletService.Invariants;

/// <summary>The table of states that is compared with the events.</summary>
internal static class CheckedTables
{
    public static readonly CheckedTable Table = CheckedTable.Of("wallets", "wallet_id", WalletJson.Default.WalletView);
}
