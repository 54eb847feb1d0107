using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Payments.Domain;
using Payments.Domain.Payments;
using Payments.Domain.Sagas;
using Payments.Domain.Wallets;

namespace Payments.Contracts.Wire;

/// <summary>The JSON of a whole state: what snapshots keep, and what a person is shown of a past moment.</summary>
/// <remarks>
/// A snapshot is read back as the state that folding the stream would give, to the last detail. So when the form or the meaning of a state
/// changes, <see cref="Schema"/> is raised, and older snapshots are passed over.
/// </remarks>
public static class StateFormat
{
    public const int Schema = 2;

    private static readonly JsonSerializerOptions Json = DomainJson.Options(StateJson.Default);

    public static byte[] Encode(Wallet wallet) => JsonSerializer.SerializeToUtf8Bytes(
        new WalletState(
            wallet.Id,
            wallet.Owner,
            wallet.Status,
            wallet.Posted,
            wallet.Held,
            [.. wallet.Holds.Select(h => HoldState.Of(h.Key, h.Value)).OrderBy(h => h.Hold.Value)],
            [.. wallet.Recent.All.Select(o => new OutcomeState(o.Id, o.Outcome))],
            wallet.Overdraft,
            wallet.Spent),
        Json);

    /// <exception cref="WireFormatException">It is no wallet's state.</exception>
    public static Wallet DecodeWallet(ReadOnlyMemory<byte> json)
    {
        var s = Read<WalletState>(json);
        return new Wallet(
            s.Wallet,
            s.Owner,
            s.Balance,
            s.Held,
            s.Holds.ToImmutableDictionary(
                h => h.Hold,
                h => new OpenHold(h.Operation, new Money(h.Minor, s.Balance.Currency), h.ExpiresAt, h.CountedOn, h.Purpose, h.Reference)),
            s.Recent.Aggregate(RecentOutcomes.None, (recent, o) => recent.Add(o.Id, o.Outcome)),
            s.Status,
            s.Overdraft,
            s.Spent);
    }

    public static byte[] Encode(Payment payment) => JsonSerializer.SerializeToUtf8Bytes(
        new PaymentState(
            payment.Terms,
            payment.Status,
            payment.FailureCode,
            payment.Refunded,
            [.. payment.Refunds.Select(r => new RefundState(r.Key, r.Value.Minor)).OrderBy(r => r.Refund.Value)],
            [.. payment.EndedRefunds.Select(r => new EndedRefundState(r.Key, r.Value)).OrderBy(r => r.Refund.Value)]),
        Json);

    /// <exception cref="WireFormatException">It is no payment's state.</exception>
    public static Payment DecodePayment(ReadOnlyMemory<byte> json)
    {
        var s = Read<PaymentState>(json);
        return new Payment(
            s.Terms,
            s.Status,
            s.FailureCode,
            s.Refunded,
            s.Refunds.ToImmutableDictionary(r => r.Refund, r => new Money(r.Minor, s.Terms.Amount.Currency)),
            s.EndedRefunds.ToImmutableDictionary(r => r.Refund, r => r.Completed));
    }

    public static byte[] Encode(Saga saga) => JsonSerializer.SerializeToUtf8Bytes(saga, Json);

    /// <exception cref="WireFormatException">It is no saga's state.</exception>
    public static Saga DecodeSaga(ReadOnlyMemory<byte> json) => Read<Saga>(json);

    private static T Read<T>(ReadOnlyMemory<byte> json)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(json.Span, Json) ?? throw new WireFormatException("The state is null.");
        }
        catch (Exception fault) when (fault is JsonException or NotSupportedException or InvalidOperationException)
        {
            // The second: nothing says which kind it is. The third: text that is no Unicode.
            throw new WireFormatException($"The state does not fit its schema: {fault.Message}", fault);
        }
    }
}

internal sealed record WalletState(
    WalletId Wallet,
    UserId Owner,
    WalletStatus Status,
    Money Balance,
    Money Held,
    IReadOnlyList<HoldState> Holds,
    IReadOnlyList<OutcomeState> Recent,
    Money Overdraft,
    DaySpending Spent);

internal sealed record HoldState(
    HoldId Hold,
    OperationId Operation,
    long Minor,
    DateTimeOffset ExpiresAt,
    DateOnly? CountedOn,
    HoldPurpose Purpose,
    string? Reference = null)
{
    public static HoldState Of(HoldId id, OpenHold hold) =>
        new(id, hold.Operation, hold.Amount.Minor, hold.ExpiresAt, hold.CountedOn, hold.Purpose, hold.Reference);
}

internal sealed record OutcomeState(Guid Id, WalletOutcomes Outcome);

internal sealed record PaymentState(
    PaymentTerms Terms,
    PaymentStatus Status,
    string? FailureCode,
    Money Refunded,
    IReadOnlyList<RefundState> Refunds,
    IReadOnlyList<EndedRefundState> EndedRefunds);

internal sealed record RefundState(RefundId Refund, long Minor);

internal sealed record EndedRefundState(RefundId Refund, bool Completed);

[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(WalletState))]
[JsonSerializable(typeof(PaymentState))]
[JsonSerializable(typeof(Saga))]
[JsonSerializable(typeof(PaymentSource.OfWallet))]
[JsonSerializable(typeof(PaymentSource.OfTransfer))]
[JsonSerializable(typeof(PaymentSource.OfCard))]
[JsonSerializable(typeof(MoneyMembers))]
internal sealed partial class StateJson : JsonSerializerContext;
