using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Payments.Bench.WalletPayments;

/// <summary>The calls of the public API that a load needs: keep-alive connections, an idempotency key each, as a client would.</summary>
internal sealed class PaymentsApi : IDisposable
{
    public const string Currency = "EUR";

    private static readonly MediaTypeHeaderValue Json = new("application/json");
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(30);

    private readonly HttpClient _http;

    public PaymentsApi(Uri gateway)
    {
        // No trace headers: a load program is not part of the system that is looked at.
        var handler = new SocketsHttpHandler
        {
            UseCookies = false,
            AllowAutoRedirect = false,
            UseProxy = false,
            ActivityHeadersPropagator = null,
        };
        _http = new HttpClient(handler) { BaseAddress = gateway, Timeout = RequestTimeout };
        _http.DefaultRequestHeaders.Add("X-Api-Key", "dev-key");
    }

    public async Task<Guid> OpenWalletAsync(string user, CancellationToken cancel)
    {
        using var answer = await PostAsync("/api/wallets", $$"""{"userId":"{{user}}","currency":"{{Currency}}"}""", Guid.NewGuid(), cancel);
        using var wallet = await ReadAsync(answer, HttpStatusCode.Created, cancel);
        return wallet.RootElement.GetProperty("walletId").GetGuid();
    }

    public async Task DepositAsync(Guid wallet, long amount, CancellationToken cancel)
    {
        var body = $$"""{"amount":{{amount}},"currency":"{{Currency}}"}""";
        using var answer = await PostAsync($"/api/wallets/{wallet}/deposits", body, Guid.NewGuid(), cancel);
        using var _ = await ReadAsync(answer, HttpStatusCode.Created, cancel);
    }

    /// <summary>Asks for a payment; the same key again asks for the same one.</summary>
    /// <returns>Where to ask what became of it.</returns>
    public async Task<string> RequestPaymentAsync(Transfer transfer, Guid key, CancellationToken cancel)
    {
        var body = $$"""
            {"method":"wallet","payerWalletId":"{{transfer.Payer}}","payeeWalletId":"{{transfer.Payee}}",
            "amount":{{transfer.Amount}},"currency":"{{Currency}}"}
            """;
        using var answer = await PostAsync("/api/payments", body, key, cancel);
        if (answer.StatusCode == HttpStatusCode.Accepted && answer.Headers.Location is { } location)
            return location.OriginalString;
        throw await UnexpectedAsync(answer, cancel);
    }

    /// <summary>Waits up to ten seconds for the end of a payment.</summary>
    /// <returns><c>pending</c>, <c>completed</c> or <c>failed</c>.</returns>
    public async Task<string> AwaitPaymentAsync(string location, CancellationToken cancel)
    {
        using var answer = await _http.GetAsync($"{location}?wait=10s", cancel);
        using var payment = await ReadAsync(answer, HttpStatusCode.OK, cancel);
        return payment.RootElement.GetProperty("status").GetString()!;
    }

    public async Task<(long Balance, long Held)> WalletAsync(Guid wallet, CancellationToken cancel)
    {
        using var answer = await _http.GetAsync($"/api/wallets/{wallet}", cancel);
        using var body = await ReadAsync(answer, HttpStatusCode.OK, cancel);
        return (body.RootElement.GetProperty("balance").GetInt64(), body.RootElement.GetProperty("held").GetInt64());
    }

    /// <summary>From now on the saga service fails on every message of a user, for so long.</summary>
    public async Task PlantFailureAsync(string user, int seconds, CancellationToken cancel)
    {
        using var body = new StringContent($$"""{"routingKey":"user/{{user}}","seconds":{{seconds}}}""", Encoding.UTF8, Json);
        using var answer = await _http.PutAsync("/api/admin/sagas/planted-failures", body, cancel);
        if (answer.StatusCode != HttpStatusCode.NoContent)
            throw await UnexpectedAsync(answer, cancel);
    }

    /// <summary>Rebuilds a projection of a service, to its end.</summary>
    public async Task RebuildAsync(string service, string projection, TimeSpan within, CancellationToken cancel)
    {
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        bounded.CancelAfter(within);
        var path = $"/api/admin/{service}/projections";
        using var ordered = await PostAsync($"{path}/{projection}/rebuild", """{"reason":"for the benchmark"}""", Guid.NewGuid(), cancel);
        if (!ordered.IsSuccessStatusCode)
            throw await UnexpectedAsync(ordered, cancel);
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while (await tick.WaitForNextTickAsync(bounded.Token))
        {
            using var answer = await _http.GetAsync(path, bounded.Token);
            using var all = await ReadAsync(answer, HttpStatusCode.OK, bounded.Token);
            var one = all.RootElement.EnumerateArray().Single(p => p.GetProperty("name").GetString() == projection);
            if (!one.TryGetProperty("rebuild", out var rebuild) || rebuild.ValueKind == JsonValueKind.Null)
                return;
        }
    }

    /// <summary>The platform's own numbers, for operators.</summary>
    public async Task<JsonDocument> OverviewAsync(string service, CancellationToken cancel)
    {
        using var answer = await _http.GetAsync($"/api/admin/{service}/overview", cancel);
        return await ReadAsync(answer, HttpStatusCode.OK, cancel);
    }

    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> PostAsync(string path, string body, Guid key, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) { Headers = { ContentType = Json } };
        request.Headers.Add("Idempotency-Key", key.ToString());
        return await _http.SendAsync(request, cancel);
    }

    private static async Task<JsonDocument> ReadAsync(HttpResponseMessage answer, HttpStatusCode expected, CancellationToken cancel) =>
        answer.StatusCode == expected
            ? JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync(cancel))
            : throw await UnexpectedAsync(answer, cancel);

    private static async Task<HttpRequestException> UnexpectedAsync(HttpResponseMessage answer, CancellationToken cancel) =>
        new($"{(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(cancel)}", null, answer.StatusCode);
}

/// <summary>An amount in minor units from one wallet to another.</summary>
internal sealed record Transfer(Guid Payer, Guid Payee, long Amount);
