using Payments.Messaging.Relay;

namespace Payments.Messaging.Topics;

/// <summary>Where relays write the payment events while their topic is split in two. See docs/decisions/008-topic-split.md.</summary>
public enum SplitPhase
{
    /// <summary>On <see cref="PlatformTopics.PaymentEvents"/> alone.</summary>
    Single,

    /// <summary>There and on its half: the same message with the same headers, twice.</summary>
    Dual,

    /// <summary>
    /// On the halves alone: <see cref="PlatformTopics.WalletPaymentEvents"/> and <see cref="PlatformTopics.ExternalPaymentEvents"/>.
    /// </summary>
    Split,
}

/// <summary>
/// The one place that knows how a topic and its halves lie to each other. A message's place is <b>logical</b>: a partition of the topic as
/// it was before it was split. Order, watermarks and acknowledgements go by it, wherever the message physically lies.
/// </summary>
/// <remarks>
/// Partition <c>k</c> of the wallet flows is logical partition <c>2k</c>, partition <c>k</c> of the external (card) flows is
/// <c>2k+1</c>: as <see cref="PaymentEventsPartitioner"/> has laid them out. Every other topic is its own. Pure, and fixed for ever.
/// </remarks>
public static class TopicSplit
{
    private static readonly IReadOnlyList<Topic> PaymentEventTopics =
        [PlatformTopics.PaymentEvents, PlatformTopics.WalletPaymentEvents, PlatformTopics.ExternalPaymentEvents];

    private static readonly PartitionOf[][][] PaymentEventPlaces =
    [
        .. Enum.GetValues<SplitPhase>().Select(phase =>
            Enumerable.Range(0, PlatformTopics.PaymentEvents.Partitions).Select(partition => PlacesOf(partition, phase)).ToArray()),
    ];

    /// <summary>All topics on which messages of a logical topic may lie, and which its consumers therefore read.</summary>
    public static IReadOnlyList<Topic> TopicsOf(Topic logical)
    {
        ArgumentNullException.ThrowIfNull(logical);
        return logical.Name == PlatformTopics.PaymentEvents.Name ? PaymentEventTopics : [logical];
    }

    /// <summary>The logical place of what lies on a physical partition. A logical place is its own.</summary>
    public static PartitionOf Logical(PartitionOf physical) =>
        physical.Topic == PlatformTopics.WalletPaymentEvents.Name ? new(PlatformTopics.PaymentEvents.Name, 2 * physical.Partition)
        : physical.Topic == PlatformTopics.ExternalPaymentEvents.Name ? new(PlatformTopics.PaymentEvents.Name, (2 * physical.Partition) + 1)
        : physical;

    /// <summary>The physical partitions to which a message of a logical one is written in a phase: the same list each time.</summary>
    public static IReadOnlyList<PartitionOf> Physical(PartitionOf logical, SplitPhase phase) =>
        IsSplit(logical) ? PaymentEventPlaces[(int)phase][logical.Partition] : [logical];

    /// <summary>Whether messages of this logical partition may lie on more than one physical one.</summary>
    public static bool IsSplit(PartitionOf logical) => logical.Topic == PlatformTopics.PaymentEvents.Name;

    private static PartitionOf[] PlacesOf(int partition, SplitPhase phase)
    {
        var whole = new PartitionOf(PlatformTopics.PaymentEvents.Name, partition);
        var topic = partition % 2 == 0 ? PlatformTopics.WalletPaymentEvents : PlatformTopics.ExternalPaymentEvents;
        var half = new PartitionOf(topic.Name, partition / 2);
        return phase switch
        {
            SplitPhase.Single => [whole],
            SplitPhase.Dual => [whole, half],
            _ => [half],
        };
    }
}
