namespace Payments.CardProcessor.Books;

/// <summary>What is to be entered for a request, before it has its place in the books.</summary>
/// <param name="After">The authorisation as it is now; null when none was made or changed.</param>
/// <param name="ClosesOriginal">An authorisation that arrives under the original key from now on is declined.</param>
public sealed record Verdict(
    OperationStatus Status,
    string? Code,
    long Amount,
    string? Currency,
    Guid? AuthorisationId,
    Authorisation? After = null,
    bool ClosesOriginal = false)
{
    public Operation Enter(ProcessorRequest request, DateTimeOffset at, long sequence) => new(
        request.Key,
        request.Kind,
        Status,
        Code,
        AuthorisationId,
        Amount,
        Currency,
        at,
        sequence,
        (request as ProcessorRequest.Reverse)?.OriginalKey);
}

/// <summary>What to do about a request.</summary>
public abstract record Ruling
{
    /// <summary>Nothing changes.</summary>
    public sealed record Tell(Reply Reply) : Ruling;

    /// <summary>Nothing changes but <see cref="OperationState.Failures"/>, by one.</summary>
    public sealed record Fail : Ruling;

    /// <summary>Enter it. <see cref="Operation.Sequence"/> and time are the shell's to give.</summary>
    /// <param name="AnswerIsLost">The client is not to hear of it this time.</param>
    public sealed record Enter(Verdict Verdict, bool AnswerIsLost) : Ruling
    {
        public Reply Reply(Operation entered) => AnswerIsLost ? new Reply.Lost(entered) : new Reply.Answer(entered);
    }
}

/// <summary>What the client is to get.</summary>
public abstract record Reply
{
    /// <summary>The operation, the first time or again.</summary>
    public sealed record Answer(Operation Operation) : Reply;

    /// <summary>Silence. The operation is in the books.</summary>
    public sealed record Lost(Operation Operation) : Reply;

    /// <summary>An error, before any effect. Another attempt may succeed.</summary>
    public sealed record Failed : Reply;

    /// <summary>An outage. Nothing happened.</summary>
    public sealed record Unavailable : Reply;

    /// <summary>The key was used for another request. Nothing happened.</summary>
    public sealed record KeyReused : Reply;
}
