using Payments.WalletService.Wallets;

namespace Payments.WalletService.Ledger;

/// <summary>What moved in a period. The opening balance and all amounts add up to the closing balance.</summary>
/// <param name="From">Null: from the beginning.</param>
/// <param name="Until">Up to, and without.</param>
/// <param name="OpeningBalance">Minor units, before the first movement of the period.</param>
/// <param name="ClosingBalance">Minor units, after its last, whichever page this is.</param>
/// <param name="Next">The cursor for the next page; null when this is the last.</param>
public sealed record StatementView(
    Guid WalletId,
    string Currency,
    DateTimeOffset? From,
    DateTimeOffset Until,
    long OpeningBalance,
    long ClosingBalance,
    IReadOnlyList<EntryView> Items,
    long? Next);
