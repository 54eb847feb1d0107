using System.Text.Encodings.Web;
using System.Text.Json;

namespace Payments.Console;

/// <summary>Events in plain words. One that this console does not know is told by its name: a newer platform must stay readable.</summary>
public static class EventWords
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,   // For people; Blazor encodes it for HTML.
        TypeInfoResolver = GatewayJson.Default,
    };

    public static string Tell(HistoryEvent e) => e.Type switch
    {
        "payment.requested.v1" => $"{Text(e, "terms", "payer")} asked to pay {Money(e, "terms", "amount")} to {Text(e, "terms", "payee")}",
        "payment.completed.v1" => "The payment is complete",
        "payment.failed.v1" => $"The payment failed: {FailureWords.Short(Text(e, "code"))}",

        "saga.started.v1" => "Took the payment on",
        "saga.moved.v1" => Moved(e),
        "saga.went-overdue.v1" => $"Heard nothing in time while {Text(e, "in").ToLowerInvariant()}",
        "command.wallet.hold-funds.v1" => $"Asked the payer's wallet to hold {Money(e, "amount")}",
        "command.wallet.credit-funds.v1" => $"Asked the payee's wallet to take {Money(e, "amount")} in",
        "command.wallet.capture-hold.v1" => $"Asked the payer's wallet to let the held {Money(e, "amount")} go",
        "command.wallet.release-hold.v1" => "Asked the payer's wallet to make the held money available again",
        "command.payment.complete.v1" => "Told the payment to complete",
        "command.payment.fail.v1" => $"Told the payment to fail: {FailureWords.Short(Text(e, "code"))}",

        "wallet.funds-held.v1" => $"Held {Money(e, "amount")} of the payer's money",
        "wallet.funds-insufficient.v1" => $"Could not hold {Money(e, "wanted")}: only {Money(e, "available")} available",
        "wallet.funds-credited.v1" => $"Credited {Money(e, "amount")} to the payee",
        "wallet.credit-refused.v1" => $"Refused to take {Money(e, "amount")} in: {FailureWords.Short(Text(e, "code"))}",
        "wallet.hold-captured.v1" => $"The held {Money(e, "amount")} left the payer's wallet",
        "wallet.hold-released.v1" => $"Made the held {Money(e, "amount")} available again",
        _ => e.Type,
    };

    /// <summary>A class for the words: <c>good</c>, <c>bad</c> or nothing.</summary>
    public static string Tone(HistoryEvent e) => e.Type switch
    {
        "payment.completed.v1" => "good",
        "payment.failed.v1" or "wallet.funds-insufficient.v1" or "wallet.credit-refused.v1" or "saga.went-overdue.v1" => "bad",
        _ => "",
    };

    /// <summary>The stored data, indented.</summary>
    public static string Data(HistoryEvent e) => JsonSerializer.Serialize(e.Data, Indented);

    private static string Moved(HistoryEvent e) => Text(e, "to") switch
    {
        "Holding" => "Waits for the payer's wallet to hold the money",
        "Crediting" => "Waits for the payee's wallet to take the money in",
        "Capturing" => "Waits for the payer's wallet to let the money go",
        "Releasing" => $"Undoes it: {FailureWords.Short(Text(e, "failureCode"))}",
        "Completed" => "Ended well",
        "Failed" => $"Ended without moving money: {FailureWords.Short(Text(e, "failureCode"))}",
        var phase => $"Went on to {phase.ToLowerInvariant()}",
    };

    private static string Text(HistoryEvent e, params ReadOnlySpan<string> path) =>
        Find(e, path) is { ValueKind: JsonValueKind.String } found ? found.GetString()! : "?";

    private static string Money(HistoryEvent e, params ReadOnlySpan<string> path) =>
        Find(e, path) is { ValueKind: JsonValueKind.Object } money
        && money.TryGetProperty("minor", out var minor) && minor.TryGetInt64(out var amount)
        && money.TryGetProperty("currency", out var currency) && currency.GetString() is { } code
            ? $"{MoneyText.Of(amount, code)} {code}"
            : "?";

    private static JsonElement? Find(HistoryEvent e, ReadOnlySpan<string> path)
    {
        var here = e.Data;
        foreach (var name in path)
        {
            if (here.ValueKind != JsonValueKind.Object || !here.TryGetProperty(name, out here))
            {
                return null;
            }
        }

        return here;
    }
}
