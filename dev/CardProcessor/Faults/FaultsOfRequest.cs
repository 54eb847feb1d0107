using Payments.CardProcessor.Books;

namespace Payments.CardProcessor.Faults;

/// <summary>All that is to go wrong with one HTTP request: what it asks for itself, and what is set for all.</summary>
internal sealed record FaultsOfRequest(AskedFaults Asked, FaultSettings ForAll)
{
    private static readonly FaultsOfRequest None = new(AskedFaults.None, FaultSettings.None);

    public bool Down => Asked.Down || ForAll.Down;

    public TimeSpan Latency => TimeSpan.FromMilliseconds(Asked.LatencyMs + ForAll.LatencyMs);

    public RequestFaults Draw(ProcessorRequest request)
    {
        var drawn = ForAll.Draw(request);
        return drawn with
        {
            Decline = drawn.Decline || Asked.Decline,
            TimeoutAfterEffect = drawn.TimeoutAfterEffect || Asked.TimeoutAfterEffect,
        };
    }

    /// <summary>Binds an endpoint's parameter to what <see cref="FaultMiddleware"/> found.</summary>
    public static ValueTask<FaultsOfRequest> BindAsync(HttpContext context) => new(context.Features.Get<FaultsOfRequest>() ?? None);
}
