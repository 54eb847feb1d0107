using System.Text.Json;
using System.Text.Json.Serialization;

namespace Payments.Console.Gateway;

/// <summary>A message that could not be handled. Amounts in minor units; what is waiting waits behind it, in order.</summary>
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
    int Waiting)
{
    [JsonIgnore]
    public bool IsDead => Status == "dead";
}

public sealed record DeadLetterPage(IReadOnlyList<DeadLetterView> Items, string? Next = null);

public sealed record MoneyView(string Currency, decimal Amount);

/// <summary>Dead letters of one service that failed alike; the money includes what waits behind them.</summary>
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

/// <summary>A key whose first message has failed and is tried again at the time given, or is a dead letter.</summary>
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

public sealed record ParkedKeyPage(IReadOnlyList<ParkedKeyView> Items, long? Next = null);

/// <summary>JSON, else text, else base64.</summary>
public sealed record PayloadView(int Bytes, JsonElement? Json = null, string? Text = null, string? Base64 = null);

public sealed record WaitingView(long Id, string? MessageType, Guid? MessageId, long? Amount, string? Currency, DateTimeOffset ParkedAt);

public sealed record EditView(long Id, long Revision, DateTimeOffset At, string By, string Reason, PayloadView Before);

public sealed record ActView(
    long Id,
    DateTimeOffset At,
    string By,
    string Act,
    string Reason,
    Guid? ReplayId = null,
    long? MessageId = null,
    JsonElement? Before = null,
    JsonElement? After = null,
    string? Subject = null,
    string? Hash = null);

public sealed record ActPage(IReadOnlyList<ActView> Items, long? Next = null);

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

public sealed record EditOrder(JsonElement Payload, string Reason, long Revision);

public sealed record EditAnswer(long Id, long Revision);

public sealed record DiscardOrder(string Reason, long Revision);

public sealed record DiscardAnswer(long Id, string Status);

public sealed record SelectionFilter(
    string? Consumer, string? Fingerprint, string? MessageType, string? Topic, string? ErrorType, string? Text,
    DateTimeOffset? FailedUntil);

/// <summary>By ids or by a filter.</summary>
public sealed record Selection(IReadOnlyList<long>? Ids = null, SelectionFilter? Filter = null);

public sealed record PreviewOrder(Selection Selection);

/// <summary>What a replay would do, if it were done now.</summary>
public sealed record PreviewAnswer(
    long Selected, int Rehearsed, bool Cut, int Applies, int Nothing, int Fails, int Waits, IReadOnlyList<PreviewItem> Items);

public sealed record PreviewItem(
    long Id,
    long Revision,
    bool Behind,
    string? RoutingKey,
    string? MessageType,
    string Outcome,
    PreviewFailure? Failure,
    string? Stream,
    IReadOnlyList<PreviewEvent> Events,
    IReadOnlyList<StateChange> Changes);

public sealed record PreviewFailure(string Type, string Message);

public sealed record PreviewEvent(string Type, string Stream, long Version, JsonElement? Data = null);

public sealed record StateChange(string Path, JsonElement? Before = null, JsonElement? After = null);

public sealed record VerifyOrder(IReadOnlyList<string> Fingerprints);

/// <param name="Verdict"><c>fixed</c>, <c>still_failing</c> or <c>partly_fixed</c>.</param>
public sealed record GroupVerdict(
    string Fingerprint, string Verdict, int Tried, int Failing, IReadOnlyList<string> Failures, IReadOnlyList<long> SampleIds);
