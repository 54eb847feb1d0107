using System.Text.Json;
using System.Text.Json.Serialization;
using Payments.Contracts.DeadLetters;

namespace Payments.Contracts.Replays;

/// <summary>What shall be done with many dead letters.</summary>
/// <param name="Selection">By ids, by a group, or by a filter: frozen in this moment.</param>
/// <param name="Reason">3 to 500 characters.</param>
/// <param name="Act"><c>replay</c> or <c>discard</c>.</param>
/// <param name="RatePerSecond">Messages a second at most.</param>
/// <param name="StopAtPercent">It stops by itself when more than that of what is done has failed; 100: never.</param>
/// <param name="StartPaused">It does nothing before it is resumed; one that needs approval waits for that instead.</param>
public sealed record ReplayRequest(
    DeadLetterSelection Selection,
    string Reason,
    string Act = "replay",
    int RatePerSecond = ReplayRequest.RatePerSecondDefault,
    int StopAtPercent = ReplayRequest.StopAtPercentDefault,
    bool StartPaused = false)
{
    public const int StopAtPercentDefault = 20;
    public const int RatePerSecondDefault = 500;
}

/// <summary>Many dead letters that are replayed, or discarded, in the background.</summary>
/// <param name="SelectionHash">SHA-256 over <c>id:revision</c> of each message, in order.</param>
/// <param name="Status">
/// <c>awaiting-approval</c>, <c>running</c>, <c>paused</c>, <c>stopped</c> (by itself), <c>cancelled</c> or <c>done</c>.
/// </param>
/// <param name="Stage">Of the ramp: 1 (one message), 2 (up to 5), 3 (up to 25) or 4 (all).</param>
/// <param name="Money">What its messages are about, by currency.</param>
/// <param name="ApprovedBy">The second person, where one was needed.</param>
public sealed record ReplayView(
    Guid Id,
    string Act,
    DateTimeOffset CreatedAt,
    string CreatedBy,
    string Reason,
    JsonElement Selection,
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
    IReadOnlyList<MoneyView> Money,
    string? ApprovedBy)
{
    [JsonIgnore]
    public bool AwaitsApproval => Status == "awaiting-approval";

    [JsonIgnore]
    public bool IsOver => Status is "done" or "cancelled";
}

/// <param name="Next">Give it as <c>before</c> for the next page.</param>
public sealed record ReplayPage(IReadOnlyList<ReplayView> Items, Guid? Next);

/// <param name="Next">Give it as <c>after</c> for the next page of items.</param>
public sealed record ReplayDetail(ReplayView Replay, IReadOnlyList<ReplayItemView> Items, int? Next);

/// <param name="Revision">As it was selected.</param>
/// <param name="Status"><c>pending</c>, <c>applied</c>, <c>failed</c> or <c>skipped</c>.</param>
/// <param name="Error">Why it failed, or was skipped.</param>
public sealed record ReplayItemView(
    int Ordinal, long MessageId, long Revision, string Status, string? ErrorType, string? Error, DateTimeOffset? At);

/// <param name="Reason">3 to 500 characters.</param>
/// <param name="SelectionHash">Of the frozen selection that was looked at.</param>
public sealed record ApproveRequest(string Reason, string SelectionHash);
