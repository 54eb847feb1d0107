using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Payments.Contracts.Payments;
using Payments.Contracts.Wallets;
using Payments.ServiceDefaults.Callers;

namespace IntegrationTests.WholeSystem;

/// <summary>The public API, as a client with the development key calls it.</summary>
internal sealed class Api : IDisposable
{
    public const string Key = "dev-key";

    /// <summary>A payment that has not ended by then never will.</summary>
    private static readonly TimeSpan EndDeadline = TimeSpan.FromSeconds(30);

    /// <param name="key">Of a client that may do everything.</param>
    public Api(Uri gateway, string key = Key) =>
        Http = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false })
        {
            BaseAddress = gateway,

            // The role is for a service that is called without the gateway, which drops it.
            DefaultRequestHeaders = { { PlatformHeaders.ApiKey, key }, { PlatformHeaders.OperatorRole, OperatorRoles.Admin } },
        };

    public HttpClient Http { get; }

    /// <summary>What a test uses once and never again, as a name of a user or an idempotency key.</summary>
    public static string Fresh(string what) => $"{what}-{Guid.NewGuid():N}";

    public Task<HttpResponseMessage> PostAsync(string target, string json, string? idempotencyKey) =>
        PostAsync(target, new StringContent(json, Encoding.UTF8, "application/json"), idempotencyKey);

    public Task<HttpResponseMessage> PostAsync(string target, HttpContent body, string? idempotencyKey)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, target) { Content = body };
        if (idempotencyKey is not null)
        {
            request.Headers.Add(PlatformHeaders.IdempotencyKey, idempotencyKey);
        }

        return Http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public async Task<JsonNode> GetJsonAsync(string target) =>
        JsonNode.Parse(await Http.GetStringAsync(target, TestContext.Current.CancellationToken))!;

    public async Task<T> GetAsync<T>(string target) => (await Http.GetFromJsonAsync<T>(target, TestContext.Current.CancellationToken))!;

    public Task<WalletView> WalletAsync(Guid wallet) => GetAsync<WalletView>($"/api/wallets/{wallet}");

    public async Task<Guid> OpenWalletAsync(string? user = null, string currency = "EUR") =>
        (await CreatedAsync<WalletView>("/api/wallets", new { userId = user ?? Fresh("user"), currency }, HttpStatusCode.Created)).WalletId;

    /// <summary>A wallet of a user of its own with money in it.</summary>
    public async Task<Guid> OpenWalletWithAsync(long amount, string currency = "EUR")
    {
        var wallet = await OpenWalletAsync(currency: currency);
        await CreatedAsync<WalletView>($"/api/wallets/{wallet}/deposits", new { amount, currency }, HttpStatusCode.Created);
        return wallet;
    }

    public Task<Guid> PayAsync(Guid payer, Guid payee, long amount) => PayInAsync("EUR", payer, payee, amount);

    public async Task<Guid> PayInAsync(string currency, Guid payer, Guid payee, long amount) =>
        (await CreatedAsync<AcceptedPayment>("/api/payments", Payment(payer, payee, amount, currency), HttpStatusCode.Accepted)).PaymentId;

    public static object Payment(Guid payer, Guid payee, long amount, string currency = "EUR") =>
        new { method = "wallet", payerWalletId = payer, payeeWalletId = payee, amount, currency };

    /// <summary>The payment once it has ended.</summary>
    public async Task<PaymentView> EndOfAsync(Guid payment)
    {
        var deadline = DateTimeOffset.UtcNow + EndDeadline;
        while (true)
        {
            var view = await GetAsync<PaymentView>($"/api/payments/{payment}?wait=5s");
            if (view.Status != "pending")
            {
                return view;
            }

            Assert.True(DateTimeOffset.UtcNow < deadline, $"Payment {payment} has not ended within {EndDeadline.TotalSeconds} s.");
        }
    }

    public async Task<Guid> TransferAsync(Guid from, Guid to, long amount) => (await CreatedAsync<AcceptedPayment>(
        "/api/transfers", new { fromWalletId = from, toWalletId = to, amount, currency = "EUR" }, HttpStatusCode.Accepted)).PaymentId;

    public async Task<Guid> PayByCardAsync(string token, Guid payee, long amount) => (await CreatedAsync<AcceptedPayment>(
        "/api/payments",
        new { method = "card", card = new { token }, payeeWalletId = payee, amount, currency = "EUR" },
        HttpStatusCode.Accepted)).PaymentId;

    /// <param name="amount">Null: all that is left.</param>
    public async Task<Guid> RefundAsync(Guid payment, long? amount = null) => (await CreatedAsync<AcceptedRefund>(
        $"/api/payments/{payment}/refunds",
        amount is null ? new { } : new { amount, currency = "EUR" },
        HttpStatusCode.Accepted)).RefundId;

    /// <summary>The refund once it has ended.</summary>
    public async Task<RefundView> EndOfRefundAsync(Guid payment, Guid refund)
    {
        var deadline = DateTimeOffset.UtcNow + EndDeadline;
        while (true)
        {
            var view = await GetAsync<RefundView>($"/api/payments/{payment}/refunds/{refund}?wait=5s");
            if (view.Status != "pending")
            {
                return view;
            }

            Assert.True(DateTimeOffset.UtcNow < deadline, $"Refund {refund} has not ended within {EndDeadline.TotalSeconds} s.");
        }
    }

    public void Dispose() => Http.Dispose();

    private async Task<T> CreatedAsync<T>(string target, object body, HttpStatusCode expected)
    {
        using var response = await PostAsync(target, JsonSerializer.Serialize(body), Fresh("key"));
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.StatusCode == expected, $"{(int)response.StatusCode} {text}");
        return JsonSerializer.Deserialize<T>(text, JsonSerializerOptions.Web)!;
    }
}
