using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace Payments.SagaService.Cards;

/// <summary>
/// How the card processor is called. Each request: breaker, then time limit. Each call, which is a look-up and a sending or more: its own
/// time limit, then repeats with growing pauses. So a repeat begins with a look-up, and an open breaker ends the call at once.
/// </summary>
internal sealed class CardPipeline
{
    private readonly ResiliencePipeline<CardOutcome> _call;

    public CardPipeline(CardStepOptions options, CardBreaker breaker, TimeProvider clock)
    {
        Request = new ResiliencePipelineBuilder { TimeProvider = clock }
            .AddStrategy(_ => new BreakerStrategy(breaker), new BreakerStrategy.Options())
            .AddTimeout(options.Timeout)
            .Build();
        _call = new ResiliencePipelineBuilder<CardOutcome> { TimeProvider = clock }
            .AddTimeout(options.Call)
            .AddRetry(new RetryStrategyOptions<CardOutcome>
            {
                // Only trouble is worth a repeat: an answer is one, whatever it says.
                ShouldHandle = new PredicateBuilder<CardOutcome>().HandleResult(outcome => outcome is CardOutcome.Unknown),
                MaxRetryAttempts = options.RetriesMax,
                Delay = TimeSpan.FromMilliseconds(options.RetryBaseMs),
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
            })
            .Build();
    }

    /// <summary>Around each request to the processor.</summary>
    public ResiliencePipeline Request { get; }

    /// <summary>Has a command carried out, or says that its outcome is not known.</summary>
    /// <param name="call">Given whether the command may have been asked before.</param>
    /// <returns>Also whether it may have been asked by now.</returns>
    public async Task<(CardOutcome Outcome, bool MaybeAsked)> CallAsync(
        Func<bool, CancellationToken, Task<CardOutcome>> call, bool maybeAsked, CancellationToken cancel)
    {
        try
        {
            var outcome = await _call.ExecuteAsync(
                async token =>
                {
                    var asking = await call(maybeAsked, token);
                    maybeAsked |= asking is CardOutcome.Unknown;
                    return asking;
                },
                cancel);
            return (outcome, maybeAsked);
        }
        catch (TimeoutRejectedException)
        {
            return (new CardOutcome.Unknown("the card processor takes too long"), true);
        }
    }
}
