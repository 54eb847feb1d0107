using Microsoft.Extensions.Logging.Abstractions;
using Payments.SagaService.Cards;
using Payments.ServiceDefaults.Configuration;
using UnitTests.Messaging.Broker;

namespace UnitTests.SagaService;

public sealed class CardPipelineTests
{
    private static readonly CardStepOptions Options = new() { RetryBaseMs = 1, BreakerFailures = 5, BreakerOpenMs = 60_000 };

    private readonly SteppedClock _clock = new();
    private readonly CardBreaker _breaker;
    private readonly CardPipeline _pipeline;

    public CardPipelineTests()
    {
        var limits = new BreakerLimits(Options.BreakerFailures, TimeSpan.FromMilliseconds(Options.BreakerOpenMs), TimeSpan.FromSeconds(4));
        _breaker = new CardBreaker(new Redis(null, NullLogger.Instance), limits, _clock, NullLogger<CardBreaker>.Instance);
        _pipeline = new CardPipeline(Options, _breaker, TimeProvider.System);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_call_with_an_unknown_outcome_is_repeated_as_one_that_may_have_been_asked()
    {
        var asked = new List<bool>();

        var (outcome, maybeAsked) = await _pipeline.CallAsync(
            (before, _) =>
            {
                asked.Add(before);
                return Task.FromResult<CardOutcome>(new CardOutcome.Unknown("no answer"));
            },
            maybeAsked: false,
            Cancel);

        Assert.Equal([false, true, true], asked);
        Assert.Equal((new CardOutcome.Unknown("no answer"), true), (outcome, maybeAsked));
    }

    [Fact]
    public async Task What_was_sent_before_the_breaker_opened_may_have_been_done()
    {
        var outcomes = new Queue<CardOutcome>([new CardOutcome.Unknown("no answer"), new CardOutcome.Deferred("open")]);

        Assert.Equal(
            (new CardOutcome.Deferred("open"), true),
            await _pipeline.CallAsync((_, _) => Task.FromResult(outcomes.Dequeue()), false, Cancel));
    }

    [Fact]
    public async Task Five_failed_requests_in_a_row_keep_the_sixth_back_until_a_probe_succeeds()
    {
        for (var failure = 1; failure <= 5; failure++)
        {
            await Assert.ThrowsAsync<HttpRequestException>(FailAsync);
        }

        Assert.Equal(_clock.GetUtcNow().AddSeconds(60), (await Assert.ThrowsAsync<BreakerOpenException>(SucceedAsync)).Until);
        _clock.Advance(TimeSpan.FromSeconds(60));
        await Assert.ThrowsAsync<HttpRequestException>(FailAsync);
        Assert.Equal(_clock.GetUtcNow().AddSeconds(60), (await Assert.ThrowsAsync<BreakerOpenException>(SucceedAsync)).Until);
        _clock.Advance(TimeSpan.FromSeconds(60));
        await SucceedAsync();
        Assert.Equal((BreakerState.Closed, false), (await _breaker.StateAsync(), _breaker.IsShared));
    }

    private Task FailAsync() => _pipeline.Request.ExecuteAsync<int>(_ => throw new HttpRequestException("down"), Cancel).AsTask();

    private Task SucceedAsync() => _pipeline.Request.ExecuteAsync(_ => ValueTask.FromResult(1), Cancel).AsTask();
}
