using Payments.Contracts;
using Payments.Contracts.Approvals;

namespace Payments.Messaging.DeadLetters.Replays;

/// <summary>Replays that wait for a second person, as the list of approvals shows them.</summary>
internal static class ReplayApprovals
{
    public static async Task<IEnumerable<ApprovalView>> ListApprovalsAsync(
        this ReplayStore replays, int countMax, string path, CancellationToken cancel) =>
        (await replays.AwaitingApprovalAsync(countMax, cancel)).Select(replay => Of(replay, path));

    private static ApprovalView Of(Replay replay, string path) => new(
        replay.Id,
        "replay",
        replay.Act,
        $"replay/{replay.Id}",
        path.Replace("/approvals", $"/replays/{replay.Id}/approve", StringComparison.Ordinal),
        null,
        replay.SelectionHash,
        [.. replay.Money.Select(m => new MoneyView(m.Currency, m.Amount))],
        replay.Counts.Total,
        replay.Reason,
        replay.CreatedBy,
        replay.CreatedAt,
        null,
        ApprovalView.Waiting,
        null,
        null,
        null);
}
