using Payments.Contracts.Sagas;

namespace Payments.SagaService.Cards;

/// <summary><c>GET /api/admin/sagas/breaker</c></summary>
internal static class BreakerEndpoint
{
    public static async Task<IResult> Get(
        CardBreaker breaker, CardCalls calls, Bulkhead bulkhead, TimeProvider clock, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var state = await breaker.StateAsync();
        var (waiting, leased) = await calls.CountAsync(now, cancel);
        var name = state switch
        {
            { OpenUntil: null } => "closed",
            { OpenUntil: { } open } when now < open => "open",
            { ProbeUntil: { } probe } when now < probe => "probing",
            _ => "half_open",
        };
        return Results.Json(
            new BreakerView(
                name,
                state.Failures,
                breaker.Limits.FailuresMax,
                state.OpenUntil,
                breaker.IsShared,
                waiting,
                leased,
                bulkhead.Free),
            Sagas.SagaJson.Default.BreakerView);
    }
}
