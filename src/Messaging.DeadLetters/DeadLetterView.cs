using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Payments.Hosting;
using Payments.Messaging.DeadLetters.Replays;
using Payments.Operations.Audit;
using Payments.Operations.TimeTravel;

namespace Payments.Messaging.DeadLetters;

/// <summary>A dead letter in a list.</summary>
/// <param name="Status"><c>dead</c>; or <c>replayed</c> or <c>discarded</c>, when a person has ended it.</param>
/// <param name="Revision">Counts everything that is done to it.</param>
/// <param name="Amount">Minor units of the money that it is about, as far as that can be read.</param>
/// <param name="Waiting">Messages of its key that wait behind it.</param>
public sealed record DeadLetterView(
    long Id,
    string Consumer,
    string Topic,
    int Partition,
    long Offset,
    string? RoutingKey,
    Guid? MessageId,
    string? MessageType,
    Guid? CorrelationId,
    long? Amount,
    string? Currency,
    string Status,
    long Revision,
    int Attempts,
    DateTimeOffset ParkedAt,
    DateTimeOffset? FirstFailedAt,
    DateTimeOffset? LastFailedAt,
    DateTimeOffset? EndedAt,
    string? ErrorType,
    string? Error,
    string? Fingerprint,
    int Waiting);

/// <param name="Next">Give it as <c>after</c> for the next page.</param>
public sealed record DeadLetterPage(IReadOnlyList<DeadLetterView> Items, string? Next);

/// <summary>All that is known of a dead letter.</summary>
/// <param name="Original">The payload as it came from the broker; null while nobody has edited it.</param>
/// <param name="Behind">The first of those that wait behind it, in order.</param>
/// <param name="Acts">What people have done about it, oldest first.</param>
public sealed record DeadLetterDetail(
    DeadLetterView Letter,
    string? Stack,
    IReadOnlyDictionary<string, string> Headers,
    string? Source,
    long? Position,
    PayloadView Payload,
    PayloadView? Original,
    IReadOnlyList<WaitingView> Behind,
    IReadOnlyList<EditView> Edits,
    IReadOnlyList<ActView> Acts);

/// <summary>A payload in the plainest form that shows all of it: JSON, else text, else base64.</summary>
public sealed record PayloadView(int Bytes, JsonNode? Json = null, string? Text = null, string? Base64 = null);

/// <summary>A message that waits behind another.</summary>
public sealed record WaitingView(long Id, string? MessageType, Guid? MessageId, long? Amount, string? Currency, DateTimeOffset ParkedAt);

/// <param name="Revision">Of the dead letter before.</param>
/// <param name="Before">The payload before.</param>
public sealed record EditView(long Id, long Revision, DateTimeOffset At, string By, string Reason, PayloadView Before);

/// <summary>Dead letters that failed alike.</summary>
/// <param name="Waiting">Messages that wait behind them.</param>
/// <param name="Money">At risk by currency, of the dead letters and of what waits behind them.</param>
/// <param name="Error">Of the newest.</param>
public sealed record DeadLetterGroup(
    string Fingerprint,
    long Count,
    long Waiting,
    IReadOnlyList<MoneyView> Money,
    DateTimeOffset Oldest,
    DateTimeOffset Newest,
    IReadOnlyList<string> Consumers,
    IReadOnlyList<string> Topics,
    IReadOnlyList<string> MessageTypes,
    string ErrorType,
    string Error,
    long SampleId);

/// <summary>A key of which something is parked.</summary>
/// <param name="IsDead">Its head waits for a person, not for its time.</param>
public sealed record ParkedKeyView(
    string Consumer,
    string Topic,
    string RoutingKey,
    long HeadId,
    string? HeadType,
    bool IsDead,
    int Attempts,
    DateTimeOffset? NextRetryAt,
    int Waiting,
    string? ErrorType,
    string? Error,
    DateTimeOffset ParkedAt);

/// <param name="Next">Give it as <c>after</c> for the next page.</param>
public sealed record ParkedKeyPage(IReadOnlyList<ParkedKeyView> Items, long? Next);

/// <summary>A line of a difference: kept (<c>" "</c>), taken away (<c>-</c>) or new (<c>+</c>).</summary>
public sealed record DiffLine(string Op, string Text);

/// <summary>What an edit has done.</summary>
/// <param name="Changes">Member by member, where both payloads are JSON.</param>
/// <param name="Lines">Line by line, JSON set out.</param>
public sealed record EditAnswer(
    long Id, long Revision, long? Amount, string? Currency, IReadOnlyList<StateChange>? Changes, IReadOnlyList<DiffLine> Lines);

public sealed record DiscardAnswer(long Id, string Status, long Revision);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DeadLetterPage))]
[JsonSerializable(typeof(DeadLetterDetail))]
[JsonSerializable(typeof(IReadOnlyList<DeadLetterGroup>))]
[JsonSerializable(typeof(ParkedKeyPage))]
[JsonSerializable(typeof(EditRequest))]
[JsonSerializable(typeof(EditAnswer))]
[JsonSerializable(typeof(DiscardRequest))]
[JsonSerializable(typeof(DiscardAnswer))]
[JsonSerializable(typeof(PreviewRequest))]
[JsonSerializable(typeof(PreviewAnswer))]
[JsonSerializable(typeof(VerifyRequest))]
[JsonSerializable(typeof(IReadOnlyList<GroupVerdict>))]
[JsonSerializable(typeof(ReplayRequest))]
[JsonSerializable(typeof(ReplayView))]
[JsonSerializable(typeof(ReplayPage))]
[JsonSerializable(typeof(ReplayDetail))]
[JsonSerializable(typeof(SteerRequest))]
[JsonSerializable(typeof(ApproveRequest))]
[JsonSerializable(typeof(IReadOnlyList<MoneyView>))]
[JsonSerializable(typeof(List<MoneyView>))]
internal sealed partial class DeadLetterJson : JsonSerializerContext;
