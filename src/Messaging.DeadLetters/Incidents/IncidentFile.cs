using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Payments.Contracts.Events;

namespace Payments.Messaging.DeadLetters.Incidents;

/// <summary>
/// A dead letter in one file, with all that it takes to see it fail again on somebody's desk: the message, the events of the aggregate that
/// it is about, what else belongs to its payment. No person is named in it: see <see cref="PersonalData"/>.
/// </summary>
/// <param name="Format">1; counts up when older readers would misunderstand it.</param>
/// <param name="Log">Of the service that could not handle it: payments, wallets or sagas.</param>
/// <param name="Stream">The aggregate that the message is about; null when the message does not say so.</param>
/// <param name="Events">Of that aggregate until the last failure, oldest first.</param>
/// <param name="IsWhole">False: the first of <paramref name="Events"/> are archived, or there are more than fit.</param>
/// <param name="History">Events of the same correlation in this log and those of other services, no effect before its cause.</param>
/// <param name="Missing">What could not be had, one sentence each.</param>
/// <param name="TraceParent">The trace that the message belongs to (W3C), for whoever has the traces.</param>
public sealed record IncidentFile(
    int Format,
    DateTimeOffset MadeAt,
    string Log,
    string Consumer,
    CapsuleLetter Letter,
    string? Stream,
    IReadOnlyList<CapsuleEvent> Events,
    bool IsWhole,
    IReadOnlyList<HistoryEvent> History,
    IReadOnlyList<string> Missing,
    string? TraceParent)
{
    public const int FormatNow = 1;

    /// <summary>People read it, too: payloads and stacks are full of quotes.</summary>
    private static readonly CapsuleJson Readable =
        new(new JsonSerializerOptions(CapsuleJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <exception cref="JsonException">It is no capsule, or one of a format that is not known here.</exception>
    public static IncidentFile Read(ReadOnlySpan<byte> file)
    {
        var capsule = JsonSerializer.Deserialize(file, CapsuleJson.Default.IncidentFile) ?? throw new JsonException("It is empty.");
        return capsule.Format == FormatNow
            ? capsule
            : throw new JsonException($"Format {capsule.Format} of a capsule is not known here; {FormatNow} is.");
    }

    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, Readable.IncidentFile);
}

/// <summary>The message and its failure.</summary>
/// <param name="Payload">As text; null for what is no text, and so no message of ours.</param>
/// <param name="Bytes">The length of the payload before anything was masked.</param>
public sealed record CapsuleLetter(
    long Id,
    string Status,
    string Topic,
    int Partition,
    long Offset,
    string? RoutingKey,
    IReadOnlyDictionary<string, string> Headers,
    string? Payload,
    int Bytes,
    int Attempts,
    DateTimeOffset ParkedAt,
    DateTimeOffset? FirstFailedAt,
    DateTimeOffset? LastFailedAt,
    string? ErrorType,
    string? Error,
    string? Fingerprint,
    string? Stack);

/// <summary>An event of the aggregate, as it is stored.</summary>
public sealed record CapsuleEvent(
    long Position,
    long Version,
    Guid EventId,
    string Type,
    int Schema,
    DateTimeOffset RecordedAt,
    Guid CorrelationId,
    Guid? CausationId,
    string Actor,
    JsonElement Data);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    WriteIndented = true)]
[JsonSerializable(typeof(IncidentFile))]
public sealed partial class CapsuleJson : JsonSerializerContext;
