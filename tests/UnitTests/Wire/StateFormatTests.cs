using System.Text;
using Payments.Contracts.Wire;
using Payments.Domain;
using Payments.Domain.Payments;
using Payments.Domain.Sagas;
using Payments.Domain.Wallets;

namespace UnitTests.Wire;

/// <summary>
/// The form of stored snapshots. A test here that fails after a change to a state says: raise <see cref="StateFormat.Schema"/>, and write
/// the new form here.
/// </summary>
public sealed class StateFormatTests
{
    private const string Id = "0198c0de-0000-7000-8000-000000000001";
    private const string Refund = "0198c0de-0000-7000-8000-000000000004";

    private static readonly WalletId Anna = new(Guid.Parse("0198c0de-0000-7000-8000-00000000000a"));
    private static readonly WalletId Ben = new(Guid.Parse("0198c0de-0000-7000-8000-00000000000b"));
    private static readonly PaymentId Paid = new(Guid.Parse(Id));
    private static readonly OperationId Operation = OperationId.For(Paid);
    private static readonly DateTimeOffset Noon = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    private static readonly PaymentTerms Terms = new(
        Paid, new PaymentSource.OfWallet(Anna, UserId.Parse("anna")), Ben, UserId.Parse("ben"), Euro(2_500), Euro(35), null);

    private static readonly string TermsJson = OneLine(
        $$$"""
        {"payment":"{{{Id}}}","source":{"method":"wallet","wallet":"{{{Anna}}}","owner":"anna"},"payeeWallet":"{{{Ben}}}","payee":"ben",
        "amount":{"minor":2500,"currency":"EUR"},"fee":{"minor":35,"currency":"EUR"},"reference":null}
        """);

    private static readonly string SagaTermsJson =
        $$$"""{"operation":"{{{Id}}}","payment":{{{TermsJson}}},"amount":{"minor":2500,"currency":"EUR"}}""";

    [Fact]
    public void The_forms_here_are_of_this_schema() => Assert.Equal(2, StateFormat.Schema);

    [Fact]
    public void A_wallet()
    {
        var wallet = new WalletEvent[]
        {
            new WalletEvent.Opened(Anna, UserId.Parse("anna"), Currency.Parse("EUR")),
            new WalletEvent.Deposited(new MovementId(Paid.Value), Euro(10_000), null),
            new WalletEvent.FundsCredited(Operation, Euro(70), Ben),
            new WalletEvent.FundsHeld(HoldId.For(Operation), Operation, Euro(2_500), Noon, HoldPurpose.Payment, new DateOnly(2026, 1, 31)),
            new WalletEvent.OverdraftSet(Euro(50)),
            new WalletEvent.Frozen("lost phone"),
        }.Aggregate((Wallet?)null, Wallet.Evolve)!;

        var json = OneLine(
            $$$"""
            {"wallet":"{{{Anna}}}","owner":"anna","status":"Frozen","balance":{"minor":10070,"currency":"EUR"},
            "held":{"minor":2500,"currency":"EUR"},"holds":[{"hold":"{{{Id}}}","operation":"{{{Id}}}","minor":2500,
            "expiresAt":"2026-01-31T12:00:00+00:00","countedOn":"2026-01-31","purpose":"Payment"}],
            "recent":[{"id":"{{{Id}}}","outcome":"Credited"}],"overdraft":{"minor":50,"currency":"EUR"},
            "spent":{"day":"2026-01-31","minor":2500}}
            """);
        Assert.Equal(json, Encoding.UTF8.GetString(StateFormat.Encode(wallet)));
        Assert.Equal(json, Encoding.UTF8.GetString(StateFormat.Encode(StateFormat.DecodeWallet(Encoding.UTF8.GetBytes(json)))));
    }

    [Fact]
    public void A_payment_and_its_refunds()
    {
        var other = new RefundId(Guid.Parse("0198c0de-0000-7000-8000-000000000005"));
        var (first, requested) = (new RefundId(Guid.Parse(Refund)), new PaymentEvent.Requested(Terms));
        var refunds = new PaymentEvent[]
        {
            requested,
            new PaymentEvent.Completed(Paid),
            new PaymentEvent.RefundRequested(new RefundTerms(first, Terms, Euro(1_000), null)),
            new PaymentEvent.RefundCompleted(Paid, first, Euro(1_000)),
            new PaymentEvent.RefundRequested(new RefundTerms(other, Terms, Euro(200), "broken")),
        };

        IsWrittenAs(
            $$$"""
            {"terms":{{{TermsJson}}},"status":"Failed","failureCode":"x","refunded":{"minor":0,"currency":"EUR"},
            "refunds":[],"endedRefunds":[]}
            """,
            requested,
            new PaymentEvent.Failed(Paid, "x"));
        IsWrittenAs(
            $$$"""
            {"terms":{{{TermsJson}}},"status":"PartiallyRefunded","failureCode":null,"refunded":{"minor":1000,"currency":"EUR"},
            "refunds":[{"refund":"{{{other}}}","minor":200}],"endedRefunds":[{"refund":"{{{Refund}}}","completed":true}]}
            """,
            refunds);
    }

    [Fact]
    public void A_saga()
    {
        IsWrittenAs(
            $$$"""
            {"definition":"wallet-payment","terms":{{{SagaTermsJson}}},"phase":"Crediting","deadline":"2026-01-31T12:02:00+00:00",
            "attempt":3,"overdue":true,"failureCode":null,"refusalCode":null,"compensationRequested":true}
            """,
            new Saga("wallet-payment", SagaTerms.Of(Terms), "Crediting", Noon.AddMinutes(2), 3, true, null, null, true));
        IsWrittenAs(
            $$$"""
            {"definition":"card-payment","terms":{{{SagaTermsJson}}},"phase":"Failed","deadline":null,
            "attempt":1,"overdue":false,"failureCode":"x","refusalCode":"y","compensationRequested":false}
            """,
            new Saga("card-payment", SagaTerms.Of(Terms), "Failed", null, 1, false, "x", "y", false));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("{")]
    public void What_is_no_state_is_refused(string json)
    {
        var bytes = Encoding.UTF8.GetBytes(json);
        Assert.Throws<WireFormatException>(() => StateFormat.DecodeWallet(bytes));
        Assert.Throws<WireFormatException>(() => StateFormat.DecodePayment(bytes));
        Assert.Throws<WireFormatException>(() => StateFormat.DecodeSaga(bytes));
    }

    [Fact]
    public void A_state_that_does_not_say_what_pays_is_refused()
    {
        var saga = new Saga("wallet-payment", SagaTerms.Of(Terms), "Holding", Noon, 1, false, null, null, false);
        var json = Encoding.UTF8.GetString(StateFormat.Encode(saga)).Replace("\"method\":\"wallet\",", "", StringComparison.Ordinal);

        Assert.Throws<WireFormatException>(() => StateFormat.DecodeSaga(Encoding.UTF8.GetBytes(json)));
    }

    private static void IsWrittenAs(string lines, params PaymentEvent[] history)
    {
        var (json, payment) = (OneLine(lines), history.Aggregate((Payment?)null, Payment.Evolve)!);

        Assert.Equal(json, Encoding.UTF8.GetString(StateFormat.Encode(payment)));
        Assert.Equal(json, Encoding.UTF8.GetString(StateFormat.Encode(StateFormat.DecodePayment(Encoding.UTF8.GetBytes(json)))));
    }

    private static void IsWrittenAs(string lines, Saga saga)
    {
        var json = OneLine(lines);

        Assert.Equal(json, Encoding.UTF8.GetString(StateFormat.Encode(saga)));
        Assert.Equal(saga, StateFormat.DecodeSaga(Encoding.UTF8.GetBytes(json)));
    }

    private static string OneLine(string lines) => string.Concat(lines.Split('\n'));

    private static Money Euro(long minor) => new(minor, Currency.Parse("EUR"));
}
