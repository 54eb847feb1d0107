using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AppHostTests;

/// <summary>
/// The whole system on a machine without containers, as <c>dotnet run --project AppHost</c> starts it; one for all tests.
/// </summary>
public sealed class RunningApp : IAsyncLifetime
{
    public const string FirstPassword = "first-time-around";

    private static readonly TimeSpan ReadyWithin = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan EndsWithin = TimeSpan.FromMinutes(2);

    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("payments-apphost-");
    private DistributedApplication _app = null!;

    public HttpClient Api { get; private set; } = null!;

    public Uri Console => _app.GetEndpoint("console", "http");

    public async ValueTask InitializeAsync()
    {
        var cancel = TestContext.Current.CancellationToken;
        OpenToServers(_data);
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>(
            ["--Local=true", $"--Local:Data={_data.FullName}", $"--Parameters:first-admin-password={FirstPassword}"], cancel);
        builder.Services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Critical)); // What waits for health is no failure.
        _app = await builder.BuildAsync(cancel);
        await _app.StartAsync(cancel);
        await HealthyAsync("gateway");
        await HealthyAsync("console");
        Api = _app.CreateHttpClient("gateway", "http");
        Api.DefaultRequestHeaders.Add("X-Api-Key", "dev-key");
    }

    public async ValueTask DisposeAsync()
    {
        Api?.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        _data.Delete(recursive: true);
    }

    public async Task HealthyAsync(string resource) => await _app.ResourceNotifications
        .WaitForResourceHealthyAsync(resource, WaitBehavior.WaitOnResourceUnavailable, TestContext.Current.CancellationToken)
        .WaitAsync(ReadyWithin, TestContext.Current.CancellationToken);

    /// <summary>SIGKILL, which leaves it no time for anything. The orchestrator has noticed when this returns.</summary>
    public async Task KillAsync(string resource)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(EndsWithin);
        var running = await _app.ResourceNotifications.WaitForResourceAsync(resource, state => Pid(state) is not null, patience.Token);
        using var process = Process.GetProcessById(Pid(running)!.Value);
        process.Kill();
        await _app.ResourceNotifications.WaitForResourceAsync(
            resource, state => KnownResourceStates.TerminalStates.Contains(state.Snapshot.State?.Text), patience.Token);
    }

    /// <summary>A button of the dashboard.</summary>
    public Task<ExecuteCommandResult> CommandAsync(string resource, string command) =>
        _app.ResourceCommands.ExecuteCommandAsync(resource, command, TestContext.Current.CancellationToken);

    /// <summary>A button of the dashboard that asks for something.</summary>
    public Task<ExecuteCommandResult> CommandAsync(string resource, string command, string name, string value) =>
        _app.ResourceCommands.ExecuteCommandAsync(
            resource,
            command,
            new InteractionInputCollection([new InteractionInput { Name = name, InputType = InputType.Text, Value = value }]),
            TestContext.Current.CancellationToken);

    public async Task<string> OpenWalletAsync(string user) => (string)(await PostAsync(
        "/api/wallets", new { userId = $"{user}-{Guid.NewGuid():N}", currency = "EUR" }, HttpStatusCode.Created))["walletId"]!;

    public async Task<string> WalletWithAsync(long amount)
    {
        var wallet = await OpenWalletAsync("alice");
        await PostAsync($"/api/wallets/{wallet}/deposits", new { amount, currency = "EUR" }, HttpStatusCode.Created);
        return wallet;
    }

    public async Task<string> PayAsync(string payer, string payee, long amount) => (string)(await PostAsync(
        "/api/payments",
        new { method = "wallet", payerWalletId = payer, payeeWalletId = payee, amount, currency = "EUR" },
        HttpStatusCode.Accepted))["paymentId"]!;

    /// <summary>How it ends. Asked as often as needed: after a restart the first answers may be that a service is away.</summary>
    public async Task<string> EndOfAsync(string path)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(EndsWithin);
        while (true)
        {
            using var answer = await Api.GetAsync(new Uri($"{path}?wait=5s", UriKind.Relative), patience.Token);
            var text = await answer.Content.ReadAsStringAsync(patience.Token);
            if (answer.IsSuccessStatusCode && (string?)JsonNode.Parse(text)!["status"] is { } status and not "pending")
            {
                return status;
            }
        }
    }

    public async Task<long> BalanceAsync(string wallet) => (long)JsonNode.Parse(
        await Api.GetStringAsync(new Uri($"/api/wallets/{wallet}", UriKind.Relative), TestContext.Current.CancellationToken))!["balance"]!;

    public async Task<JsonNode> PostAsync(string path, object body, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = JsonContent.Create(body, options: JsonSerializerOptions.Web),
            Headers = { { "Idempotency-Key", Guid.NewGuid().ToString() } },
        };
        using var answer = await Api.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.StatusCode == expected, $"{path}: {(int)answer.StatusCode} {text}");
        return JsonNode.Parse(text)!;
    }

    private static int? Pid(ResourceEvent state) =>
        state.Snapshot.Properties.FirstOrDefault(property => property.Name == "executable.pid")?.Value is { } pid
            ? Convert.ToInt32(pid, CultureInfo.InvariantCulture)
            : null;

    // As root, PostgreSQL runs as a user of its own, who must pass through.
    private static void OpenToServers(DirectoryInfo folder)
    {
        if (!OperatingSystem.IsWindows())
        {
            folder.UnixFileMode |= UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
        }
    }
}
