namespace Payments.Contracts.Settings;

/// <summary>What an instance of a service runs with.</summary>
/// <param name="Version">Of the program.</param>
/// <param name="SplitPhase">Where payment events are written: <c>single</c>, <c>dual</c> or <c>split</c>.</param>
/// <param name="Groups">Settings in force that operators may see.</param>
public sealed record SettingsView(
    string Service,
    string Version,
    string Runtime,
    string Environment,
    DateTimeOffset StartedAt,
    string Health,
    IReadOnlyList<CheckView> Checks,
    string SplitPhase,
    IReadOnlyList<TopicView> Topics,
    IReadOnlyList<ShownSettings> Groups);

/// <param name="Note">What the check says; never what it threw.</param>
public sealed record CheckView(string Name, string Health, string? Note);

/// <param name="Readers">The consumers that must see every message.</param>
public sealed record TopicView(string Name, int Partitions, double RetentionHours, string Cleanup, IReadOnlyList<string> Readers);

/// <summary>What the gateway runs with, and how it sees the services behind it.</summary>
/// <param name="RequestsPerMinute">Of each client; null: no limit.</param>
/// <param name="Instances">Every instance of every service.</param>
public sealed record GatewaySettingsView(
    string Environment,
    int? RequestsPerMinute,
    long RequestBodyBytesMax,
    int AnswerTimeoutMs,
    int ProbeIntervalMs,
    IReadOnlyList<InstanceView> Instances);

/// <param name="Health"><c>healthy</c>, <c>unhealthy</c>, or <c>unknown</c> while it was not asked yet.</param>
/// <param name="Requests">Under way now.</param>
public sealed record InstanceView(string Service, string Instance, string Health, int Requests);
