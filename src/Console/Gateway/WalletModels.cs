namespace Payments.Console.Gateway;

/// <summary>Whose a wallet is.</summary>
public sealed record WalletOwner(Guid WalletId, string UserId);

/// <summary>Money that is set aside now. Amounts in minor units.</summary>
/// <param name="Operation">The payment or refund that it is for; of a reservation, the hold's own id.</param>
/// <param name="Purpose"><c>payment</c>, <c>refund</c> or <c>reservation</c>.</param>
public sealed record HoldView(
    Guid HoldId, Guid Operation, long Amount, string Currency, DateTimeOffset ExpiresAt, string Purpose, string? Reference = null);

public sealed record HoldPage(IReadOnlyList<HoldView> Items, Guid? Next = null);

/// <summary>What moved in a period, oldest first. Opening balance and all amounts add up to the closing balance.</summary>
public sealed record StatementView(
    string Currency,
    DateTimeOffset? From,
    DateTimeOffset Until,
    long OpeningBalance,
    long ClosingBalance,
    IReadOnlyList<EntryView> Items,
    string? Next = null);

/// <summary>A refund of a payment; its saga has its id.</summary>
public sealed record RefundView(
    Guid RefundId,
    string Status,
    string? FailureCode,
    long Amount,
    string Currency,
    string? Reason,
    DateTimeOffset RequestedAt,
    DateTimeOffset? EndedAt);

public sealed record RefundList(IReadOnlyList<RefundView> Items);

/// <summary>The body of freeze and unfreeze.</summary>
public sealed record WalletReasonOrder(string Reason);

/// <param name="Limit">Minor units, from 0.</param>
public sealed record OverdraftOrder(long Limit, string Reason);
