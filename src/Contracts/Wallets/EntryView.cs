namespace Payments.Contracts.Wallets;

/// <summary>One movement in a wallet.</summary>
/// <param name="Version">The wallet's version with it; the cursor for the next page.</param>
/// <param name="Kind">
/// <c>deposit</c>, <c>withdrawal</c>, <c>payment_in</c>, <c>payment_out</c>, <c>fee</c>, <c>refund_in</c>, <c>refund_out</c>,
/// <c>reversal</c>, <c>fee_returned</c> or <c>capture_out</c>.
/// </param>
/// <param name="Amount">Minor units; negative when money left.</param>
/// <param name="Balance">Minor units, after the movement.</param>
/// <param name="Operation">What it belongs to: the payment, the refund or the hold; of a deposit or withdrawal, its own id.</param>
public sealed record EntryView(
    long Version,
    string Kind,
    long Amount,
    string Currency,
    long Balance,
    Guid Operation,
    Guid? PaymentId,
    Guid? CounterpartyWalletId,
    string? Reference,
    DateTimeOffset RecordedAt);

public sealed record EntryPage(IReadOnlyList<EntryView> Items, long? Next);

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
