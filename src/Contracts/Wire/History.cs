using System.Text.Json.Nodes;
using Payments.Domain.Sagas;

namespace Payments.Contracts.Wire;

/// <summary>
/// One step in the history of a stored type: what schema version <paramref name="From"/> would look like, had it been written as the next.
/// </summary>
/// <param name="Lift">A pure function of the JSON alone. It may change what it is given.</param>
public sealed record Upcaster(string Name, int From, Func<JsonObject, JsonObject> Lift);

/// <summary>How what was stored in the past is read today.</summary>
internal static class History
{
    public static readonly IReadOnlyList<Upcaster> Steps =
    [
        // 2026-11: refunds move money too, so what moves it is an operation; limits count by day; payments come from cards and leave a fee.
        new("wallet.withdrawn.v1", 1, json => With(json, "on", null)),
        new("wallet.funds-held.v1", 1, json => With(With(OfOperation(json), "purpose", "Payment"), "on", null)),
        new("wallet.funds-insufficient.v1", 1, OfOperation),
        new("wallet.hold-released.v1", 1, OfOperation),
        new("wallet.hold-captured.v1", 1, OfOperation),
        new("wallet.funds-credited.v1", 1, OfOperation),
        new("wallet.credit-refused.v1", 1, OfOperation),
        new("command.wallet.hold-funds.v1", 1, json => With(OfOperation(json), "purpose", "Payment")),
        new("command.wallet.release-hold.v1", 1, OfOperation),
        new("command.wallet.capture-hold.v1", 1, OfOperation),
        new("command.wallet.credit-funds.v1", 1, json => With(OfOperation(json), "fee", Nothing(json["amount"]!))),
        new("payment.requested.v1", 1, json => With(json, "terms", WithSource(json["terms"]!.AsObject()))),
        new("saga.started.v1", 1, Started),
    ];

    private static JsonObject Started(JsonObject json)
    {
        var payment = WithSource(json["terms"]!.AsObject());
        json["definition"] = SagaNames.WalletPayment;
        json["terms"] = new JsonObject
        {
            ["operation"] = payment["payment"]!.DeepClone(),
            ["payment"] = payment,
            ["amount"] = payment["amount"]!.DeepClone(),
        };
        return json;
    }

    private static JsonObject OfOperation(JsonObject json)
    {
        json["operation"] = json["payment"]!.DeepClone();
        json.Remove("payment");
        return json;
    }

    private static JsonObject WithSource(JsonObject terms)
    {
        var lifted = terms.DeepClone().AsObject();
        lifted["source"] = new JsonObject
        {
            ["method"] = "wallet",
            ["wallet"] = terms["payerWallet"]!.DeepClone(),
            ["owner"] = terms["payer"]!.DeepClone(),
        };
        lifted["fee"] = Nothing(terms["amount"]!);
        lifted.Remove("payerWallet");
        lifted.Remove("payer");
        return lifted;
    }

    private static JsonObject Nothing(JsonNode amount) => new() { ["minor"] = 0, ["currency"] = amount["currency"]!.DeepClone() };

    private static JsonObject With(JsonObject json, string member, JsonNode? value)
    {
        json[member] = value;
        return json;
    }
}
