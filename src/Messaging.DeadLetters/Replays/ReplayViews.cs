using System.Text.Json;
using Payments.Hosting;
using Payments.Operations.Audit;

namespace Payments.Messaging.DeadLetters.Replays;

/// <summary>What shall be done with many dead letters.</summary>
/// <param name="Selection">By ids, by a group, or by a filter: frozen in this moment.</param>
/// <param name="Reason">3 to 500 characters.</param>
/// <param name="Act"><c>replay</c> or <c>discard</c>.</param>
/// <param name="RatePerSecond">Messages a second at most.</param>
/// <param name="StopAtPercent">It stops by itself when more than that of what is done has failed; 100: never.</param>
/// <param name="StartPaused">It does nothing before it is resumed; one that needs approval waits for that instead.</param>
internal sealed record ReplayRequest(
    DeadLetterSelection Selection,
    string Reason,
    string Act = OperatorAct.Replay,
    int RatePerSecond = ReplayRules.RatePerSecondDefault,
    int StopAtPercent = ReplayRules.StopAtPercentDefault,
    bool StartPaused = false);

/// <summary>A replay as it stands.</summary>
/// <param name="SelectionHash">SHA-256 over <c>id:revision</c> of each message, in order.</param>
/// <param name="Status">
/// <c>awaiting-approval</c>, <c>running</c>, <c>paused</c>, <c>stopped</c> (by itself), <c>cancelled</c> or <c>done</c>.
/// </param>
/// <param name="Stage">Of the ramp: 1 (one message), 2 (up to 5), 3 (up to 25) or 4 (all).</param>
/// <param name="Money">What its messages are about, by currency.</param>
/// <param name="ApprovedBy">The second person, where one was needed.</param>
internal sealed record ReplayView(
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
    public static ReplayView Of(Replay r) => new(
        r.Id,
        r.Act,
        r.CreatedAt,
        r.CreatedBy,
        r.Reason,
        r.Selection,
        r.SelectionHash,
        r.RatePerSecond,
        r.StopAtPercent,
        r.Status,
        r.Note,
        ReplayRules.StageOf(r.Counts),
        r.Counts.Total,
        r.Counts.Applied,
        r.Counts.Failed,
        r.Counts.Skipped,
        r.Counts.Pending,
        r.ChangedAt,
        [.. r.Money.Select(m => new MoneyView(m.Currency, m.Amount))],
        r.ApprovedBy);
}

/// <param name="Next">Give it as <c>before</c> for the next page.</param>
internal sealed record ReplayPage(IReadOnlyList<ReplayView> Items, Guid? Next);

/// <param name="Next">Give it as <c>after</c> for the next page of items.</param>
internal sealed record ReplayDetail(ReplayView Replay, IReadOnlyList<ReplayItemView> Items, int? Next);

/// <param name="Revision">As it was selected.</param>
/// <param name="Status"><c>pending</c>, <c>applied</c>, <c>failed</c> or <c>skipped</c>.</param>
/// <param name="Error">Why it failed, or was skipped.</param>
internal sealed record ReplayItemView(
    int Ordinal, long MessageId, long Revision, string Status, string? ErrorType, string? Error, DateTimeOffset? At);
