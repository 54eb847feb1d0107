using System.Net;
using System.Text.Json.Nodes;
using IntegrationTests.EventStore;
using IntegrationTests.Gateway;
using IntegrationTests.Wallets;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Payments.ServiceDefaults;
using Payments.ServiceDefaults.Clocks;
using Payments.ServiceDefaults.Configuration;

namespace IntegrationTests.Clocks;

/// <summary>A host whose machine has a wrong clock, on a real database.</summary>
public sealed class WrongClockTests(PostgresFixture postgres)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Far_off_it_takes_no_part_and_a_little_off_it_says_so_and_right_again_it_goes_on_by_itself()
    {
        var machine = new SettableClock(DateTimeOffset.UtcNow.AddDays(3));
        var (works, watches) = (new Worker(), new Worker());
        await using var host = await StartAsync(machine, works, watches);
        using var client = new HttpClient { BaseAddress = new Uri(host.Urls.Single()) };

        await WalletPlatform.UntilAsync(() => Task.FromResult(watches.IsRunning));
        Assert.Equal(0, works.Starts);
        var now = host.Services.GetRequiredService<TimeProvider>().GetUtcNow();
        Assert.InRange(now, DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow.AddMinutes(1));
        var (status, health) = await HealthAsync(client);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "unhealthy"), (status, (string?)health["checks"]!["clock"]));
        Assert.Matches(@"^This machine's clock is 2\d{5}\.\d s ahead of the database's\.$", (string?)health["notes"]!["clock"]);
        using (var refused = await client.PostAsync(new Uri("/things", UriKind.Relative), null, Cancel))
        {
            await ProblemAssert.IsAsync(refused, HttpStatusCode.ServiceUnavailable, "clock_off");
            Assert.Equal(TimeSpan.FromSeconds(5), refused.Headers.RetryAfter?.Delta);
        }

        Assert.Equal("read", await client.GetStringAsync(new Uri("/things", UriKind.Relative), Cancel));

        machine.Now = DateTimeOffset.UtcNow.AddSeconds(-30);
        await WalletPlatform.UntilAsync(() => Task.FromResult(works.IsRunning));
        (status, health) = await HealthAsync(client);
        Assert.Equal((HttpStatusCode.OK, "degraded"), (status, (string?)health["checks"]!["clock"]));
        Assert.Matches(@"^This machine's clock is \d+\.\d s behind the database's\.$", (string?)health["notes"]!["clock"]);
        using (var done = await client.PostAsync(new Uri("/things", UriKind.Relative), null, Cancel))
        {
            Assert.Equal(HttpStatusCode.OK, done.StatusCode);
        }

        machine.Now = DateTimeOffset.UtcNow.AddHours(-25); // A jump while it runs.
        await WalletPlatform.UntilAsync(() => Task.FromResult(!works.IsRunning));
        Assert.Equal((1, true), (works.Starts, watches.IsRunning));
        machine.Now = DateTimeOffset.UtcNow;
        await WalletPlatform.UntilAsync(() => Task.FromResult(works.IsRunning));
        Assert.Equal(2, works.Starts);
    }

    [Fact]
    public async Task A_worker_that_breaks_after_it_was_paused_ends_the_host_as_it_would_have_before()
    {
        var machine = new SettableClock(DateTimeOffset.UtcNow);
        var works = new Worker();
        await using var host = await StartAsync(machine, works, new Worker());
        await WalletPlatform.UntilAsync(() => Task.FromResult(works.IsRunning));
        machine.Now = DateTimeOffset.UtcNow.AddDays(3);
        await WalletPlatform.UntilAsync(() => Task.FromResult(!works.IsRunning));
        machine.Now = DateTimeOffset.UtcNow;
        await WalletPlatform.UntilAsync(() => Task.FromResult(works.IsRunning));

        works.Break();

        var stopping = host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        await WalletPlatform.UntilAsync(() => Task.FromResult(stopping.IsCancellationRequested));
    }

    private static async Task<(HttpStatusCode Status, JsonNode Body)> HealthAsync(HttpClient client)
    {
        using var response = await client.GetAsync(new Uri("/health", UriKind.Relative), Cancel);
        return (response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel))!);
    }

    private async Task<WebApplication> StartAsync(TimeProvider machine, Worker worker, Worker watcher)
    {
        var database = await postgres.CreateDatabaseAsync();
        var builder = WebApplication.CreateBuilder(
            ["--urls=http://127.0.0.1:0", $"--ConnectionStrings:test={database}", "--Logging:LogLevel:Default=None"]);
        builder.Services.AddSingleton(machine);
        builder.AddServiceDefaults();
        builder.AddPostgres("test");
        builder.AddDatabaseClock(waits: true);
        builder.Services.AddWorker(_ => worker);
        builder.Services.AddSingleton<IHostedService>(watcher);

        var app = builder.Build();
        app.MapServiceDefaults();
        app.MapGet("/things", () => "read");
        app.MapPost("/things", () => "written");
        await app.StartAsync(Cancel);
        return app;
    }

    private sealed class Worker : BackgroundService
    {
        private readonly TaskCompletionSource _broken = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool IsRunning { get; private set; }

        public int Starts { get; private set; }

        public void Break() => _broken.SetException(new InvalidOperationException("a bug"));

        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            (IsRunning, Starts) = (true, Starts + 1);
            try
            {
                await _broken.Task.WaitAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
            }
            finally
            {
                IsRunning = false;
            }
        }
    }
}
