using System.Text.Json.Serialization;

namespace Payments.Console.Gateway;

/// <param name="Act"><c>replay</c> or <c>discard</c>.</param>
public sealed record ReplayOrder(Selection Selection, string Reason, string Act, int RatePerSecond, int StopAtPercent);

public sealed record SteerOrder(string Reason);

/// <summary>Many dead letters that are replayed, or discarded, in the background.</summary>
public sealed record ReplayView(
    Guid Id,
    string Act,
    DateTimeOffset CreatedAt,
    string CreatedBy,
    string Reason,
    string SelectionHash,
    int RatePerSecond,
    int StopAtPercent,
    string Status,
    string? Note,
    int Stage,
    int Total,
    int Applied,
    int Failed,
    int Skipped,
    int Pending,
    DateTimeOffset ChangedAt,
    IReadOnlyList<MoneyView>? Money = null,
    string? ApprovedBy = null)
{
    [JsonIgnore]
    public bool AwaitsApproval => Status == "awaiting-approval";

    [JsonIgnore]
    public bool IsOver => Status is "done" or "cancelled";
}

public sealed record ReplayPage(IReadOnlyList<ReplayView> Items, Guid? Next = null);

public sealed record ReplayItemView(
    int Ordinal, long MessageId, long Revision, string Status, string? ErrorType = null, string? Error = null, DateTimeOffset? At = null);

public sealed record ReplayDetail(ReplayView Replay, IReadOnlyList<ReplayItemView> Items, int? Next = null);
