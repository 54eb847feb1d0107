using System.Text.Json;
using Payments.Contracts.DeadLetters;
using Payments.Operations.Audit;

namespace Payments.Messaging.DeadLetters.Replays;

/// <summary>What a person has asked to be done with many dead letters.</summary>
/// <param name="Act"><see cref="OperatorAct.Replay"/> or <see cref="OperatorAct.Discard"/>.</param>
/// <param name="StopAtPercent">It stops by itself when more than that of what is done has failed.</param>
public sealed record ReplayOrder(
    Guid Id,
    string Act,
    DateTimeOffset At,
    string By,
    string Reason,
    DeadLetterSelection Selection,
    int RatePerSecond,
    int StopAtPercent);

/// <summary>A replay as it stands.</summary>
/// <param name="Selection">As it was asked for.</param>
/// <param name="Note">Why it stopped.</param>
/// <param name="Money">What its items are about.</param>
/// <param name="ApprovedBy">The second person, where one was needed.</param>
public sealed record Replay(
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
    ReplayCounts Counts,
    DateTimeOffset ChangedAt,
    IReadOnlyList<ReplayMoney> Money,
    string? ApprovedBy)
{
    public const string Planned = "planned";
    public const string AwaitingApproval = "awaiting-approval";
    public const string Running = "running";
    public const string Paused = "paused";
    public const string Stopped = "stopped";
    public const string Cancelled = "cancelled";
    public const string Done = "done";

    public bool IsOver => Status is Cancelled or Done;
}

/// <param name="Amount">Minor units.</param>
public sealed record ReplayMoney(string Currency, decimal Amount);
