using Payments.Messaging.Topics;

namespace Payments.Messaging.Envelope;

/// <summary>One message as a consumer sees it: its place, what it is ordered by, who says it, and what it says.</summary>
/// <param name="Topic">Of its logical place (<see cref="TopicSplit"/>): the same wherever the message physically lies.</param>
/// <param name="Partition">Of its logical place.</param>
/// <param name="Offset">On the physical partition that it was read from.</param>
/// <param name="RoutingKey">The Kafka key: messages of one key are in order. See <c>RoutingKey</c>.</param>
/// <param name="Data">UTF-8 JSON of the event or command.</param>
public sealed record Message(
    string Topic,
    int Partition,
    long Offset,
    string RoutingKey,
    MessageHeaders Headers,
    ReadOnlyMemory<byte> Data);

/// <summary>What every message says about itself. The Kafka header of each is in <see cref="HeaderNames"/>.</summary>
public sealed record MessageHeaders
{
    public required Guid Id { get; init; }

    public required string Type { get; init; }

    public required int Schema { get; init; }

    public required string Source { get; init; }

    public required long Position { get; init; }

    /// <summary>
    /// The incarnation of the source that the position belongs to. Null: older than incarnations, or sent by an earlier version; then only
    /// the position is known.
    /// </summary>
    public Guid? Incarnation { get; init; }

    /// <summary>
    /// What the same source put on the same partition before this message, 0 for none. A consumer whose watermark is below it has
    /// missed something (the broker lost data, or trimmed it) and must not go on as if it had not.
    /// </summary>
    public required long Previous { get; init; }

    public required string Stream { get; init; }

    public required long Version { get; init; }

    public required Guid Correlation { get; init; }

    public Guid? Causation { get; init; }

    public required string Actor { get; init; }

    public string? TraceParent { get; init; }

    public required DateTimeOffset Recorded { get; init; }

    /// <summary>The replay that sent it once more; null for a message of the ordinary flow.</summary>
    public Guid? Replay { get; init; }

    /// <summary>The only consumer that a replay is for; null for all.</summary>
    public string? ReplayFor { get; init; }

    /// <summary>The command that came again and has had this as its answer; null for everything else.</summary>
    public Guid? Again { get; init; }
}
