using System.Text.Json;
using System.Text.Json.Serialization;
using Payments.Hosting;

namespace Payments.Operations.Approvals;

/// <summary>An order that needs a second person.</summary>
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

/// <summary>
/// When an order <c>a</c> of a service cannot be carried out any more, because what it was asked for has gone on meanwhile: a condition in
/// SQL, read whenever orders are.
/// </summary>
public sealed record OvertakenOrders(string Sql);

public sealed record ApprovalPage(IReadOnlyList<ApprovalView> Items);

/// <param name="Reason">3 to 500 characters.</param>
public sealed record DeclineRequest(string Reason);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ApprovalView))]
[JsonSerializable(typeof(ApprovalPage))]
[JsonSerializable(typeof(DeclineRequest))]
[JsonSerializable(typeof(IReadOnlyList<MoneyView>))]
internal sealed partial class ApprovalJson : JsonSerializerContext;
