namespace Payments.Console.DeadLetters;

/// <summary>What people did, in plain words. An act that this console does not know is told by its name.</summary>
public static class ActWords
{
    private static readonly Dictionary<string, string> Words = new()
    {
        ["edit"] = "Edited",
        ["replay"] = "Replayed",
        ["discard"] = "Discarded",
        ["replay-created"] = "Replay ordered",
        ["replay-approved"] = "Replay approved",
        ["replay-paused"] = "Replay paused",
        ["replay-resumed"] = "Replay resumed",
        ["replay-cancelled"] = "Replay cancelled",
        ["approval-asked"] = "Approval asked",
        ["approval-approved"] = "Approved",
        ["approval-declined"] = "Declined",
        ["saga-retry"] = "Step retried",
        ["saga-compensate"] = "Saga compensated",
        ["saga-complete"] = "Saga completed by hand",
        ["wallet-freeze"] = "Wallet frozen",
        ["wallet-unfreeze"] = "Wallet unfrozen",
        ["wallet-overdraft"] = "Overdraft set",
        ["alert-acknowledged"] = "Alert acknowledged",
        ["consumer-paused"] = "Consumer paused",
        ["consumer-resumed"] = "Consumer resumed",
        ["projection-paused"] = "Projection paused",
        ["projection-resumed"] = "Projection resumed",
        ["projection-rebuild-ordered"] = "Rebuild ordered",
        ["projection-rebuild-cancelled"] = "Rebuild cancelled",
        ["event-replay-start"] = "Event replay started",
        ["event-replay-pause"] = "Event replay paused",
        ["event-replay-resume"] = "Event replay resumed",
        ["event-replay-cancel"] = "Event replay cancelled",
        ["signed-in"] = "Signed in",
        ["sign-in-refused"] = "Sign-in refused",
        ["vouched-for"] = "Vouched for by the provider",
        ["operator-created"] = "Account made",
        ["operator-disabled"] = "Account disabled",
        ["operator-enabled"] = "Account enabled",
        ["role-changed"] = "Role changed",
        ["password-changed"] = "Password changed",
        ["password-reset"] = "Password reset",
        ["failure-planted"] = "Failure planted",
        ["card-faults-set"] = "Card faults set",
    };

    public static IReadOnlyList<(string Value, string Words)> All { get; } = [.. Words.Select(pair => (pair.Key, pair.Value))];

    public static string Of(string act) => Words.GetValueOrDefault(act, act);

    /// <summary>What somebody wants to be done.</summary>
    public static string Order(string act) => act switch
    {
        "edit" => "Edit a dead letter",
        "discard" => "Discard",
        "replay" => "Replay",
        "compensate" => "Compensate a saga",
        "complete" => "Complete a saga by hand",
        "wallet-overdraft" => "Set an overdraft",
        _ => Of(act),
    };
}
