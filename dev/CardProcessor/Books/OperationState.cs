namespace Payments.CardProcessor.Books;

/// <summary>All that the books hold about one request, and all that may be looked at to decide on it.</summary>
public sealed record OperationState
{
    /// <summary>What was entered under the request's key before, and for which <see cref="ProcessorRequest.Body"/>.</summary>
    public (Operation Operation, string Body)? Earlier { get; init; }

    /// <summary>How many attempts under the key have failed before any effect.</summary>
    public int Failures { get; init; }

    /// <summary>The key was reversed before anything arrived under it.</summary>
    public bool Reversed { get; init; }

    /// <summary>The authorisation that the request names; of a reversal, the one made under the original key.</summary>
    public Authorisation? Authorisation { get; init; }

    /// <summary>Of a reversal: what was entered under the original key. Null when nothing was.</summary>
    public OperationKind? Original { get; init; }
}
