using System.Text.Json;
using System.Text.Json.Serialization;
using Payments.Contracts.DeadLetters;
using Payments.EventStore.Contract;
using Payments.Messaging.Parking;

namespace Payments.Messaging.DeadLetters;

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
[JsonSerializable(typeof(EditRow))]
[JsonSerializable(typeof(DeadLetterSelection))]
internal sealed partial class DeadLetterRows : JsonSerializerContext;
