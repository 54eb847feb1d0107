using IntegrationTests.Parking;
using Microsoft.Extensions.Logging.Abstractions;
using Payments.SagaService.Cards;
using Payments.ServiceDefaults.Configuration;
using Payments.Standalone;
using StackExchange.Redis;

namespace IntegrationTests.Sagas;

/// <summary>Two instances that share a breaker, and a Redis that answers one of them late.</summary>
public sealed class LateRedisTests
{
    private static readonly BreakerLimits Limits = new(5, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(4));
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly SteppedClock _clock = new();

    [Fact]
    public async Task An_instance_whose_redis_is_late_opens_for_two_seconds_at_most_and_then_agrees_with_the_others()
    {
        await using var redis = await PrivateRedis.StartAsync(TestContext.Current.CancellationToken);
        Assert.SkipWhen(redis is null, "There is no redis-server.");
        await using var operatorOfRedis = await ConnectionMultiplexer.ConnectAsync($"{redis.ConnectionString},allowAdmin=true");
        await using var ofLate = new Redis(ConfigurationOptions.Parse(redis.ConnectionString), NullLogger.Instance);
        await using var ofOther = new Redis(ConfigurationOptions.Parse(redis.ConnectionString), NullLogger.Instance);
        var late = new CardBreaker(ofLate, Limits, _clock, NullLogger<CardBreaker>.Instance);
        var other = new CardBreaker(ofOther, Limits, _clock, NullLogger<CardBreaker>.Instance);
        await UntilAsync(async () =>
        {
            _clock.Advance(TimeSpan.FromSeconds(2)); // So that one whose first answer is late asks again.
            await late.StateAsync();
            await other.StateAsync();
            return late.IsShared && other.IsShared;
        });
        await FailAsync(other, 4);
        Assert.Equal(4, (await late.StateAsync()).Failures);

        // One answer is late: what the instance finds out meanwhile opens its own breaker.
        await operatorOfRedis.GetDatabase().ExecuteAsync("CLIENT", "PAUSE", "1500", "ALL");
        await FailAsync(late, 1);
        Assert.False(late.IsShared);
        var alone = await late.StateAsync();
        Assert.InRange(alone.OpenUntil!.Value, _clock.GetUtcNow(), _clock.GetUtcNow().AddSeconds(2));

        // The processor is well for the other. As soon as Redis answers, that is what counts.
        await UntilAsync(async () =>
        {
            _clock.Advance(TimeSpan.FromSeconds(2));
            await other.ReportAsync(new BreakerPass.Through(IsProbe: true), new BreakerState(5, null, null), succeeded: true);
            return await late.StateAsync() == BreakerState.Closed && late.IsShared && other.IsShared;
        });
        Assert.Equal(BreakerState.Closed, await other.StateAsync());
    }

    private static async Task FailAsync(CardBreaker breaker, int times)
    {
        for (var i = 0; i < times; i++)
        {
            await breaker.ReportAsync(new BreakerPass.Through(IsProbe: false), BreakerState.Closed, succeeded: false);
        }
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        var waiting = System.Diagnostics.Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(waiting.Elapsed < Deadline, $"Not so within {Deadline.TotalSeconds} s.");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }
}
