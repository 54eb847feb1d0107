using System.Net;
using Microsoft.AspNetCore.Http;

namespace IntegrationTests.Gateway;

public sealed class TroubleTests
{
    [Fact]
    public async Task A_service_that_is_down_is_a_502_problem()
    {
        await using var gateway = await GatewayFixture.StartAsync();
        await gateway.Wallet.DisposeAsync();
        using var response = await gateway.GetAsync("/api/wallets/7");

        await ProblemAssert.IsAsync(response, HttpStatusCode.BadGateway, "bad_gateway");
    }

    [Fact]
    public async Task A_service_that_takes_too_long_is_a_504_problem()
    {
        await using var gateway = await GatewayFixture.StartAsync("Proxy:AnswerTimeoutMs=200");
        gateway.Wallet.Answer = context => Task.Delay(Timeout.Infinite, context.RequestAborted);
        using var response = await gateway.GetAsync("/api/wallets/7");

        await ProblemAssert.IsAsync(response, HttpStatusCode.GatewayTimeout, "gateway_timeout");
    }

    [Fact]
    public async Task An_instance_that_fails_its_probes_gets_no_requests_until_it_passes_them_again()
    {
        await using var gateway = await GatewayFixture.StartAsync("Proxy:ProbeIntervalMs=50");
        var first = await AnswererAsync(gateway);   // Of two idle instances it is always the same that is asked.
        var (favourite, other) = first == gateway.Payment.Name
            ? (gateway.Payment, gateway.PaymentTwin)
            : (gateway.PaymentTwin, gateway.Payment);

        favourite.Healthy = false;
        await EventuallyAsync(async () => await AnswererAsync(gateway) == other.Name);

        favourite.Healthy = true;
        await EventuallyAsync(async () => await AnswererAsync(gateway) == favourite.Name);
    }

    [Fact]
    public async Task The_gateway_is_degraded_while_a_service_has_no_instance()
    {
        await using var gateway = await GatewayFixture.StartAsync("Proxy:ProbeIntervalMs=50");
        Assert.Contains("\"status\":\"healthy\"", await HealthAsync(gateway));

        gateway.Saga.Healthy = false;
        await EventuallyAsync(async () => (await HealthAsync(gateway)).Contains("\"status\":\"degraded\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Concurrent_requests_are_shared_out_by_how_busy_the_instances_are()
    {
        await using var gateway = await GatewayFixture.StartAsync();
        var release = new TaskCompletionSource();
        gateway.Payment.Answer = gateway.PaymentTwin.Answer = async context =>
        {
            await release.Task;
            await context.Response.WriteAsync("done");
        };
        var first = gateway.GetAsync("/api/payments/1");
        await EventuallyAsync(() => Task.FromResult(Held(gateway) == 1));
        var second = gateway.GetAsync("/api/payments/2");
        await EventuallyAsync(() => Task.FromResult(Held(gateway) == 2));

        Assert.Single(gateway.Payment.Requests);
        Assert.Single(gateway.PaymentTwin.Requests);
        release.SetResult();
        (await first).Dispose();
        (await second).Dispose();
    }

    private static int Held(GatewayFixture gateway) => gateway.Payment.Requests.Count + gateway.PaymentTwin.Requests.Count;

    private static async Task<string> AnswererAsync(GatewayFixture gateway)
    {
        using var response = await gateway.GetAsync("/api/payments/7");
        return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    private static async Task<string> HealthAsync(GatewayFixture gateway) =>
        await gateway.Client.GetStringAsync("/health", TestContext.Current.CancellationToken);

    private static async Task EventuallyAsync(Func<Task<bool>> condition)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!await condition())
        {
            await Task.Delay(20, deadline.Token);
        }
    }
}
