namespace Payments.EventStore.Contract;

/// <summary>Everything that must happen together or not at all: events of one or many streams, and what is recorded with them.</summary>
/// <remarks>
/// Units of different callers share a transaction (group commit), yet each stands or falls alone: a conflict of one never fails another.
/// A stream appears at most once in a unit.
/// </remarks>
public sealed record AppendUnit
{
    public const int EventsMax = 10_000;

    public IReadOnlyList<StreamAppend> Streams { get; init; } = [];

    /// <summary>Rows of inline projections, written in order.</summary>
    public IReadOnlyList<ProjectionRow> Rows { get; init; } = [];

    /// <summary>How far a consumer has come with this unit.</summary>
    public IReadOnlyList<WatermarkMove> Watermarks { get; init; } = [];

    /// <summary>An idempotency key taken by this unit.</summary>
    public Claim? Claim { get; init; }

    /// <summary>The commands that this unit answers, of those that are answered once.</summary>
    public IReadOnlyList<CommandKey> Answers { get; init; } = [];

    /// <exception cref="ArgumentException">It is too large, or names a stream or a watermark twice.</exception>
    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Streams.Sum(s => s.Events.Count), EventsMax, nameof(Streams));
        if (Streams.DistinctBy(s => s.Stream).Count() != Streams.Count)
        {
            throw new ArgumentException("A stream appears twice in one unit.");
        }

        if (Watermarks.DistinctBy(w => (w.Consumer, w.Topic, w.Partition, w.Source)).Count() != Watermarks.Count)
        {
            throw new ArgumentException("A watermark appears twice in one unit.");
        }
    }
}

/// <summary>Events for the end of one stream.</summary>
public sealed record StreamAppend(StreamId Stream, ExpectedVersion Expected, IReadOnlyList<NewEvent> Events);

/// <summary>One row of an inline projection, as the JSON object that the projection's apply function takes.</summary>
/// <param name="Projection">The function <c>apply_&lt;projection&gt;(rows jsonb)</c> of the service's own schema writes it.</param>
public sealed record ProjectionRow(string Projection, ReadOnlyMemory<byte> Json);

/// <summary>One consumer's progress through the messages of one source on one partition.</summary>
/// <param name="Position">The log position, in the source, of the last message whose effects are stored; 0 before the first.</param>
public sealed record Watermark(string Consumer, string Topic, int Partition, string Source, long Position);

/// <summary>
/// Moves a watermark. The unit fails when another worker has moved it meanwhile: a stalled consumer cannot repeat effects.
/// </summary>
public sealed record WatermarkMove(string Consumer, string Topic, int Partition, string Source, long From, long To);

/// <summary>An idempotency key, taken together with the effect it guards.</summary>
/// <param name="Scope">Whose key it is: the calling client.</param>
/// <param name="Fingerprint">SHA-256 of the request; the same key with another request is the caller's mistake.</param>
/// <param name="Answer">UTF-8 JSON of the answer, given again to every repeat.</param>
public sealed record Claim(string Scope, string Key, ReadOnlyMemory<byte> Fingerprint, ReadOnlyMemory<byte> Answer);

/// <summary>What became of a unit.</summary>
public abstract record AppendResult
{
    private AppendResult()
    {
    }

    /// <summary>Stored. Positions run from first to last; both are 0 when the unit had no events.</summary>
    public sealed record Appended(long FirstPosition, long LastPosition, DateTimeOffset RecordedAt) : AppendResult;

    /// <summary>
    /// The very same events, by their ids, were stored before, at these positions: the caller asks again after it heard no answer.
    /// </summary>
    /// <remarks>
    /// Recognised where the expected versions would have put them; for <see cref="ExpectedVersion.Any"/> and
    /// <see cref="ExpectedVersion.Exists"/> among the last <see cref="Window"/> events of the stream. Nothing is stored again.
    /// </remarks>
    public sealed record Repeated(long FirstPosition, long LastPosition, DateTimeOffset RecordedAt) : AppendResult
    {
        public const int Window = 256;
    }

    /// <summary>A stream was not at the expected version. Nothing of the unit is stored.</summary>
    public sealed record Conflict(StreamId Stream, ExpectedVersion Expected, long Actual) : AppendResult;

    /// <summary>Another worker had moved a watermark. Nothing of the unit is stored.</summary>
    public sealed record WatermarkMoved(WatermarkMove Wanted, long Actual) : AppendResult;

    /// <summary>The idempotency key was taken before. Nothing of the unit is stored.</summary>
    public sealed record AlreadyClaimed(Claim Existing) : AppendResult;

    /// <summary>
    /// The database turned the unit away, and these of the commands that it answers were answered before. Nothing of the unit is stored.
    /// </summary>
    public sealed record AlreadyAnswered(IReadOnlyList<CommandKey> Commands) : AppendResult;
}
