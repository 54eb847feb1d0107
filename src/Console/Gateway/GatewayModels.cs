using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Payments.Console.Gateway;

/// <summary>A wallet as the gateway's API tells it. Amounts in minor units.</summary>
public sealed record WalletView(
    Guid WalletId,
    string UserId,
    string Currency,
    long Balance,
    long Held,
    long Available,
    string Status,
    long Version,
    long Overdraft = 0);

public sealed record WalletPage(IReadOnlyList<WalletView> Items, Guid? Next = null);

/// <summary>One movement in a wallet's ledger; the amount is signed, the balance is the one after it.</summary>
public sealed record EntryView(
    long Version,
    string Kind,
    long Amount,
    string Currency,
    long Balance,
    Guid? PaymentId,
    Guid? CounterpartyWalletId,
    string? Reference,
    DateTimeOffset RecordedAt);

public sealed record EntryPage(IReadOnlyList<EntryView> Items, long? Next = null);

/// <param name="PayerWalletId">Null when a card paid.</param>
/// <param name="Fee">Kept back from what the payee got.</param>
public sealed record PaymentView(
    Guid PaymentId,
    string Status,
    string? FailureCode,
    string Method,
    Guid? PayerWalletId,
    Guid PayeeWalletId,
    long Amount,
    string Currency,
    long Fee,
    long RefundedAmount,
    string? Reference,
    DateTimeOffset RequestedAt,
    DateTimeOffset? EndedAt)
{
    [JsonIgnore]
    public bool IsPending => Status == "pending";

    [JsonIgnore]
    public TimeSpan? Took => EndedAt - RequestedAt;
}

public sealed record PaymentPage(IReadOnlyList<PaymentView> Items, Guid? Next = null);

/// <summary>One event, from the log of the named service.</summary>
/// <param name="SchemaVersion">A payment's history does not tell it, nor what follows.</param>
/// <param name="TraceParent">W3C trace context of the work that made it, if traced.</param>
/// <param name="RoutingKey">What its message is ordered by; null also when it is not sent.</param>
public sealed record HistoryEvent(
    string Service,
    long Position,
    string Stream,
    long Version,
    Guid EventId,
    string Type,
    Guid CorrelationId,
    Guid? CausationId,
    string Actor,
    DateTimeOffset RecordedAt,
    JsonElement Data,
    int? SchemaVersion = null,
    string? TraceParent = null,
    string? RoutingKey = null);

public sealed record PaymentHistory(Guid PaymentId, IReadOnlyList<HistoryEvent> Events);

public sealed record SecondCounts(DateTimeOffset At, long Requested, long Completed, long Failed);

public sealed record Latency(double P50, double P99);

/// <summary>Counts of all time, the last minute second by second, and its latency.</summary>
public sealed record PaymentOverview(
    long Pending,
    long Completed,
    long Failed,
    long LastPosition,
    long DeadLetters,
    IReadOnlyList<SecondCounts> PerSecond,
    Latency? LatencyMs);

/// <summary>Sums may be larger than any one wallet can be, so they are decimals without a fraction.</summary>
public sealed record CurrencyTotals(string Currency, long Wallets, decimal Balance, decimal Held);

public sealed record WalletOverview(long Wallets, long LastPosition, long DeadLetters, IReadOnlyList<CurrencyTotals> Currencies);

public sealed record SagaOverview(
    long Holding,
    long Crediting,
    long Capturing,
    long Releasing,
    long Completed,
    long Failed,
    long Overdue,
    long LastPosition,
    long DeadLetters,
    long Stuck = 0,
    IReadOnlyDictionary<string, long>? Phases = null,
    IReadOnlyList<MoneyView>? StuckMoney = null,
    DateTimeOffset? OldestStuck = null)
{
    [JsonIgnore]
    public long InFlight => Phases is { } all
        ? all.Where(p => p.Key is not ("completed" or "failed")).Sum(p => p.Value)
        : Holding + Crediting + Capturing + Releasing;
}

/// <summary>What the console needs of RFC 9457 problem details.</summary>
/// <param name="Errors">What is wrong, by field.</param>
public sealed record ProblemView(string? Title, string? Detail, string? Code, IReadOnlyDictionary<string, string[]>? Errors = null);

/// <remarks>Unlike inside the platform, unknown members are skipped: an older console can watch a newer gateway.</remarks>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(WalletView))]
[JsonSerializable(typeof(WalletPage))]
[JsonSerializable(typeof(EntryPage))]
[JsonSerializable(typeof(PaymentView))]
[JsonSerializable(typeof(PaymentPage))]
[JsonSerializable(typeof(PaymentHistory))]
[JsonSerializable(typeof(PaymentOverview))]
[JsonSerializable(typeof(WalletOverview))]
[JsonSerializable(typeof(SagaOverview))]
[JsonSerializable(typeof(DeadLetterPage))]
[JsonSerializable(typeof(VerifyOrder))]
[JsonSerializable(typeof(List<GroupVerdict>))]
[JsonSerializable(typeof(List<DeadLetterGroup>))]
[JsonSerializable(typeof(ParkedKeyPage))]
[JsonSerializable(typeof(DeadLetterDetail))]
[JsonSerializable(typeof(ActPage))]
[JsonSerializable(typeof(EditOrder))]
[JsonSerializable(typeof(EditAnswer))]
[JsonSerializable(typeof(DiscardOrder))]
[JsonSerializable(typeof(DiscardAnswer))]
[JsonSerializable(typeof(PreviewOrder))]
[JsonSerializable(typeof(PreviewAnswer))]
[JsonSerializable(typeof(ReplayOrder))]
[JsonSerializable(typeof(SteerOrder))]
[JsonSerializable(typeof(ReplayView))]
[JsonSerializable(typeof(ReplayPage))]
[JsonSerializable(typeof(ReplayDetail))]
[JsonSerializable(typeof(SignInOrder))]
[JsonSerializable(typeof(OpenIdSignInOrder))]
[JsonSerializable(typeof(SignInAnswer))]
[JsonSerializable(typeof(MeView))]
[JsonSerializable(typeof(PasswordOrder))]
[JsonSerializable(typeof(NoOrder))]
[JsonSerializable(typeof(NoAnswer))]
[JsonSerializable(typeof(OperatorList))]
[JsonSerializable(typeof(CreateOperatorOrder))]
[JsonSerializable(typeof(RoleOrder))]
[JsonSerializable(typeof(ReasonOrder))]
[JsonSerializable(typeof(OneTimePassword))]
[JsonSerializable(typeof(ApprovalPage))]
[JsonSerializable(typeof(ApprovalView))]
[JsonSerializable(typeof(Anything))]
[JsonSerializable(typeof(ApproveOrder))]
[JsonSerializable(typeof(TrailVerdict))]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(JsonNode))]
[JsonSerializable(typeof(SagaView))]
[JsonSerializable(typeof(SagaPage))]
[JsonSerializable(typeof(List<SagaDefinitionView>))]
[JsonSerializable(typeof(SagaPreviewOrder))]
[JsonSerializable(typeof(SagaActPreview))]
[JsonSerializable(typeof(SagaActOrder))]
[JsonSerializable(typeof(SagaActAnswer))]
[JsonSerializable(typeof(List<SagaActView>))]
[JsonSerializable(typeof(BreakerView))]
[JsonSerializable(typeof(FailureCounts))]
[JsonSerializable(typeof(PaymentCounts))]
[JsonSerializable(typeof(ConsumersView))]
[JsonSerializable(typeof(SteeredConsumer))]
[JsonSerializable(typeof(List<ProjectionView>))]
[JsonSerializable(typeof(ProjectionAnswer))]
[JsonSerializable(typeof(List<InvariantView>))]
[JsonSerializable(typeof(AlertView))]
[JsonSerializable(typeof(AlertPage))]
[JsonSerializable(typeof(CardFaults))]
[JsonSerializable(typeof(List<WalletOwner>))]
[JsonSerializable(typeof(SettingsView))]
[JsonSerializable(typeof(GatewaySettings))]
[JsonSerializable(typeof(EventPage))]
[JsonSerializable(typeof(EventDetail))]
[JsonSerializable(typeof(StateView))]
[JsonSerializable(typeof(StateDiffView))]
[JsonSerializable(typeof(HoldPage))]
[JsonSerializable(typeof(StatementView))]
[JsonSerializable(typeof(RefundList))]
[JsonSerializable(typeof(WalletReasonOrder))]
[JsonSerializable(typeof(OverdraftOrder))]
[JsonSerializable(typeof(ProblemView))]
public sealed partial class GatewayJson : JsonSerializerContext;
