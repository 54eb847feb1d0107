using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Payments.CardProcessor;
using Payments.CardProcessor.Books;
using Payments.CardProcessor.Faults;
using Payments.ServiceDefaults.Callers;

namespace IntegrationTests.CardProcessor;

/// <summary>A card processor on a port of its own, and a client of it. Several may share a database.</summary>
internal sealed class ProcessorFixture : IAsyncDisposable
{
    /// <summary>What has not come by then never will.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);

    private readonly WebApplication _host;

    private ProcessorFixture(WebApplication host)
    {
        _host = host;
        Client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri(host.Urls.Single()) };
    }

    public HttpClient Client { get; }

    public static async Task<ProcessorFixture> StartAsync(string database, params string[] settings)
    {
        string[] basics =
        [
            "environment=Development",
            "urls=http://127.0.0.1:0",
            "Logging:Console:LogLevel:Default=None",
            $"ConnectionStrings:processor={database}",
        ];
        var host = CardProcessorHost.Build([.. basics.Concat(settings).Select(setting => $"--{setting}")]);
        await host.StartAsync();
        return new ProcessorFixture(host);
    }

    public static async Task<ProcessorFixture> StartAsync(PostgresFixture postgres, params string[] settings) =>
        await StartAsync(await postgres.CreateDatabaseAsync(), settings);

    public static string Fresh(string what) => $"{what}-{Guid.NewGuid():N}";

    public Task<HttpResponseMessage> PostAsync(
        string target, string json, string? key, string? fault = null, CancellationToken cancel = default)
    {
        var body = new StringContent(json, Encoding.UTF8, "application/json");
        var request = new HttpRequestMessage(HttpMethod.Post, target) { Content = body };
        if (key is not null)
        {
            request.Headers.TryAddWithoutValidation(PlatformHeaders.IdempotencyKey, key);
        }

        if (fault is not null)
        {
            request.Headers.Add(AskedFaults.Header, fault);
        }

        return Client.SendAsync(request, cancel);
    }

    public Task<HttpResponseMessage> AuthoriseAsync(
        string key, string token = CardTokens.Ok, long amount = 1_000, string? fault = null, CancellationToken cancel = default) =>
        PostAsync("/v1/authorisations", $$"""{"token":"{{token}}","amount":{{amount}},"currency":"EUR"}""", key, fault, cancel);

    /// <summary>The operation of an answer that must have one.</summary>
    public static async Task<Operation> OperationAsync(HttpResponseMessage response)
    {
        using (response)
        {
            var text = await response.Content.ReadAsStringAsync();
            Assert.True(response.StatusCode is HttpStatusCode.OK or HttpStatusCode.Created, $"{(int)response.StatusCode} {text}");
            return JsonSerializer.Deserialize<Operation>(text, Web)!;
        }
    }

    public async Task<Operation> OperationAsync(string target, string json, string? key = null, string? fault = null) =>
        await OperationAsync(await PostAsync(target, json, key ?? Fresh("key"), fault));

    /// <summary>An authorisation of 1,000 minor units.</summary>
    public async Task<Guid> AuthorisedAsync(string? key = null) =>
        (await OperationAsync(await AuthoriseAsync(key ?? Fresh("order")))).AuthorisationId!.Value;

    public async Task<Operation?> FindAsync(string key)
    {
        using var response = await Client.GetAsync($"/v1/operations/{Uri.EscapeDataString(key)}");
        return response.StatusCode == HttpStatusCode.NotFound ? null : await response.Content.ReadFromJsonAsync<Operation>(Web);
    }

    public async Task<Authorisation> AuthorisationAsync(Guid id) =>
        (await Client.GetFromJsonAsync<Authorisation>($"/v1/authorisations/{id}", Web))!;

    public async Task<LedgerTotals> TotalsAsync() => (await Client.GetFromJsonAsync<LedgerTotals>("/v1/books/totals", Web))!;

    /// <summary>All operations after one, page by page.</summary>
    public async Task<List<Operation>> OperationsAsync(long after = 0, int limit = 1_000)
    {
        var all = new List<Operation>();
        for (long? next = after; next is { } from;)
        {
            var page = await Client.GetFromJsonAsync<OperationPage>($"/v1/books/operations?after={from}&limit={limit}", Web);
            all.AddRange(page!.Items);
            next = page.Next;
        }

        return all;
    }

    public async Task SetFaultsAsync(object settings)
    {
        using var response = await Client.PutAsJsonAsync("/admin/faults", settings);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    public async Task<JsonNode> FaultsAsync() => JsonNode.Parse(await Client.GetStringAsync("/admin/faults"))!;

    /// <summary>Ends it without a word to those who wait.</summary>
    public async Task KillAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        try
        {
            await _host.StopAsync(now.Token);
        }
        catch (OperationCanceledException)
        {
            // As was asked.
        }

        await DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _host.DisposeAsync();
    }
}
