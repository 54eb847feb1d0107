using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Payments.EventStore.Contract;
using Payments.Messaging.Topics;

namespace Payments.Messaging.Lineages;

/// <summary>
/// What a relay says of its log on <see cref="PlatformTopics.ConsumerProgress"/>, twice a second and before it sends: which incarnations
/// the log consists of.
/// </summary>
/// <param name="LineageOf">The name of the log.</param>
/// <param name="Incarnations">The newest of them, oldest first.</param>
public sealed record LineageAnnouncement(string LineageOf, IReadOnlyList<LogIncarnation> Incarnations)
{
    /// <summary>Each start of a database server is one. A fork that lies further back is taken for no kinship at all.</summary>
    private const int IncarnationsMax = 100;

    private static ReadOnlySpan<byte> KeyPrefix => "lineage/"u8;

    /// <summary>
    /// Its key on the topic, which tells it apart from what consumers say: nobody has to try to read the one as the other.
    /// </summary>
    public byte[] Key => [.. KeyPrefix, .. Encoding.UTF8.GetBytes(LineageOf)];

    public static bool IsKey(ReadOnlySpan<byte> key) => key.StartsWith(KeyPrefix);

    public static LineageAnnouncement Of(string log, LogLineage lineage) => new(log, [.. lineage.Incarnations.TakeLast(IncarnationsMax)]);

    public LogLineage Lineage => new(Incarnations);

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, LineageJson.Default.LineageAnnouncement);

    /// <summary>Reads it; null when it is something else.</summary>
    public static LineageAnnouncement? Read(ReadOnlySpan<byte> json)
    {
        try
        {
            var read = JsonSerializer.Deserialize(json, LineageJson.Default.LineageAnnouncement);
            return read is { Incarnations.Count: > 0 } && read.Incarnations.All(i => i is not null) ? read : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true,
    IgnoreReadOnlyProperties = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LineageAnnouncement))]
[JsonSerializable(typeof(LineageRow))]
[JsonSerializable(typeof(List<LogIncarnation>))]
internal sealed partial class LineageJson : JsonSerializerContext;
