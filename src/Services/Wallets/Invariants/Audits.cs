using Payments.Services.Invariants.Auditing;
using Payments.WalletService.Wallets;

namespace Payments.WalletService.Invariants;

/// <summary>The table of states that is compared with the events.</summary>
internal static class Audits
{
    public static readonly AuditedTable Table = AuditedTable.Of("wallets", "wallet_id", WalletJson.Default.WalletView);
}
