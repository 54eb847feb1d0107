namespace Payments.Messaging.Topics;

/// <summary>Every topic of the platform. Nothing else names one, and nothing is created that is not here.</summary>
public static class PlatformTopics
{
    /// <summary>A long weekend without anyone at the desk, and some days to catch up.</summary>
    private static readonly TimeSpan CopiesRetention = TimeSpan.FromDays(7);

    // The logs, by the names of their databases.
    private const string PaymentsLog = "payments";
    private const string WalletsLog = "wallets";
    private const string SagasLog = "sagas";

    /// <summary>What happened to payments and wallets. Wallet flows on even partitions, card flows on odd ones.</summary>
    /// <seealso cref="PaymentEventsPartitioner"/>
    public static readonly Topic PaymentEvents = new("events.payments.v1", 12, CopiesRetention)
    {
        Readers = [ConsumerNames.Saga],
        Sources = [PaymentsLog, WalletsLog],
    };

    /// <summary>Its wallet flows, once it is split: its even partitions.</summary>
    /// <seealso cref="TopicSplit"/>
    public static readonly Topic WalletPaymentEvents =
        new("events.payments.wallet.v1", 6, CopiesRetention) { Readers = [ConsumerNames.Saga], Sources = [PaymentsLog, WalletsLog] };

    /// <summary>Its card flows, once it is split: its odd partitions.</summary>
    public static readonly Topic ExternalPaymentEvents =
        new("events.payments.external.v1", 6, CopiesRetention) { Readers = [ConsumerNames.Saga], Sources = [PaymentsLog, WalletsLog] };

    /// <summary>What sagas ask of wallets: hold, credit, capture, release.</summary>
    public static readonly Topic WalletCommands = new("commands.wallets.v1", 6, CopiesRetention)
    {
        Readers = [ConsumerNames.Wallet],
        Sources = [SagasLog],
    };

    /// <summary>What sagas ask of payments: complete, fail.</summary>
    public static readonly Topic PaymentCommands = new("commands.payments.v1", 6, CopiesRetention)
    {
        Readers = [ConsumerNames.Payment],
        Sources = [SagasLog],
    };

    /// <summary>What happened to sagas.</summary>
    public static readonly Topic SagaEvents = new("events.sagas.v1", 6, CopiesRetention);

    /// <summary>
    /// How far each consumer has come, said again every so often. Only the last word counts and one that is an hour old says nothing, so
    /// this topic is small, has one partition and needs no dead letters.
    /// </summary>
    public static readonly Topic ConsumerProgress = new("progress.consumers.v1", 1, TimeSpan.FromHours(1), CleanupPolicy.CompactAndDelete);

    /// <summary>A topic by name; null for one that is not declared here, or not any more.</summary>
    public static Topic? Find(string topic) => All.FirstOrDefault(t => t.Name == topic);

    /// <summary>Whether a source is one whose relay writes to a topic; of a topic that is not declared here nobody knows.</summary>
    public static bool IsWrittenBy(string topic, string source) =>
        Find(topic)?.Sources is not { Count: > 0 } sources || sources.Contains(source);

    /// <summary>The consumers of a topic by name; none for one that is not declared here any more.</summary>
    public static IReadOnlyList<string> ReadersOf(string topic) => Find(topic)?.Readers ?? [];

    private static readonly Topic[] WithDeadLetters =
        [PaymentEvents, WalletPaymentEvents, ExternalPaymentEvents, WalletCommands, PaymentCommands, SagaEvents];

    /// <summary>All of them with their dead-letter topics, in the order in which they are created.</summary>
    public static IReadOnlyList<Topic> All { get; } =
        [.. WithDeadLetters, .. WithDeadLetters.Select(topic => topic.DeadLetters), ConsumerProgress];
}
