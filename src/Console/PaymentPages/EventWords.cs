using System.Text.Json;
using Payments.Console.Text;
using Payments.Contracts.Events;

namespace Payments.Console.PaymentPages;

/// <summary>Events in plain words. One that this console does not know is told by its name: a newer platform must stay readable.</summary>
public static class EventWords
{
    public static string Tell(IRecordedEvent e) => e.Type switch
    {
        "payment.requested.v1" => $"{Payer(e)} asked to pay {Money(e, "terms", "amount")} to {Text(e, "terms", "payee")}",
        "payment.completed.v1" => "The payment is complete",
        "payment.failed.v1" => $"The payment failed: {Code(e)}",
        "payment.refund-requested.v1" => $"A refund of {Money(e, "terms", "amount")} was asked for",
        "payment.refund-completed.v1" => $"{Money(e, "amount")} went back",
        "payment.refund-failed.v1" => $"The refund failed: {Code(e)}",

        "saga.started.v1" => $"Took the {Operation(e)} on",
        "saga.moved.v1" => Moved(e),
        "saga.retried.v1" => $"Asked again while {Phase(Text(e, "in"))}",
        "saga.step-refused.v1" => $"Refused while {Phase(Text(e, "in"))}, and will ask again: {Code(e)}",
        "saga.went-overdue.v1" => $"Heard nothing in time while {Phase(Text(e, "in"))}",
        "saga.compensation-requested.v1" => "Will undo it as soon as the answer is known",
        "saga.operator-acted.v1" => $"{Text(e, "by")} chose to {Text(e, "act").ToLowerInvariant()}: {Text(e, "reason")}",
        "saga.card-answered.v1" => Answered(e),
        "command.wallet.hold-funds.v1" => $"Asked {Giver(e)} wallet to hold {Money(e, "amount")}",
        "command.wallet.credit-funds.v1" => $"Asked {Taker(e)} wallet to take {Money(e, "amount")} in",
        "command.wallet.capture-hold.v1" => $"Asked {Giver(e)} wallet to let the held {Money(e, "amount")} go",
        "command.wallet.release-hold.v1" => $"Asked {Giver(e)} wallet to make the held money available again",
        "command.wallet.reverse-credit.v1" => $"Asked {Taker(e)} wallet to give {Money(e, "amount")} back",
        "command.payment.complete.v1" => "Told the payment to complete",
        "command.payment.fail.v1" => $"Told the payment to fail: {Code(e)}",
        "command.payment.complete-refund.v1" => "Told the payment that the refund is complete",
        "command.payment.fail-refund.v1" => $"Told the payment that the refund failed: {Code(e)}",
        "command.card.authorise.v1" => $"Asked the card processor to set {Money(e, "amount")} aside",
        "command.card.capture.v1" => $"Asked the card processor to take {Money(e, "amount")}",
        "command.card.void.v1" => $"Asked the card processor to let {Money(e, "amount")} go",
        "command.card.refund.v1" => $"Asked the card processor to give {Money(e, "amount")} back",

        "wallet.opened.v1" => $"Opened a wallet in {Text(e, "currency")} for {Text(e, "owner")}",
        "wallet.deposited.v1" => $"{Money(e, "amount")} came in",
        "wallet.withdrawn.v1" => $"{Money(e, "amount")} was taken out",
        "wallet.frozen.v1" => $"Frozen: {Text(e, "reason")}",
        "wallet.unfrozen.v1" => $"No longer frozen: {Text(e, "reason")}",
        "wallet.overdraft-set.v1" =>
            $"May go {Money(e, "limit")} below zero" + (Find(e, ["reason"]) is null ? "" : $": {Text(e, "reason")}"),
        "wallet.funds-held.v1" => $"Held {Money(e, "amount")} of {Giver(e)} money",
        "wallet.funds-insufficient.v1" => $"Could not hold {Money(e, "wanted")}: only {Money(e, "available")} available",
        "wallet.hold-refused.v1" => $"Refused to hold {Money(e, "amount")}: {Code(e)}",
        "wallet.funds-credited.v1" => $"Credited {Money(e, "amount")} to {Taker(e)} wallet",
        "wallet.fee-charged.v1" => $"Charged a fee of {Money(e, "amount")}",
        "wallet.credit-refused.v1" => $"Refused to take {Money(e, "amount")} in: {Code(e)}",
        "wallet.hold-captured.v1" => $"The held {Money(e, "amount")} left {Giver(e)} wallet",
        "wallet.capture-refused.v1" => $"Could not let the held {Money(e, "amount")} go: {Code(e)}",
        "wallet.hold-released.v1" => $"Made the held {Money(e, "amount")} available again",
        "wallet.hold-expired.v1" => $"Nobody took the held {Money(e, "amount")} in time: it is available again",
        "wallet.hold-not-open.v1" => "Nothing was held that could be made available again",
        "wallet.credit-reversed.v1" => $"Gave {Money(e, "amount")} back",
        "wallet.fee-returned.v1" => $"Returned the fee of {Money(e, "amount")}",
        "wallet.credit-reversal-refused.v1" => $"Could not give {Money(e, "amount")} back: {Code(e)}",
        _ => e.Type,
    };

    /// <summary>A class for the words: <c>good</c>, <c>bad</c> or nothing.</summary>
    public static string Tone(IRecordedEvent e) => e.Type switch
    {
        "payment.completed.v1" or "payment.refund-completed.v1" => "good",
        "payment.failed.v1" or "payment.refund-failed.v1" => "bad",
        "wallet.funds-insufficient.v1" or "wallet.hold-refused.v1" or "wallet.credit-refused.v1" => "bad",
        "wallet.capture-refused.v1" or "wallet.credit-reversal-refused.v1" => "bad",
        "saga.went-overdue.v1" or "saga.step-refused.v1" => "bad",
        "saga.card-answered.v1" when Find(e, ["answer", "declineCode"]) is { ValueKind: JsonValueKind.String } => "bad",
        _ => "",
    };

    /// <summary>The stored data, indented.</summary>
    public static string Data(IRecordedEvent e) => JsonText.SetOut(e.Data);

    private static string Moved(IRecordedEvent e) => Text(e, "to") switch
    {
        "Holding" => $"Waits for {Giver(e)} wallet to hold the money",
        "Authorising" => "Waits for the card processor to set the money aside",
        "Crediting" => $"Waits for {Taker(e)} wallet to take the money in",
        "Capturing" => $"Waits for {Giver(e)} wallet to let the money go",
        "CapturingCard" => "Waits for the card processor to take the money",
        "RefundingCard" when Find(e, ["failureCode"]) is { ValueKind: JsonValueKind.String } =>
            $"Undoes it: {FailureWords.Short(Text(e, "failureCode"))}",
        "RefundingCard" => "Waits for the card processor to give the money back",
        "Releasing" or "Reversing" or "Voiding" => $"Undoes it: {FailureWords.Short(Text(e, "failureCode"))}",
        "Completed" => "Ended well",
        "Failed" => $"Ended without moving money: {FailureWords.Short(Text(e, "failureCode"))}",
        var phase => $"Went on to {Phase(phase)}",
    };

    private static string Answered(IRecordedEvent e)
    {
        var act = Phase(Text(e, "answer", "act"));
        return Find(e, ["answer", "declineCode"]) is { ValueKind: JsonValueKind.String } code
            ? $"The card processor declined to {act}: {FailureWords.Short(code.GetString()!)}"
            : $"The card processor approved to {act} {Money(e, "answer", "amount")}";
    }

    // "CapturingCard" as "capturing card".
    private static string Phase(string name) => JsonNamingPolicy.SnakeCaseLower.ConvertName(name).Replace('_', ' ');

    private static string Code(IRecordedEvent e) => FailureWords.Short(Text(e, "code"));

    private static string Payer(IRecordedEvent e) =>
        Find(e, ["terms", "source"]) is null ? Text(e, "terms", "payer") // As the first version stored it.
        : Text(e, "terms", "source", "method") == "card" ? "Somebody with a card"
        : Text(e, "terms", "source", "owner");

    private static string Giver(IRecordedEvent e) => IsRefund(e) ? "the payee's" : "the payer's";

    private static string Taker(IRecordedEvent e) => IsRefund(e) ? "the payer's" : "the payee's";

    private static string Operation(IRecordedEvent e) => IsRefund(e) ? "refund" : "payment";

    /// <summary>A history is correlated by the payment. What is done for another operation is done for one of its refunds.</summary>
    private static bool IsRefund(IRecordedEvent e)
    {
        var operation = Find(e, ["operation"]) is { ValueKind: JsonValueKind.String } told ? told.GetString()
            : e.Stream.StartsWith("saga/", StringComparison.Ordinal) ? e.Stream["saga/".Length..]
            : null;
        return Guid.TryParse(operation, out var id) && id != e.CorrelationId;
    }

    private static string Text(IRecordedEvent e, params ReadOnlySpan<string> path) =>
        Find(e, path) is { ValueKind: JsonValueKind.String } found ? found.GetString()! : "?";

    private static string Money(IRecordedEvent e, params ReadOnlySpan<string> path) =>
        Find(e, path) is { ValueKind: JsonValueKind.Object } money
        && money.TryGetProperty("minor", out var minor) && minor.TryGetInt64(out var amount)
        && money.TryGetProperty("currency", out var currency) && currency.GetString() is { } code
            ? $"{MoneyText.Of(amount, code)} {code}"
            : "?";

    private static JsonElement? Find(IRecordedEvent e, ReadOnlySpan<string> path)
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
