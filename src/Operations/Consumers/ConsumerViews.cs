using System.Text.Json.Serialization;
using Payments.Contracts;
using Payments.Contracts.Consumers;

namespace Payments.Operations.Consumers;

/// <summary>The row that <c>apply_consumer_pauses</c> takes.</summary>
internal sealed record ConsumerPauseRow(string Consumer, bool Paused, string By, DateTimeOffset At, string Reason);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ConsumersView))]
[JsonSerializable(typeof(ConsumerPauseRow))]
[JsonSerializable(typeof(SteeredConsumer))]
[JsonSerializable(typeof(ReasonRequest))]
internal sealed partial class ConsumerJson : JsonSerializerContext;
