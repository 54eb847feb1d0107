using System.Text.Json;
using System.Text.Json.Serialization;
using Payments.Messaging.Topics;

namespace Payments.Messaging.Relay;

/// <summary>
/// What a consumer says of itself on <see cref="PlatformTopics.ConsumerProgress"/>: how far it has come with the messages of one source.
/// </summary>
/// <param name="Gap">It met a message whose predecessor it has not seen: the broker lost something, and it waits for it.</param>
/// <param name="Lineage">
/// The latest incarnation of the source that the consumer knows of, in which its positions are meant. Null: it has heard of none, or is of
/// an earlier version.
/// </param>
/// <param name="Incarnation">That of the consumer's own database. Null from an earlier version.</param>
public sealed record ConsumerProgress(
    string Consumer,
    string Source,
    IReadOnlyList<PartitionProgress> Partitions,
    bool Gap,
    Guid? Lineage = null,
    Guid? Incarnation = null)
{
    /// <summary>
    /// By topic, the partitions that the member who says this has now, and so speaks for; null from one of a version that did not say. It
    /// tells how far the consumer has come on others too, but whether anybody reads those at the moment it does not know.
    /// </summary>
    public IReadOnlyDictionary<string, IReadOnlyList<int>>? Assigned { get; init; }

    /// <summary><see cref="Assigned"/>, one by one.</summary>
    public IReadOnlyList<PartitionOf>? AssignedPartitions() =>
        Assigned is null ? null : [.. Assigned.SelectMany(of => of.Value.Select(partition => new PartitionOf(of.Key, partition)))];

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, ConsumerProgressJson.Default.ConsumerProgress);

    /// <summary>Reads it; null when it is not one of a consumer of ours, which costs nothing but a late acknowledgement.</summary>
    public static ConsumerProgress? Read(ReadOnlySpan<byte> json)
    {
        try
        {
            var progress = JsonSerializer.Deserialize(json, ConsumerProgressJson.Default.ConsumerProgress);
            return progress is not null && PlatformTopics.All.Any(t => t.Readers.Contains(progress.Consumer))
                && progress.Partitions.All(p => IsRead(progress.Consumer, p))
                && (progress.Assigned is null || progress.Assigned.Values.All(partitions => (object?)partitions is not null))
                    ? progress
                    : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // What nobody reads cannot have been handled, and what makes no sense must not get into the relay's books.
    private static bool IsRead(string consumer, PartitionProgress? place) =>
        place is { Partition: >= 0, Position: >= 0 }
        && PlatformTopics.Find(place.Topic) is { } topic
        && place.Partition < topic.Partitions
        && topic.Readers.Contains(consumer);
}

public sealed record PartitionProgress(string Topic, int Partition, long Position);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ConsumerProgress))]
internal sealed partial class ConsumerProgressJson : JsonSerializerContext;
