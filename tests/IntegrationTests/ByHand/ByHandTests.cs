using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using IntegrationTests.Standalone;
using IntegrationTests.WholeSystem;
using Payments.ServiceDefaults.Callers;

namespace IntegrationTests.ByHand;

/// <summary>The tests of separate processes run one after the other: one of them takes the database away.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ByHand : ICollectionFixture<ByHandDeployment>
{
    public const string Name = "By hand";
}

[Collection(ByHand.Name)]
public sealed partial class ByHandTests(ByHandDeployment deployment)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task Processes_that_know_of_each_other_by_their_environment_alone_serve_payments()
    {
        var api = deployment.Api;
        var (alice, bob) = (await api.OpenWalletWithAsync(10_000), await api.OpenWalletAsync());
        var byWallet = await api.EndOfAsync(await api.PayAsync(alice, bob, 2_500));
        var byCard = await api.EndOfAsync(await api.PayByCardAsync("tok_ok", bob, 700));
        var declined = await api.EndOfAsync(await api.PayByCardAsync("tok_declined", bob, 100));

        Assert.Equal(
            ("completed", "completed", "failed", "card_declined"),
            (byWallet.Status, byCard.Status, declined.Status, declined.FailureCode));
        Assert.Equal((7_500, 3_200), ((await api.WalletAsync(alice)).Balance, (await api.WalletAsync(bob)).Balance));
    }

    [Fact]
    public async Task The_console_is_there_too() =>
        Assert.InRange(await ByHandDeployment.StatusAsync(deployment.Host("console").Url + "/"), 200, 399);

    [Fact]
    public async Task A_stranger_is_not_let_in_nor_told_the_metrics()
    {
        var gateway = deployment.Host("gateway");

        Assert.Equal(401, await ByHandDeployment.StatusAsync($"{gateway.Url}/api/payments"));
        Assert.Equal(404, await ByHandDeployment.StatusAsync($"{gateway.Url}/metrics"));
        // To the sign-in, as any address.
        Assert.Equal(302, await ByHandDeployment.StatusAsync($"{deployment.Host("console").Url}/metrics"));
        Assert.Equal(200, await ByHandDeployment.StatusAsync(gateway.MetricsUrl));
        Assert.Equal(
            404, await ByHandDeployment.StatusAsync(gateway.MetricsUrl.Replace("/metrics", "/api/payments", StringComparison.Ordinal)));
        Assert.Equal(200, await ByHandDeployment.StatusAsync(gateway.MetricsUrl.Replace("/metrics", "/alive", StringComparison.Ordinal)));
    }

    [Fact]
    public void Everything_that_was_set_is_on_the_page_of_the_configuration()
    {
        var page = File.ReadAllText(Repository.Find("docs/configuration.md"));
        string[] standard = ["OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_BSP_SCHEDULE_DELAY"]; // "the exporter's other OTEL_* settings hold too"

        foreach (var setting in deployment.Settings.Except(standard))
        {
            var name = setting.Replace("__", ":", StringComparison.Ordinal);
            string[] ways = [name, Index().Replace(name, ":{n}"), Index().Replace(Index().Replace(name, ":{n}", 1), ":{m}")];
            Assert.True(
                ways.Any(way => page.Contains($"`{way}`", StringComparison.Ordinal)
                    || page.Contains($"`{way[..(way.IndexOf(':', StringComparison.Ordinal) + 1)]}", StringComparison.Ordinal)
                        && page.Contains($"`{way[way.IndexOf(':', StringComparison.Ordinal)..]}`", StringComparison.Ordinal)),
                $"{name} is not on the page.");
        }
    }

    [Fact]
    public async Task Every_line_of_the_log_is_json_and_tells_which_request_it_belongs_to()
    {
        var api = deployment.Api;
        var correlation = Api.Fresh("correlation");
        using var ask = new HttpRequestMessage(HttpMethod.Get, "/api/admin/wallets/audit/events?limit=1");
        ask.Headers.Add(PlatformHeaders.CorrelationId, correlation);
        using var answer = await api.Http.SendAsync(ask, TestContext.Current.CancellationToken);
        Assert.Equal(
            (HttpStatusCode.OK, correlation),
            (answer.StatusCode, answer.Headers.GetValues(PlatformHeaders.CorrelationId).Single()));

        var lines = deployment.Host("wallet").Process!.Lines;
        await Wait.UntilAsync(
            () => deployment.Host("wallet").Process!.Lines.Any(l => l.Contains(correlation, StringComparison.Ordinal)), Soon);
        lines = deployment.Host("wallet").Process!.Lines;
        Assert.All(lines, line => Assert.NotNull(JsonNode.Parse(line)!["LogLevel"]));
        var written = JsonNode.Parse(lines.First(l => l.Contains(correlation, StringComparison.Ordinal)))!;
        Assert.Contains(written["Scopes"]!.AsArray(), scope => (string?)scope!["correlationId"] == correlation);
        Assert.Contains(written["Scopes"]!.AsArray(), scope => scope!["TraceId"] is not null);
    }

    [Fact]
    public async Task Without_its_database_a_service_is_red_within_seconds_and_green_again_after_and_alive_all_the_time()
    {
        string[] withDatabase = ["payment", "wallet", "saga", "card-processor"];
        await deployment.KillPostgresAsync();
        try
        {
            foreach (var name in withDatabase)
            {
                await ByHandDeployment.BecomeAsync(deployment.Host(name), "/health", 503, Soon);
                Assert.Equal(200, await ByHandDeployment.StatusAsync(deployment.Host(name).Url + "/alive"));
            }
        }
        finally
        {
            await deployment.StartPostgresAsync();
        }

        foreach (var name in withDatabase)
        {
            await ByHandDeployment.BecomeAsync(deployment.Host(name), "/health", 200, Soon);
        }

        var api = deployment.Api;
        var (alice, bob) = (await api.OpenWalletWithAsync(100), await api.OpenWalletAsync());
        Assert.Equal("completed", (await api.EndOfAsync(await api.PayAsync(alice, bob, 100))).Status);
    }

    [GeneratedRegex(@":\d+")]
    private static partial Regex Index();
}
