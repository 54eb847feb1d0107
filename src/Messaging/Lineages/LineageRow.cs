using System.Text.Json;
using Payments.EventStore.Contract;

namespace Payments.Messaging.Lineages;

/// <summary>
/// What a consumer notes of a log that it reads: its lineage, that it was restored, or both. Written by <c>apply_source_lineages</c>.
/// </summary>
/// <param name="Incarnations">Null: the lineage stays as it is.</param>
/// <param name="Evidence">Null: nothing shows that the log was restored.</param>
public sealed record LineageRow(
    string Consumer,
    string Source,
    DateTimeOffset At,
    IReadOnlyList<LogIncarnation>? Incarnations = null,
    Guid? Incarnation = null,
    long? BeginsAfter = null,
    string? Evidence = null)
{
    public const string Projection = "source_lineages";

    /// <summary>A lineage is taken over.</summary>
    /// <param name="wentBack">The watermarks that lay beyond what the log still has; empty when none did.</param>
    public static LineageRow Adopt(
        string consumer, string source, LogLineage lineage, long fork, IReadOnlyList<WatermarkMove> wentBack, DateTimeOffset at) => new(
        consumer,
        source,
        at,
        lineage.Incarnations,
        wentBack.Count == 0 ? null : lineage.Latest.Id,
        wentBack.Count == 0 ? null : fork,
        wentBack.Count == 0
            ? null
            : $"{consumer} has handled messages up to position {wentBack.Max(m => m.From)}. What they did stands; positions after {fork} "
                + "are other events now, and are handled as they come.");

    /// <summary>A message came that the log does not have any more.</summary>
    public static LineageRow Lost(string consumer, string source, LogLineage lineage, long position, DateTimeOffset at) => new(
        consumer,
        source,
        at,
        null,
        lineage.Latest.Id,
        lineage.Latest.BeginsAfter,
        $"Messages of the log as it was before lie on the topics, position {position} first. They are dead letters, and are not carried "
            + "out.");

    public ProjectionRow ToRow() => new(Projection, JsonSerializer.SerializeToUtf8Bytes(this, LineageJson.Default.LineageRow));

    public static LineageRow Read(ProjectionRow row) => JsonSerializer.Deserialize(row.Json.Span, LineageJson.Default.LineageRow)!;
}
