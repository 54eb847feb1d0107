using System.Text.Json;
using System.Text.Json.Serialization;

namespace Payments.Console.Gateway;

/// <summary>Payments that ended lately, and those that failed by their code.</summary>
public sealed record FailureCounts(
    DateTimeOffset From, DateTimeOffset Until, long Completed, long Failed, IReadOnlyList<FailureCount> Items);

public sealed record FailureCount(string Code, string Method, long Count, DateTimeOffset Since, Guid Last);

public sealed record MinuteCounts(DateTimeOffset Minute, string Currency, string Outcome, long Count, decimal Volume);

public sealed record PaymentCounts(DateTimeOffset From, DateTimeOffset Until, IReadOnlyList<MinuteCounts> Items);

/// <summary>The consumer of a service and the relay of its log.</summary>
/// <param name="State"><c>running</c>, <c>paused</c>, <c>trouble</c> or <c>stopped</c>.</param>
/// <param name="Lag">Messages that are not handled yet.</param>
public sealed record ConsumersView(
    string Consumer,
    string State,
    ConsumerPause? Paused,
    long Lag,
    double RatePerSecond,
    DateTimeOffset? HandledAt,
    long RetriedKeys,
    long DeadKeys,
    long Waiting,
    IReadOnlyList<ConsumerMember> Members,
    IReadOnlyList<ConsumerPartition> Partitions,
    RelayView Relay);

public sealed record ConsumerPause(string By, DateTimeOffset At, string Reason);

public sealed record ConsumerMember(
    string Member, string State, string? Trouble, double RatePerSecond, DateTimeOffset? HandledAt, DateTimeOffset SeenAt);

public sealed record ConsumerPartition(
    string Topic, int Partition, string Member, long NextOffset, long EndOffset, long Lag,
    DateTimeOffset? HandledAt, DateTimeOffset SeenAt);

public sealed record RelayView(long Position, long LastPosition, long Lag);

public sealed record SteeredConsumer(string Consumer, bool Paused);

/// <summary>A read model.</summary>
/// <param name="State"><c>Live</c>, <c>Paused</c> and others, as the API names them.</param>
public sealed record ProjectionView(
    string Name,
    bool Inline,
    int Version,
    string State,
    long Position,
    long LastPosition,
    string? Error,
    RebuildView? Rebuild,
    DateTimeOffset? RebuiltAt,
    long Lag)
{
    /// <summary>Events that its tables go without: the database refused them, or one before them in their stream.</summary>
    public long ParkedCount { get; init; }
}

public sealed record RebuildView(
    int Version,
    DateTimeOffset RequestedAt,
    DateTimeOffset? StartedAt,
    long? Position,
    long Total,
    double? EventsPerSecond,
    TimeSpan? Remaining,
    string? Error);

public sealed record ProjectionAnswer(string Projection, string Act);

/// <param name="State"><c>holds</c>, <c>violated</c>, <c>unknown</c> or <c>new</c>.</param>
public sealed record InvariantView(
    string Name,
    string Meaning,
    string State,
    DateTimeOffset? CheckedAt,
    long Checked,
    string? Note,
    DateTimeOffset? CouldNotCheckSince,
    string? Error,
    long OpenAlerts,
    long Suspicions);

public sealed record AlertView(
    long Id,
    string Invariant,
    string Subject,
    string Message,
    AlertEvent? Event,
    JsonElement Details,
    DateTimeOffset FoundAt,
    DateTimeOffset LastSeenAt,
    DateTimeOffset? ClearedAt,
    Acknowledgement? Acknowledged);

/// <summary>The first divergent event, as far as it is known.</summary>
public sealed record AlertEvent(string Stream, long? Version, long? Position, Guid? EventId);

public sealed record Acknowledgement(string By, DateTimeOffset At, string Reason);

public sealed record AlertPage(IReadOnlyList<AlertView> Items, string? Next = null);

/// <summary>What is to go wrong at the stand-in for the card processor.</summary>
public sealed record CardFaults(
    bool Down = false,
    int LatencyMs = 0,
    int DeclinePercent = 0,
    int TimeoutAfterEffectPercent = 0,
    int ErrorPercent = 0,
    long Seed = 0)
{
    [JsonIgnore]
    public bool IsAny => this with { Seed = 0 } != new CardFaults();
}

/// <summary>What an instance of a service runs with.</summary>
public sealed record SettingsView(
    string Service,
    string Version,
    string Runtime,
    string Environment,
    DateTimeOffset StartedAt,
    string Health,
    IReadOnlyList<HealthCheckView> Checks,
    string SplitPhase,
    IReadOnlyList<TopicSettings> Topics,
    IReadOnlyList<SettingGroup> Groups);

public sealed record HealthCheckView(string Name, string Health, string? Note);

public sealed record TopicSettings(string Name, int Partitions, double RetentionHours, string Cleanup, IReadOnlyList<string> Readers);

public sealed record SettingGroup(string Title, IReadOnlyList<SettingView> Settings);

public sealed record SettingView(string Name, string Value);

public sealed record GatewaySettings(
    string Environment, int? RequestsPerMinute, long RequestBodyBytesMax, int AnswerTimeoutMs, int ProbeIntervalMs,
    IReadOnlyList<InstanceView> Instances);

public sealed record InstanceView(string Service, string Instance, string Health, int Requests);
