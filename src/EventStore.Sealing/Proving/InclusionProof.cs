using System.Text.Json;
using System.Text.Json.Serialization;

namespace Payments.EventStore.Sealing.Proving;

/// <summary>
/// Shows that one event is in a log whose seal somebody has noted. A document to hand out; <see cref="ProofVerifier"/> checks it.
/// </summary>
/// <remarks>Hashes and digests are in hexadecimal.</remarks>
/// <param name="Proof">What kind of document it is: <see cref="Kind"/>.</param>
/// <param name="ChainBefore">The hash of the stream's chain before the event.</param>
/// <param name="LaterDigests">The digests of the stream's later events in the same interval: they lead to the head that was sealed.</param>
/// <param name="Path">From that head's leaf to the Merkle root.</param>
/// <param name="Seal">The seal that all this leads to.</param>
/// <param name="LaterSeals">
/// What later seals were made of, where a later one is to be shown: the last of them is the one to compare.
/// </param>
public sealed record InclusionProof(
    string Proof,
    ProvenEvent Event,
    string ChainBefore,
    IReadOnlyList<string> LaterDigests,
    IReadOnlyList<PathStep> Path,
    SealedInterval Interval,
    string PreviousSeal,
    string Seal,
    IReadOnlyList<LaterSeal> LaterSeals)
{
    public const string Kind = "payments.inclusion.v1";

    public string ToJson() => JsonSerializer.Serialize(this, ProofJson.Default.InclusionProof);

    /// <exception cref="JsonException">It is no such document.</exception>
    public static InclusionProof Parse(string json)
    {
        var proof = JsonSerializer.Deserialize(json, ProofJson.Default.InclusionProof);
        return proof is not null && !proof.Path.Contains(null!) && !proof.LaterSeals.Contains(null!)
            ? proof
            : throw new JsonException("Something in the document is null.");
    }
}

/// <summary>An event, with every field that is hashed.</summary>
/// <param name="Data">The event's JSON as text: every character of it is hashed.</param>
/// <param name="RecordedAt">In whole microseconds.</param>
public sealed record ProvenEvent(
    long Position,
    string Stream,
    long Version,
    Guid Id,
    string Type,
    int Schema,
    string Data,
    Guid Correlation,
    Guid? Causation,
    string Actor,
    string? TraceParent,
    string? RoutingKey,
    DateTimeOffset RecordedAt);

/// <summary>A sibling on the way to the Merkle root.</summary>
/// <param name="IsLeft">It stands to the left of what was computed so far.</param>
public sealed record PathStep(bool IsLeft, string Hash);

/// <summary>The interval that the event was sealed in, without its Merkle root, which the proof leads to.</summary>
public sealed record SealedInterval(long Number, long FirstPosition, long LastPosition, string EventHashesDigest, DateTimeOffset SealedAt);

/// <summary>A seal after that of the event.</summary>
public sealed record LaterSeal(SealedInterval Interval, string MerkleRoot);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    WriteIndented = true)]
[JsonSerializable(typeof(InclusionProof))]
internal sealed partial class ProofJson : JsonSerializerContext;
