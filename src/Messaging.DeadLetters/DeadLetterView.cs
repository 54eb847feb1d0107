using System.Text.Json.Serialization;
using Payments.Contracts;
using Payments.Contracts.DeadLetters;
using Payments.Contracts.Replays;

namespace Payments.Messaging.DeadLetters;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DeadLetterPage))]
[JsonSerializable(typeof(DeadLetterDetail))]
[JsonSerializable(typeof(IReadOnlyList<DeadLetterGroup>))]
[JsonSerializable(typeof(ParkedKeyPage))]
[JsonSerializable(typeof(EditRequest))]
[JsonSerializable(typeof(EditAnswer))]
[JsonSerializable(typeof(DiscardRequest))]
[JsonSerializable(typeof(DiscardAnswer))]
[JsonSerializable(typeof(PreviewRequest))]
[JsonSerializable(typeof(PreviewAnswer))]
[JsonSerializable(typeof(VerifyRequest))]
[JsonSerializable(typeof(IReadOnlyList<GroupVerdict>))]
[JsonSerializable(typeof(ReplayRequest))]
[JsonSerializable(typeof(ReplayView))]
[JsonSerializable(typeof(ReplayPage))]
[JsonSerializable(typeof(ReplayDetail))]
[JsonSerializable(typeof(ReasonRequest))]
[JsonSerializable(typeof(ApproveRequest))]
[JsonSerializable(typeof(IReadOnlyList<MoneyView>))]
[JsonSerializable(typeof(List<MoneyView>))]
internal sealed partial class DeadLetterJson : JsonSerializerContext;
