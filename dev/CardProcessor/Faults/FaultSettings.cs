using Payments.CardProcessor.Books;

namespace Payments.CardProcessor.Faults;

/// <summary>What is to go wrong with all requests, until told otherwise. Percentages are drawn by seed and idempotency key.</summary>
/// <param name="Down">An outage: everything under <c>/v1</c> answers 503, look-ups too.</param>
/// <param name="LatencyMs">Before anything is done, to everything under <c>/v1</c>.</param>
/// <param name="DeclinePercent">Of authorisations.</param>
/// <param name="TimeoutAfterEffectPercent">Of keys: the effect happens, its first answer does not arrive.</param>
/// <param name="ErrorPercent">Of attempts: 500 before any effect.</param>
public sealed record FaultSettings(
    bool Down = false,
    int LatencyMs = 0,
    int DeclinePercent = 0,
    int TimeoutAfterEffectPercent = 0,
    int ErrorPercent = 0,
    long Seed = 0)
{
    public const int LatencyMsMax = 60_000;

    public static readonly FaultSettings None = new();

    public RequestFaults Draw(ProcessorRequest request) => new(
        request is ProcessorRequest.Authorise && Faults.Draw.Hits(DeclinePercent, Seed, "decline", request.Key),
        Faults.Draw.Hits(TimeoutAfterEffectPercent, Seed, "timeout", request.Key),
        ErrorPercent,
        Seed);

    /// <summary>What is wrong with them, by field.</summary>
    public Dictionary<string, string[]> Problems()
    {
        var problems = new Dictionary<string, string[]>();
        Check("latencyMs", LatencyMs, LatencyMsMax);
        Check("declinePercent", DeclinePercent, 100);
        Check("timeoutAfterEffectPercent", TimeoutAfterEffectPercent, 100);
        Check("errorPercent", ErrorPercent, 100);
        return problems;

        void Check(string field, int value, int max)
        {
            if (value < 0 || value > max)
            {
                problems[field] = [$"Must be a whole number from 0 to {max}."];
            }
        }
    }
}
