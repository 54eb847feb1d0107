using System.Diagnostics;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using Npgsql;
using Payments.Broker;
using Payments.Messaging.Topics;
using Payments.Standalone;
using Payments.Standalone.Postgres;

[assembly: AssemblyFixture(typeof(BrowserTests.Platform))]

namespace BrowserTests;

/// <summary>The whole platform as people run it, Standalone in a process of its own on a data folder of its own, and a browser.</summary>
public sealed class Platform : IAsyncLifetime
{
    /// <summary>So much, in the main unit of a currency, needs a second person.</summary>
    public const int MuchMajor = 50_000;

    // Pages are fresh every second; the rest is for a machine that has other things to do.
    private const float ExpectWithinMs = 20_000;

    private static readonly TimeSpan ReadyWithin = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(15);

    private readonly string _data = Directory.CreateTempSubdirectory("payments-browser-").FullName;
    private readonly StringBuilder _said = new();
    private readonly HttpClient _http = new();
    private Process? _process;
    private EmbeddedBroker? _broker;
    private Poison? _poison;
    private IPlaywright? _playwright;

    public string Console { get; private set; } = "";

    public Uri Gateway => _http.BaseAddress!;

    public IBrowser Browser { get; private set; } = null!;

    /// <summary>Who uses the console.</summary>
    public People People { get; private set; } = null!;

    /// <summary>Sends what the wallet service cannot handle.</summary>
    public Poison Poison => _poison!;

    public async ValueTask InitializeAsync()
    {
        _broker = EmbeddedBroker.Start(PlatformTopics.All);   // In this process, where tests can send to it.
        _poison = new Poison(_broker.BootstrapServers);
        var ports = FreePorts.Find(2);
        Console = $"http://127.0.0.1:{ports[1]}";
        _http.BaseAddress = new Uri($"http://127.0.0.1:{ports[0]}");
        _http.DefaultRequestHeaders.Add("X-Api-Key", "dev-key");
        await StartAsync(ports[0], ports[1]);
        Assertions.SetDefaultExpectTimeout(ExpectWithinMs);
        _playwright = await Playwright.CreateAsync();
        Browser = await Chromium.LaunchAsync(_playwright);
        People = new People(Browser, _http, Console);
    }

    public async ValueTask DisposeAsync()
    {
        if (Browser is not null)
        {
            await Browser.DisposeAsync();
        }

        _playwright?.Dispose();
        _http.Dispose();
        if (_process is { } process)
        {
            await StopAsync(process);
            process.Dispose();
        }

        _poison?.Dispose();
        _broker?.Dispose();
        Directory.Delete(_data, recursive: true);
    }

    /// <returns>The new wallet's id.</returns>
    public async Task<string> OpenWalletAsync(string user, string currency, long depositMinor)
    {
        var wallet = (string)(await PostAsync("/api/wallets", new { userId = user, currency }))["walletId"]!;
        if (depositMinor > 0)
        {
            await PostAsync($"/api/wallets/{wallet}/deposits", new { amount = depositMinor, currency, reference = "opening deposit" });
        }

        return wallet;
    }

    /// <returns>The id of the payment, which has ended.</returns>
    public async Task<string> PayAsync(string payer, string payee, long amount, string currency, string reference)
    {
        var body = new { method = "wallet", payerWalletId = payer, payeeWalletId = payee, amount, currency, reference };
        var payment = (string)(await PostAsync("/api/payments", body))["paymentId"]!;
        var ended = JsonNode.Parse(await _http.GetStringAsync(new Uri($"/api/payments/{payment}?wait=10s", UriKind.Relative)))!;
        Assert.NotEqual("pending", (string?)ended["status"]);
        return payment;
    }

    /// <returns>The id of the payment, which is on its way.</returns>
    public async Task<string> RequestAsync(object payment) => (string)(await PostAsync("/api/payments", payment))["paymentId"]!;

    /// <returns>The id of the payment by card, which is on its way.</returns>
    public Task<string> RequestCardAsync(string payee, long amount, string token = "tok_ok") =>
        RequestAsync(new { method = "card", card = new { token }, payeeWalletId = payee, amount, currency = "EUR" });

    /// <summary>Changes a service's tables behind its back.</summary>
    public async Task TamperAsync(string database, string sql)
    {
        await using var source = NpgsqlDataSource.Create(RunningPostgres.Find(_data)!.ConnectionString(database));
        await using var command = source.CreateCommand(sql);
        Assert.True(await command.ExecuteNonQueryAsync() > 0, sql);
    }

    /// <returns>The number of the wallets' dead letter of that key, once it is there.</returns>
    public async Task<long> DeadLetterAsync(string routingKey)
    {
        using var deadline = new CancellationTokenSource(ReadyWithin);
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (true)
        {
            var page = JsonNode.Parse(await _http.GetStringAsync(
                new Uri("/api/admin/wallets/dead-letters?limit=500", UriKind.Relative), deadline.Token))!;
            if (page["items"]!.AsArray().FirstOrDefault(letter => (string?)letter!["routingKey"] == routingKey) is { } found)
            {
                return (long)found["id"]!;
            }

            await tick.WaitForNextTickAsync(deadline.Token);
        }
    }

    /// <summary>The position of the last event of a payment, in the log of payments.</summary>
    public async Task<long> LastEventAsync(string payment)
    {
        var page = JsonNode.Parse(await _http.GetStringAsync(
            new Uri($"/api/admin/payments/events?correlationId={payment}", UriKind.Relative)))!;
        return page["items"]!.AsArray().Max(e => (long)e!["position"]!);
    }

    /// <summary>From now on the wallet service fails on all messages of one key, for two minutes.</summary>
    public async Task FailAsync(string routingKey, int seconds = 120)
    {
        using var answer = await _http.PutAsJsonAsync(
            new Uri("/api/admin/wallets/planted-failures", UriKind.Relative), new { routingKey, seconds });
        Assert.True(answer.IsSuccessStatusCode, $"{(int)answer.StatusCode}");
    }

    public async Task<JsonNode> PostAsync(string path, object body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        request.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString());
        using var response = await _http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{path}: {(int)response.StatusCode} {text}");
        return JsonNode.Parse(text)!;
    }

    private async Task StartAsync(int gatewayPort, int consolePort)
    {
        string[] arguments =
        [
            Path.Combine(AppContext.BaseDirectory, "Payments.Standalone.dll"),
            $"--ConnectionStrings:kafka={_broker!.BootstrapServers}",
            $"--Operators:FirstAdminPassword={People.FirstPassword}",
            $"--FourEyes:AmountFrom={MuchMajor}",

            // Trouble shows, and is over, sooner than in earnest.
            "--Sagas:Timeouts:HoldMs=4000",
            "--CardStep:BreakerOpenMs=4000",
            "--Invariants:EveryMs=5000",
            "--Invariants:GraceMs=4000",
        ];
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = Path.GetTempPath(),   // The console must find its files wherever it is started.
            Environment =
            {
                ["PAYMENTS_DATA_DIR"] = _data,
                ["PAYMENTS_GATEWAY_PORT"] = $"{gatewayPort}",
                ["PAYMENTS_CONSOLE_PORT"] = $"{consolePort}",
                ["ASPNETCORE_ENVIRONMENT"] = "Development",
            },
        };
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var process = new Process { StartInfo = start, EnableRaisingEvents = true };
        process.OutputDataReceived += (_, line) => Hear(line.Data, ready);
        process.ErrorDataReceived += (_, line) => Hear(line.Data, ready);
        process.Exited += (_, _) => ready.TrySetException(new InvalidOperationException($"Standalone ended before it was ready:\n{_said}"));
        process.Start();
        _process = process;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            await ready.Task.WaitAsync(ReadyWithin);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"Standalone was not ready within {ReadyWithin.TotalSeconds} s:\n{_said}");
        }
    }

    private void Hear(string? line, TaskCompletionSource ready)
    {
        lock (_said)
        {
            _said.AppendLine(line);
        }

        if (line?.StartsWith("Payments is ready", StringComparison.Ordinal) == true)
        {
            ready.TrySetResult();
        }
    }

    private static async Task StopAsync(Process process)
    {
        using var patience = new CancellationTokenSource(StopWithin);
        try
        {
            using var term = Process.Start("kill", ["-TERM", $"{process.Id}"]);
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
        }
    }
}
