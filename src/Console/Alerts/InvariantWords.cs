using Payments.Contracts.Invariants;

namespace Payments.Console.Alerts;

/// <summary>Invariants by short names, and where the event is that an alert points to.</summary>
public static class InvariantWords
{
    /// <summary>The one that says that no money comes from or goes to nowhere.</summary>
    public const string Money = "money-adds-up";

    /// <summary><c>money-adds-up</c> as <c>Money adds up</c>.</summary>
    public static string Title(string name) => name.Length == 0 ? "" : char.ToUpperInvariant(name[0]) + name[1..].Replace('-', ' ');

    /// <summary>The event by its position where that is known, else its stream, in the log that streams of its type belong to.</summary>
    public static string EventHref(AlertEventView e)
    {
        var log = e.Stream.Split('/')[0] switch
        {
            "wallet" => "wallets",
            "saga" => "sagas",
            _ => "payments",
        };
        return e.Position is { } position ? $"events/{log}/{position}" : $"streams/{log}/{Uri.EscapeDataString(e.Stream)}";
    }
}
