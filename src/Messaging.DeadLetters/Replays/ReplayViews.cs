using Payments.Contracts;
using Payments.Contracts.Replays;

namespace Payments.Messaging.DeadLetters.Replays;

/// <summary>A replay as it stands.</summary>
internal static class ReplayViews
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
