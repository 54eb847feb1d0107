using System.Text.Json;
using System.Text.Json.Serialization;

namespace Payments.EventStore.Sealing.Archives;

/// <summary>The first line of an archive. The lines after it are the events in order, one JSON object each.</summary>
/// <param name="Format">Always <see cref="FormatName"/>.</param>
/// <param name="Month">As <see cref="Partitions.Month"/> is written.</param>
/// <param name="Columns">The members of each event's object.</param>
internal sealed record ArchiveHeader(
    string Format, string Log, string Month, long FirstPosition, long LastPosition, long EventCount, IReadOnlyList<string> Columns)
{
    public const string FormatName = "payments.events.v1";

    public string ToJson() => JsonSerializer.Serialize(this, ArchiveJson.Default.ArchiveHeader);

    /// <exception cref="ArchiveCorruptException">It is none.</exception>
    public static ArchiveHeader Read(string file, string? line)
    {
        try
        {
            return JsonSerializer.Deserialize(line ?? "", ArchiveJson.Default.ArchiveHeader) is { Format: FormatName } header
                ? header
                : throw new ArchiveCorruptException(file, $"its first line does not say that it is {FormatName}.");
        }
        catch (JsonException trouble)
        {
            throw new ArchiveCorruptException(file, "its first line is no header.", trouble);
        }
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ArchiveHeader))]
internal sealed partial class ArchiveJson : JsonSerializerContext;
