using System.Text.Json;
using System.Text.Json.Serialization;
using Payments.EventStore.Contract;
using Payments.Messaging.Parking;

namespace Payments.Messaging.DeadLetters.Replays;

/// <summary>What is done to a replay, stored in the transaction of the effects. Written by <c>apply_replays</c>.</summary>
public sealed record ReplayRow
{
    public const string Projection = "replays";

    /// <summary><c>items</c> or <c>set</c>.</summary>
    public required string Op { get; init; }

    public required Guid ReplayId { get; init; }

    public required DateTimeOffset At { get; init; }

    public IReadOnlyList<ItemRow>? Items { get; init; }

    /// <summary>Why nothing more is done after these items.</summary>
    public string? Stop { get; init; }

    /// <summary>The statuses that it may have had.</summary>
    public IReadOnlyList<string>? From { get; init; }

    public string? Status { get; init; }

    public string? Note { get; init; }

    /// <summary>The second person, when it is approved by this.</summary>
    public string? ApprovedBy { get; init; }

    /// <summary>Some of its items are done. Refused unless it is running, or when one of them was done before.</summary>
    public static ReplayRow Do(Guid replay, IReadOnlyList<ItemRow> items, string? stop, DateTimeOffset now) =>
        new() { Op = "items", ReplayId = replay, At = now, Items = items, Stop = stop };

    /// <summary>It gets another status. Refused unless it has one of those it may have had.</summary>
    public static ReplayRow Set(Guid replay, IReadOnlyList<string> from, string status, DateTimeOffset now, string? note = null) =>
        new() { Op = "set", ReplayId = replay, At = now, From = from, Status = status, Note = note };

    /// <summary>A second person has agreed. Refused unless it waits for that.</summary>
    public static ReplayRow Approve(Guid replay, string status, string by, DateTimeOffset now) =>
        new() { Op = "set", ReplayId = replay, At = now, From = [Replay.AwaitingApproval], Status = status, ApprovedBy = by };

    public ProjectionRow ToRow() => new(Projection, JsonSerializer.SerializeToUtf8Bytes(this, ReplayJson.Default.ReplayRow));
}

/// <summary>What came of one item.</summary>
/// <param name="Status"><c>applied</c>, <c>failed</c> or <c>skipped</c>.</param>
/// <param name="Error">Of one that was skipped: why.</param>
public sealed record ItemRow(int Ordinal, string Status, string? ErrorType = null, string? Error = null)
{
    public const string Applied = "applied";
    public const string Failed = "failed";
    public const string Skipped = "skipped";

    public static ItemRow Failure(int ordinal, Failure failure) => new(ordinal, Failed, failure.Type, failure.Message);

    public static ItemRow Skip(int ordinal, string why) => new(ordinal, Skipped, null, why);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ReplayRow))]
[JsonSerializable(typeof(IReadOnlyList<ReplayMoney>))]
internal sealed partial class ReplayJson : JsonSerializerContext;
