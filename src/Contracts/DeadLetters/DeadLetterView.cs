using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Payments.Contracts.Audit;

namespace Payments.Contracts.DeadLetters;

/// <summary>A dead letter in a list.</summary>
/// <param name="Status"><c>dead</c>; or <c>replayed</c> or <c>discarded</c>, when a person has ended it.</param>
/// <param name="Revision">Counts everything that is done to it.</param>
/// <param name="Amount">Minor units of the money that it is about, as far as that can be read.</param>
/// <param name="Waiting">Messages of its key that wait behind it, in order.</param>
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

/// <summary>Dead letters of one service that failed alike.</summary>
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
