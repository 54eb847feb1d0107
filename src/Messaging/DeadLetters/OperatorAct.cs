using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Payments.Contracts.DeadLetters;
using Payments.EventStore;
using Payments.Messaging.Parking;

namespace Payments.Messaging.DeadLetters;

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

    public ProjectionRow ToRow() => new(Projection, JsonSerializer.SerializeToUtf8Bytes(this, DeadLetterRows.Default.OperatorAct));
}

/// <summary>Another payload for a dead letter; the one before is kept. Written by <c>apply_dead_letter_edits</c>.</summary>
/// <param name="Revision">Of the dead letter as it was looked at.</param>
public sealed record EditRow(
    long MessageId, long Revision, DateTimeOffset At, string By, string Reason, byte[] Payload, long? Amount, string? Currency)
{
    public const string Projection = "dead_letter_edits";

    public static EditRow Of(ParkedMessage letter, byte[] payload, DateTimeOffset at, string by, string reason)
    {
        var money = MoneyAtRisk.Of(payload);
        return new(letter.Id, letter.Revision, at, by, reason, payload, money?.Amount, money?.Currency);
    }

    public ProjectionRow ToRow() => new(Projection, JsonSerializer.SerializeToUtf8Bytes(this, DeadLetterRows.Default.EditRow));
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(OperatorAct))]
[JsonSerializable(typeof(EditRow))]
[JsonSerializable(typeof(DeadLetterSelection))]
internal sealed partial class DeadLetterRows : JsonSerializerContext;
