namespace Payments.WalletService.Wallets;

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
