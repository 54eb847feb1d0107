using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Payments.EventStore.Contract;

namespace Payments.Operations.Audit;

/// <summary>
/// What a person did, for the record: stored in the transaction of the act. Written by <c>apply_operator_acts</c>, changed by nobody.
/// </summary>
/// <param name="By">The operator, or the API client and whom it names; and who approved it.</param>
/// <param name="Subject">What it was done to, for example <c>saga/…</c>; of a message and a replay it is known without.</param>
public sealed record OperatorAct(
    DateTimeOffset At,
    string By,
    string Act,
    string Reason,
    Guid? ReplayId = null,
    long? MessageId = null,
    JsonNode? Before = null,
    JsonNode? After = null,
    string? Subject = null)
{
    public const string Projection = "operator_acts";

    public const string Edit = "edit";
    public const string Discard = "discard";
    public const string Replay = "replay";

    public ProjectionRow ToRow() => new(Projection, JsonSerializer.SerializeToUtf8Bytes(this, OperatorActJson.Default.OperatorAct));
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(OperatorAct))]
internal sealed partial class OperatorActJson : JsonSerializerContext;
