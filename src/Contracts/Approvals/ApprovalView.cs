using System.Text.Json;

namespace Payments.Contracts.Approvals;

/// <summary>An order, or a replay, that needs a second person.</summary>
/// <param name="Kind">
/// <c>order</c>: the second person sends the same order with <c>X-Approval</c>; <c>replay</c>: the replay of that id is approved.
/// </param>
/// <param name="Subject">What it would be done to: <c>dead-letter/17</c>, <c>saga/…</c>, <c>wallet/…</c>, <c>replay/…</c>.</param>
/// <param name="Path">Where the order was sent.</param>
/// <param name="Body">The order.</param>
/// <param name="Hash">SHA-256 over the order, or over the frozen selection: what is approved is just that.</param>
/// <param name="Status">
/// <c>waiting</c>, <c>approved</c>, <c>declined</c>, <c>expired</c>; or <c>overtaken</c>: what it was to be done to has gone on.
/// </param>
public sealed record ApprovalView(
    Guid Id,
    string Kind,
    string Act,
    string Subject,
    string Path,
    JsonElement? Body,
    string Hash,
    IReadOnlyList<MoneyView> Money,
    long Count,
    string Reason,
    string AskedBy,
    DateTimeOffset AskedAt,
    DateTimeOffset? ExpiresAt,
    string Status,
    string? DecidedBy,
    DateTimeOffset? DecidedAt,
    string? DecidedReason)
{
    public const string Waiting = "waiting";
    public const string Approved = "approved";
    public const string Declined = "declined";
    public const string Expired = "expired";
    public const string Overtaken = "overtaken";
}

public sealed record ApprovalPage(IReadOnlyList<ApprovalView> Items);
