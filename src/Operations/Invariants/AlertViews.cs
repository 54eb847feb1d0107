using System.Text.Json.Serialization;
using Payments.Contracts;
using Payments.Contracts.Invariants;

namespace Payments.Operations.Invariants;

/// <summary>The row that <c>apply_alert_acknowledgements</c> takes.</summary>
internal sealed record AcknowledgementRow(long Id, string By, DateTimeOffset At, string Reason);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(IReadOnlyList<InvariantView>))]
[JsonSerializable(typeof(AlertPage))]
[JsonSerializable(typeof(AlertView))]
[JsonSerializable(typeof(ReasonRequest))]
[JsonSerializable(typeof(AcknowledgementRow))]
internal sealed partial class AlertJson : JsonSerializerContext;
