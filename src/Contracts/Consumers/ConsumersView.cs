namespace Payments.Contracts.Consumers;

/// <summary>The consumer of a service and the relay of its log.</summary>
/// <param name="State">
/// <c>running</c>; <c>paused</c> by a person; <c>trouble</c>: a member cannot go on now and tries again; <c>stopped</c>: no member was
/// seen for ten seconds.
/// </param>
/// <param name="Lag">Messages on the broker that are not handled yet.</param>
/// <param name="RatePerSecond">Messages that its members handle, lately.</param>
/// <param name="RetriedKeys">Keys whose first message has failed and is tried again by itself.</param>
/// <param name="DeadKeys">Keys that wait for a person.</param>
/// <param name="Waiting">Messages behind the first ones of those keys.</param>
public sealed record ConsumersView(
    string Consumer,
    string State,
    PauseView? Paused,
    long Lag,
    double RatePerSecond,
    DateTimeOffset? HandledAt,
    long RetriedKeys,
    long DeadKeys,
    long Waiting,
    IReadOnlyList<MemberView> Members,
    IReadOnlyList<PartitionView> Partitions,
    RelayView Relay);

public sealed record PauseView(string By, DateTimeOffset At, string Reason);

/// <summary>An instance of the service, as it said itself.</summary>
public sealed record MemberView(
    string Member, string State, string? Trouble, double RatePerSecond, DateTimeOffset? HandledAt, DateTimeOffset SeenAt);

/// <param name="Member">Who has the partition, or had it last.</param>
/// <param name="NextOffset">The first that is not handled.</param>
public sealed record PartitionView(
    string Topic,
    int Partition,
    string Member,
    long NextOffset,
    long EndOffset,
    long Lag,
    DateTimeOffset? HandledAt,
    DateTimeOffset SeenAt);

/// <summary>What brings the log of this service to the broker.</summary>
/// <param name="Position">Everything up to this log position is on the broker.</param>
/// <param name="Lag">Events that are not on the broker yet.</param>
public sealed record RelayView(long Position, long LastPosition, long Lag);

public sealed record SteeredConsumer(string Consumer, bool Paused);
