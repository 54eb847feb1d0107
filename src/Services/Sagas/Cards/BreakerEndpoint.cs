namespace Payments.SagaService.Cards;

/// <summary>The state of the card step.</summary>
/// <param name="State"><c>closed</c>, <c>open</c>, <c>half_open</c> (the next call tries the processor out) or <c>probing</c>.</param>
/// <param name="Failures">In a row.</param>
/// <param name="Shared">Whether all instances have this state, through Redis; otherwise it is this instance's own.</param>
/// <param name="WaitingCalls">Calls that wait, of all instances.</param>
/// <param name="CallsUnderWay">Of all instances.</param>
public sealed record BreakerView(
    string State,
    int Failures,
    int FailuresMax,
    DateTimeOffset? OpenUntil,
    bool Shared,
    long WaitingCalls,
    long CallsUnderWay,
    int PlacesFree);

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
