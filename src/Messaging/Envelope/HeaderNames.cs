namespace Payments.Messaging.Envelope;

/// <summary>The Kafka headers of every message. Stored format: a name here is never changed, only added.</summary>
public static class HeaderNames
{
    /// <summary>UUID of the event or command.</summary>
    public const string Id = "id";

    /// <summary>Its stored name, for example <c>wallet.funds-held.v1</c>.</summary>
    public const string Type = "type";

    /// <summary>Version of the schema of its data, from 1.</summary>
    public const string Schema = "schema";

    /// <summary>The database whose log it comes from, for example <c>wallets</c>.</summary>
    public const string Source = "source";

    /// <summary>Its position in that log, from 1.</summary>
    public const string Position = "position";

    /// <summary>
    /// UUID of the log's incarnation that the position belongs to; absent from what is older than incarnations, and from earlier versions.
    /// </summary>
    public const string Incarnation = "incarnation";

    /// <summary>The position of the message that the same source put on the same partition before this one; 0 for none.</summary>
    public const string Previous = "previous";

    /// <summary>The stream it belongs to, for example <c>wallet/0198c0de-…</c>.</summary>
    public const string Stream = "stream";

    /// <summary>Its version in that stream, from 1.</summary>
    public const string Version = "version";

    /// <summary>UUID of what it all belongs to: for a payment's messages, the payment.</summary>
    public const string Correlation = "correlation";

    /// <summary>UUID of the message that caused it; absent at the start of a chain.</summary>
    public const string Causation = "causation";

    /// <summary>Who asked: a client, an operator or a service.</summary>
    public const string Actor = "actor";

    /// <summary>W3C trace context; absent when the work was not traced.</summary>
    public const string TraceParent = "traceparent";

    /// <summary>When it was recorded, ISO 8601 in UTC.</summary>
    public const string Recorded = "recorded";

    /// <summary>UUID of the replay that sent it once more; absent in the ordinary flow.</summary>
    public const string Replay = "replay";

    /// <summary>The only consumer that the replay is for; absent when it is for all.</summary>
    public const string ReplayFor = "replay-for";

    /// <summary>
    /// UUID of the command that came again and has had this as its answer: to be heard once more though it is below the watermark. With
    /// <see cref="Replay"/> and <see cref="ReplayFor"/>, so that earlier versions drop it.
    /// </summary>
    public const string Again = "again";
}
