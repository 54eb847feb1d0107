using Payments.WalletService.Wallets;

namespace Payments.WalletService.Ledger;

/// <summary>What moved in a period. The opening balance and all amounts add up to the closing balance.</summary>
/// <param name="From">Null: from the beginning.</param>
/// <param name="Until">
/// Up to, and without: as asked, but never beyond what the log had recorded. Whoever asks next from here misses nothing, and gets nothing
/// twice, whatever was being stored at the moment.
/// </param>
/// <param name="OpeningBalance">Minor units, before the first movement of the period.</param>
/// <param name="ClosingBalance">Minor units, after its last, whichever page this is.</param>
/// <param name="Next">The cursor for the next page, which has the same end and balances; null when this is the last.</param>
public sealed record StatementView(
    Guid WalletId,
    string Currency,
    DateTimeOffset? From,
    DateTimeOffset Until,
    long OpeningBalance,
    long ClosingBalance,
    IReadOnlyList<EntryView> Items,
    string? Next);
