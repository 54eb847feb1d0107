using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Payments.Domain.Payments;
using Payments.Domain.Sagas;
using Payments.Domain.Wallets;

namespace Payments.Domain.Wire;

/// <summary>The JSON of a whole state: what snapshots keep, and what a person is shown of a past moment.</summary>
/// <remarks>
/// A snapshot is read back as the state that folding the stream would give, to the last detail. So when the form or the meaning of a state
/// changes, <see cref="Schema"/> is raised, and older snapshots are passed over.
/// </remarks>
public static class StateFormat
{
    public const int Schema = 1;

    public static byte[] Encode(Wallet wallet) => JsonSerializer.SerializeToUtf8Bytes(
        new WalletState(
            wallet.Id,
            wallet.Owner,
            wallet.Status,
            wallet.Posted,
            wallet.Held,
            [.. wallet.Holds.Select(h => new HoldState(h.Key, h.Value.Minor)).OrderBy(h => h.Hold.Value)],
            [.. wallet.Recent.All.Select(o => new OutcomeState(o.Id, o.Outcome))]),
        StateJson.Default.WalletState);

    /// <exception cref="WireFormatException">It is no wallet's state.</exception>
    public static Wallet DecodeWallet(ReadOnlyMemory<byte> json)
    {
        var s = Read(json, StateJson.Default.WalletState);
        return new Wallet(
            s.Wallet,
            s.Owner,
            s.Balance,
            s.Held,
            s.Holds.ToImmutableDictionary(h => h.Hold, h => new Money(h.Minor, s.Balance.Currency)),
            s.Recent.Aggregate(RecentOutcomes.None, (recent, o) => recent.Add(o.Id, o.Outcome)),
            s.Status);
    }

    public static byte[] Encode(Payment payment) => JsonSerializer.SerializeToUtf8Bytes(
        new PaymentState(payment.Terms, payment.Status, payment.FailureCode), StateJson.Default.PaymentState);

    /// <exception cref="WireFormatException">It is no payment's state.</exception>
    public static Payment DecodePayment(ReadOnlyMemory<byte> json)
    {
        var s = Read(json, StateJson.Default.PaymentState);
        return new Payment(s.Terms, s.Status, s.FailureCode);
    }

    public static byte[] Encode(WalletPaymentSaga saga) => JsonSerializer.SerializeToUtf8Bytes(
        new SagaState(saga.Terms, saga.Phase, saga.Deadline, saga.Overdue, saga.FailureCode), StateJson.Default.SagaState);

    /// <exception cref="WireFormatException">It is no saga's state.</exception>
    public static WalletPaymentSaga DecodeSaga(ReadOnlyMemory<byte> json)
    {
        var s = Read(json, StateJson.Default.SagaState);
        return new WalletPaymentSaga(s.Terms, s.Phase, s.Deadline, s.Overdue, s.FailureCode);
    }

    private static T Read<T>(ReadOnlyMemory<byte> json, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(json.Span, type) ?? throw new WireFormatException("The state is null.");
        }
        catch (JsonException fault)
        {
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
    IReadOnlyList<OutcomeState> Recent);

internal sealed record HoldState(HoldId Hold, long Minor);

internal sealed record OutcomeState(Guid Id, WalletOutcomes Outcome);

internal sealed record PaymentState(PaymentTerms Terms, PaymentStatus Status, string? FailureCode);

internal sealed record SagaState(PaymentTerms Terms, SagaPhase Phase, DateTimeOffset? Deadline, bool Overdue, string? FailureCode);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(WalletState))]
[JsonSerializable(typeof(PaymentState))]
[JsonSerializable(typeof(SagaState))]
internal sealed partial class StateJson : JsonSerializerContext;
