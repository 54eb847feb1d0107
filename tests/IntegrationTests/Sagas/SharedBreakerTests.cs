using Payments.Standalone;

namespace IntegrationTests.Sagas;

/// <summary>Two instances of the saga service and one breaker, in a real Redis, as long as there is one.</summary>
[Collection(SagaTests.Name)]
public sealed class SharedBreakerTests(PostgresFixture postgres)
{
    [Fact]
    public async Task What_one_instance_finds_out_the_other_knows_and_without_redis_each_goes_on_alone()
    {
        await using var stage = await SagaStage.SetAsync(postgres);
        var redis = await PrivateRedis.StartAsync(TestContext.Current.CancellationToken);
        Assert.SkipWhen(redis is null, "There is no redis-server.");
        var settings = new[] { $"ConnectionStrings:cache={redis.ConnectionString}", "CardStep:BreakerOpenMs=60000" };
        var first = await stage.StartServiceAsync(settings);
        var second = await stage.StartServiceAsync([.. settings, "CardStep:MaxConcurrency=1"]);
        await SharedAsync(first, true);
        await SharedAsync(second, true);

        await stage.SetFaultsAsync(new { down = true });
        var payment = await stage.RequestCardAsync();
        var (one, other) = ("", "");
        await SagaStage.UntilAsync(
            async () =>
            {
                (one, other) = (await OpenAsync(first), await OpenAsync(second));
                if (one == other && one.StartsWith("open", StringComparison.Ordinal))
                {
                    return true;
                }

                // To an instance whose Redis was late for a moment the breaker was its own: it has put the call off, and the other has
                // none.
                await Task.Delay(200, TestContext.Current.CancellationToken);
                await stage.RequestCardAsync();
                return false;
            },
            () => $"One is {one}, the other {other}.");

        await redis.DisposeAsync();
        await SharedAsync(first, false);
        await SharedAsync(second, false);
        Assert.Equal("open", (string?)(await first.GetAsync("/breaker"))["state"]); // What it knew it still knows.
        Assert.Equal("authorising", await stage.PhaseAsync(payment));
    }

    [Fact]
    public async Task A_redis_that_was_never_there_is_no_error()
    {
        await using var stage = await SagaStage.SetAsync(postgres);
        var api = await stage.StartServiceAsync($"ConnectionStrings:cache=127.0.0.1:{FreePorts.Find(1)[0]}");
        var payment = await stage.RequestCardAsync();
        await stage.ReachAsync(payment, "crediting");

        Assert.False((bool)(await api.GetAsync("/breaker"))["shared"]!);
    }

    private static async Task<string> OpenAsync(SagaApi api)
    {
        var breaker = await api.GetAsync("/breaker");
        return $"{breaker["state"]} after {breaker["failures"]} until {breaker["openUntil"]}";
    }

    private static Task SharedAsync(SagaApi api, bool expected) => SagaStage.UntilAsync(
        async () => (bool)(await api.GetAsync("/breaker"))["shared"]! == expected, () => $"Shared is not {expected}.");
}
