using Payments.EventStore.Contract;

namespace Payments.Operations.EventResend;

/// <summary>Which events of a log are sent once more. What is null is not asked for.</summary>
/// <param name="StreamId">As it is written, for example <c>wallet/0198c0de-…</c>.</param>
/// <param name="Types">Stored names.</param>
/// <param name="FromPosition">The first position.</param>
/// <param name="ToPosition">The last position.</param>
public sealed record ReplayFilter(
    string? StreamId = null,
    IReadOnlyList<string>? Types = null,
    Guid? CorrelationId = null,
    long? FromPosition = null,
    long? ToPosition = null)
{
    /// <summary>Types in one filter at most.</summary>
    public const int TypesMax = 50;

    internal EventFilter ToEventFilter() => new() { Types = Types, CorrelationId = CorrelationId };
}

/// <summary>A replay as it stands.</summary>
/// <param name="Status"><c>running</c>, <c>paused</c>, <c>completed</c>, <c>cancelled</c> or <c>failed</c>.</param>
/// <param name="Filter">With both positions: the last one was fixed when the replay was started.</param>
/// <param name="Consumer">The only one of our consumers that it is for; null for all.</param>
/// <param name="Position">All up to here is sent.</param>
/// <param name="Sent">Messages, counted once wherever they lie; a crash counts some twice.</param>
/// <param name="Error">What stood in the way last.</param>
public sealed record Resend(
    Guid Id,
    string Status,
    ReplayFilter Filter,
    string? Consumer,
    int RatePerSecond,
    long Position,
    long Sent,
    string StartedBy,
    DateTimeOffset StartedAt,
    DateTimeOffset MovedAt,
    DateTimeOffset? EndedAt,
    string? Error);

/// <summary>What a person did with a replay.</summary>
/// <param name="Act"><c>start</c>, <c>pause</c>, <c>resume</c> or <c>cancel</c>.</param>
public sealed record ReplayAct(string Act, string By, string Reason, DateTimeOffset At);
