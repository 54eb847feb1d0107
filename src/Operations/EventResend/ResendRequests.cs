using System.Text.Json.Serialization;
using Payments.Contracts;

namespace Payments.Operations.EventResend;

/// <summary>The body of <c>POST event-replays</c> and of its preview.</summary>
/// <param name="To">Absent: for all who read the topics.</param>
/// <param name="RatePerSecond">Messages a second, 1 to 10,000; 100 when absent.</param>
/// <param name="Reason">3 to 500 characters; a preview needs none.</param>
public sealed record ReplayRequest(ReplayFilter Filter, ReplayTarget? To = null, int? RatePerSecond = null, string? Reason = null);

/// <param name="Consumer">The only one of our consumers that handles it; the others skip it.</param>
public sealed record ReplayTarget(string? Consumer = null);

/// <summary>A replay and all that was done with it.</summary>
/// <param name="Percent">Of the positions that it covers.</param>
public sealed record ReplayDetail(Resend Replay, int Percent, IReadOnlyList<ReplayAct> Acts);

/// <summary>The latest replays, the newest first.</summary>
public sealed record ReplayList(IReadOnlyList<Resend> Items);

/// <summary>What an act has led to.</summary>
public sealed record ReplayAnswer(Guid Id, string Status);

/// <summary>What a replay would send now, and who would do anything with it.</summary>
/// <param name="Messages">How many, of the events looked at.</param>
/// <param name="Seconds">How long that takes at the rate that was asked for.</param>
/// <param name="IsComplete">False: the filter reaches beyond <paramref name="LookedAtUpTo"/>, and only what lies before is counted.</param>
/// <param name="Samples">The first few.</param>
public sealed record ReplayPreview(
    long Messages,
    double Seconds,
    bool IsComplete,
    long LookedAtUpTo,
    IReadOnlyList<PreviewedType> Types,
    IReadOnlyList<PreviewedConsumer> Consumers,
    IReadOnlyList<PreviewedMessage> Samples);

/// <param name="WrittenTo">The topics that its messages would be written to now.</param>
public sealed record PreviewedType(string Topic, IReadOnlyList<string> WrittenTo, string Type, long Messages);

/// <summary>A consumer that reads these messages and is not told to skip them.</summary>
/// <param name="AlreadyPast">It skips so many, because it has had them.</param>
/// <param name="NotYetThere">So many are ahead of it: the ordinary flow brings them, and it takes whichever comes first in order.</param>
public sealed record PreviewedConsumer(string Consumer, long Messages, long AlreadyPast, long NotYetThere);

public sealed record PreviewedMessage(
    long Position,
    string Stream,
    long Version,
    string Type,
    Guid EventId,
    Guid CorrelationId,
    DateTimeOffset RecordedAt,
    string Topic,
    int Partition);

/// <summary>The row that <c>apply_event_replay_acts</c> takes.</summary>
internal sealed record ReplayActRow(Guid ReplayId, string Act, string DoneBy, string Reason, DateTimeOffset At)
{
    public string? StreamId { get; init; }

    public IReadOnlyList<string>? Types { get; init; }

    public Guid? CorrelationId { get; init; }

    public long? FromPosition { get; init; }

    public long? ToPosition { get; init; }

    public string? Consumer { get; init; }

    public int? RatePerSecond { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ReplayRequest))]
[JsonSerializable(typeof(ReasonRequest))]
[JsonSerializable(typeof(ReplayDetail))]
[JsonSerializable(typeof(ReplayList))]
[JsonSerializable(typeof(ReplayAnswer))]
[JsonSerializable(typeof(ReplayPreview))]
[JsonSerializable(typeof(ReplayActRow))]
internal sealed partial class ReplayJson : JsonSerializerContext;
