using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Payments.Contracts;
using Payments.Contracts.Approvals;
using Payments.Contracts.Audit;
using Payments.Contracts.Consumers;
using Payments.Contracts.DeadLetters;
using Payments.Contracts.Events;
using Payments.Contracts.Invariants;
using Payments.Contracts.Operators;
using Payments.Contracts.Payments;
using Payments.Contracts.Projections;
using Payments.Contracts.Replays;
using Payments.Contracts.Sagas;
using Payments.Contracts.Settings;
using Payments.Contracts.Wallets;

namespace Payments.Console.Gateway;

public sealed record NoOrder;

/// <summary>Of an order that is answered with nothing.</summary>
public sealed record NoAnswer
{
    public static readonly NoAnswer It = new();
}

/// <summary>An answer of which nothing is needed.</summary>
public sealed record Anything;

/// <summary>What is to go wrong at the stand-in for the card processor.</summary>
public sealed record CardFaults(
    bool Down = false,
    int LatencyMs = 0,
    int DeclinePercent = 0,
    int TimeoutAfterEffectPercent = 0,
    int ErrorPercent = 0,
    long Seed = 0)
{
    [JsonIgnore]
    public bool IsAny => this with { Seed = 0 } != new CardFaults();
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
[JsonSerializable(typeof(VerifyRequest))]
[JsonSerializable(typeof(List<GroupVerdict>))]
[JsonSerializable(typeof(List<DeadLetterGroup>))]
[JsonSerializable(typeof(ParkedKeyPage))]
[JsonSerializable(typeof(DeadLetterDetail))]
[JsonSerializable(typeof(ActPage))]
[JsonSerializable(typeof(EditRequest))]
[JsonSerializable(typeof(EditAnswer))]
[JsonSerializable(typeof(DiscardRequest))]
[JsonSerializable(typeof(DiscardAnswer))]
[JsonSerializable(typeof(PreviewRequest))]
[JsonSerializable(typeof(PreviewAnswer))]
[JsonSerializable(typeof(ReplayRequest))]
[JsonSerializable(typeof(ReasonRequest))]
[JsonSerializable(typeof(ReplayView))]
[JsonSerializable(typeof(ReplayPage))]
[JsonSerializable(typeof(ReplayDetail))]
[JsonSerializable(typeof(SignInRequest))]
[JsonSerializable(typeof(OpenIdSignInRequest))]
[JsonSerializable(typeof(SignInAnswer))]
[JsonSerializable(typeof(MeAnswer))]
[JsonSerializable(typeof(PasswordRequest))]
[JsonSerializable(typeof(NoOrder))]
[JsonSerializable(typeof(NoAnswer))]
[JsonSerializable(typeof(OperatorList))]
[JsonSerializable(typeof(CreateOperatorRequest))]
[JsonSerializable(typeof(RoleRequest))]
[JsonSerializable(typeof(OneTimePasswordAnswer))]
[JsonSerializable(typeof(ApprovalPage))]
[JsonSerializable(typeof(ApprovalView))]
[JsonSerializable(typeof(Anything))]
[JsonSerializable(typeof(ApproveRequest))]
[JsonSerializable(typeof(TrailVerdict))]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(JsonNode))]
[JsonSerializable(typeof(SagaView))]
[JsonSerializable(typeof(SagaPage))]
[JsonSerializable(typeof(List<SagaDefinitionView>))]
[JsonSerializable(typeof(SagaPreviewRequest))]
[JsonSerializable(typeof(SagaActPreview))]
[JsonSerializable(typeof(SagaActRequest))]
[JsonSerializable(typeof(SagaActAnswer))]
[JsonSerializable(typeof(List<SagaActView>))]
[JsonSerializable(typeof(BreakerView))]
[JsonSerializable(typeof(FailureCounts))]
[JsonSerializable(typeof(PaymentCounts))]
[JsonSerializable(typeof(ConsumersView))]
[JsonSerializable(typeof(SteeredConsumer))]
[JsonSerializable(typeof(List<ProjectionView>))]
[JsonSerializable(typeof(ProjectionOrderAnswer))]
[JsonSerializable(typeof(List<InvariantView>))]
[JsonSerializable(typeof(AlertView))]
[JsonSerializable(typeof(AlertPage))]
[JsonSerializable(typeof(CardFaults))]
[JsonSerializable(typeof(List<OwnerView>))]
[JsonSerializable(typeof(SettingsView))]
[JsonSerializable(typeof(GatewaySettingsView))]
[JsonSerializable(typeof(EventPage))]
[JsonSerializable(typeof(EventDetail))]
[JsonSerializable(typeof(StateView))]
[JsonSerializable(typeof(StateDiffView))]
[JsonSerializable(typeof(HoldPage))]
[JsonSerializable(typeof(StatementView))]
[JsonSerializable(typeof(RefundList))]
[JsonSerializable(typeof(OverdraftRequest))]
[JsonSerializable(typeof(ProblemView))]
public sealed partial class GatewayJson : JsonSerializerContext;
