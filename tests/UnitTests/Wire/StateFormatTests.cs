using System.Text;
using Payments.Domain;
using Payments.Domain.Payments;
using Payments.Domain.Sagas;
using Payments.Domain.Wallets;
using Payments.Domain.Wire;

namespace UnitTests.Wire;

/// <summary>
/// The form of stored snapshots. A test here that fails after a change to a state says: raise <see cref="StateFormat.Schema"/>, and write
/// the new form here.
/// </summary>
public sealed class StateFormatTests
{
    private const string Terms =
        """
        {"payment":"0198c0de-0000-7000-8000-000000000001","payerWallet":"0198c0de-0000-7000-8000-00000000000a","payer":"anna","payeeWallet":"0198c0de-0000-7000-8000-00000000000b","payee":"ben","amount":{"minor":2500,"currency":"EUR"},"reference":null}
        """;

    private static readonly WalletId Anna = new(Guid.Parse("0198c0de-0000-7000-8000-00000000000a"));
    private static readonly PaymentId Payment = new(Guid.Parse("0198c0de-0000-7000-8000-000000000001"));
    private static readonly DateTimeOffset Noon = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_wallet()
    {
        var hold = HoldId.For(Payment);
        var wallet = new WalletEvent[]
        {
            new WalletEvent.Opened(Anna, UserId.Parse("anna"), Currency.Parse("EUR")),
            new WalletEvent.Deposited(MovementId.For(Payment), Euro(10_000), null),
            new WalletEvent.FundsCredited(Payment, Euro(70), Anna),
            new WalletEvent.FundsHeld(hold, Payment, Euro(2_500), Noon),
        }.Aggregate((Wallet?)null, Wallet.Evolve)!;

        Assert.Equal(1, StateFormat.Schema);
        Assert.Equal(
            $$$"""{"wallet":"{{{Anna.Value}}}","owner":"anna","status":"Active","balance":{"minor":10070,"currency":"EUR"},"held":{"minor":2500,"currency":"EUR"},"holds":[{"hold":"{{{hold.Value}}}","minor":2500}],"recent":[{"id":"{{{Payment.Value}}}","outcome":"Credited"}]}""",
            Encoding.UTF8.GetString(StateFormat.Encode(wallet)));
    }

    [Theory]
    [InlineData("""{"terms":T,"status":"Pending","failureCode":null}""")]
    [InlineData("""{"terms":T,"status":"Failed","failureCode":"insufficient_funds"}""")]
    public void A_payment(string form)
    {
        var json = form.Replace(":T", ":" + Terms.Trim(), StringComparison.Ordinal);
        var payment = StateFormat.DecodePayment(Encoding.UTF8.GetBytes(json));

        Assert.Equal(form.Contains("Failed", StringComparison.Ordinal) ? PaymentStatus.Failed : PaymentStatus.Pending, payment.Status);
        Assert.Equal(json, Encoding.UTF8.GetString(StateFormat.Encode(payment)));
    }

    [Theory]
    [InlineData("""{"terms":T,"phase":"Crediting","deadline":"2026-01-31T12:02:00+00:00","overdue":true,"failureCode":null}""")]
    [InlineData("""{"terms":T,"phase":"Failed","deadline":null,"overdue":false,"failureCode":"insufficient_funds"}""")]
    public void A_saga(string form)
    {
        var json = form.Replace(":T", ":" + Terms.Trim(), StringComparison.Ordinal);
        var saga = StateFormat.DecodeSaga(Encoding.UTF8.GetBytes(json));

        Assert.Equal(form.Contains("Crediting", StringComparison.Ordinal) ? SagaPhase.Crediting : SagaPhase.Failed, saga.Phase);
        Assert.Equal(json, Encoding.UTF8.GetString(StateFormat.Encode(saga)));
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

    private static Money Euro(long minor) => new(minor, Currency.Parse("EUR"));
}
