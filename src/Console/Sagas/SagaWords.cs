using Payments.Contracts.Events;

namespace Payments.Console.Sagas;

/// <summary>Sagas in plain words. What this console does not know is told by its name.</summary>
public static class SagaWords
{
    /// <summary>The phases in the order in which they are gone through, those that undo after them.</summary>
    public static readonly IReadOnlyList<string> Phases =
    [
        "authorising", "holding", "capturing_card", "crediting", "refunding_card", "capturing", "reversing", "releasing", "voiding",
        "completed", "failed",
    ];

    public static string Kind(string definition) => definition switch
    {
        "wallet-payment" => "Wallet payment",
        "transfer" => "Transfer",
        "card-payment-v2" => "Card payment",
        "card-payment" => "Card payment (credit before capture)",
        "wallet-refund" => "Refund to a wallet",
        "card-refund" => "Refund to a card",
        _ => definition,
    };

    public static string Phase(string phase) => phase switch
    {
        "holding" => "Hold",
        "authorising" => "Authorise card",
        "crediting" => "Credit",
        "capturing" => "Capture",
        "capturing_card" => "Capture card",
        "refunding_card" => "Refund card",
        "releasing" => "Release",
        "reversing" => "Reverse credit",
        "voiding" => "Void card",
        "completed" => "Completed",
        "failed" => "Failed",
        "started" => "Started",
        _ => phase.Replace('_', ' '),
    };

    public static string Asked(string of) => of == "card-processor" ? "card processor" : of;

    public static string Act(string act) => act switch
    {
        "retry" => "Retried",
        "compensate" => "Compensated",
        "complete" => "Completed by hand",
        _ => act,
    };

    /// <summary>What kind of thing an event is to its saga: a word for a chip; null for what happened at others.</summary>
    public static string Role(HistoryEvent e) => e.Type switch
    {
        "saga.operator-acted.v1" => "person",
        "saga.went-overdue.v1" or "saga.retried.v1" => "timer",
        "saga.started.v1" or "saga.moved.v1" or "saga.compensation-requested.v1" => "state",
        "saga.step-refused.v1" or "saga.card-answered.v1" => "hears",
        _ => e.Type.StartsWith("command.", StringComparison.Ordinal) ? "asks" : "hears",
    };
}
