using Polly;

namespace Payments.SagaService.Cards;

/// <summary>
/// The breaker as a part of a Polly pipeline. Polly's own opens at a ratio of failures within a window, and is of one process: it can
/// express neither «five in a row, however long that takes» nor a state that instances share.
/// </summary>
internal sealed class BreakerStrategy(CardBreaker breaker) : ResilienceStrategy
{
    protected override async ValueTask<Outcome<TResult>> ExecuteCore<TResult, TState>(
        Func<ResilienceContext, TState, ValueTask<Outcome<TResult>>> callback, ResilienceContext context, TState state)
    {
        var (pass, before) = await breaker.EnterAsync();
        if (pass is not BreakerPass.Through through)
        {
            return Outcome.FromException<TResult>(new BreakerOpenException(((BreakerPass.Refused)pass).Until));
        }

        var outcome = await callback(context, state);
        if (outcome.Exception is OperationCanceledException && context.CancellationToken.IsCancellationRequested)
        {
            return outcome; // We gave up, not the processor. A probe is given up by its time limit.
        }

        await breaker.ReportAsync(through, before, succeeded: outcome.Exception is null);
        return outcome;
    }

    internal sealed class Options : ResilienceStrategyOptions;
}

/// <summary>Nothing is sent: the processor has failed too often.</summary>
internal sealed class BreakerOpenException(DateTimeOffset until) : Exception($"the breaker is open until {until:HH:mm:ss}")
{
    public DateTimeOffset Until => until;
}
