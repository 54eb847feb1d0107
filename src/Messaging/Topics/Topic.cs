namespace Payments.Messaging.Topics;

/// <summary>What the broker does with old messages of a topic.</summary>
public enum CleanupPolicy
{
    /// <summary>Messages go when they are older than the retention.</summary>
    Delete,

    /// <summary>Only the last message of each key is kept, and that too goes when it is older than the retention.</summary>
    CompactAndDelete,
}

/// <summary>
/// One Kafka topic as this platform declares it. The name ends in its version; a change that readers cannot follow is a new topic.
/// </summary>
/// <param name="Name">The literal name on the broker.</param>
/// <param name="Partitions">Fixed for the life of the name: another count would send a key to another partition and lose its order.</param>
/// <param name="Retention">How long the broker keeps a message. The event log is the truth, so this bounds only how long a consumer may
/// be away before it has to be served from the log again.</param>
/// <param name="Cleanup">What happens to old messages.</param>
public sealed record Topic(string Name, int Partitions, TimeSpan Retention, CleanupPolicy Cleanup = CleanupPolicy.Delete)
{
    /// <summary>Ends the name of every dead-letter topic.</summary>
    public const string DeadLettersSuffix = ".dlq";

    /// <summary>The consumers that must see every message: after a loss, what they have not acknowledged is published again.</summary>
    public IReadOnlyList<string> Readers { get; init; } = [];

    /// <summary>
    /// The logs whose relays write to it; empty for a topic that is not of the platform. What another source writes nobody can send again.
    /// </summary>
    public IReadOnlyList<string> Sources { get; init; } = [];

    private static readonly TimeSpan DeadLettersRetention = TimeSpan.FromDays(30);

    /// <summary>
    /// Where copies of this topic's dead letters go. It has the same partitions, and a copy goes to the partition that its message came
    /// from: one key's dead letters stay in order, and the origin can be read off without opening the message.
    /// </summary>
    public Topic DeadLetters => new(Name + DeadLettersSuffix, Partitions, DeadLettersRetention);
}
