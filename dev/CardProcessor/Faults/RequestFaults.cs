namespace Payments.CardProcessor.Faults;

/// <summary>What is to go wrong in the books with one request, beside what its card token says.</summary>
/// <param name="Decline">Declined, if it would have been approved.</param>
/// <param name="TimeoutAfterEffect">It happens, and the client does not hear of it.</param>
/// <param name="ErrorPercent">How many of a hundred attempts fail before any effect; drawn for each attempt anew.</param>
public sealed record RequestFaults(bool Decline = false, bool TimeoutAfterEffect = false, int ErrorPercent = 0, long Seed = 0)
{
    public static readonly RequestFaults None = new();

    /// <param name="attempt">From 1, under this key.</param>
    public bool FailsAt(string key, int attempt) => Draw.Hits(ErrorPercent, Seed, "error", key, attempt);
}
