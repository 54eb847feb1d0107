using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AppHostTests;

/// <summary>
/// The whole system in containers and processes, as <c>dotnet run --project AppHost</c> starts it. Needs a container engine.
/// </summary>
public sealed class EndToEndTests
{
    private static readonly TimeSpan ReadyWithin = TimeSpan.FromMinutes(10); // The first run pulls images.

    [Fact]
    [Trait("Needs", "containers")]
    public async Task A_payment_through_the_gateway_completes()
    {
        Assert.SkipUnless(
            File.Exists("/var/run/docker.sock") || Environment.GetEnvironmentVariable("DOCKER_HOST") is not null,
            "There is no container engine.");
        var cancel = TestContext.Current.CancellationToken;
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>(cancel);
        await using var app = await builder.BuildAsync(cancel);
        await app.StartAsync(cancel);
        await app.ResourceNotifications.WaitForResourceHealthyAsync("gateway", cancel).WaitAsync(ReadyWithin, cancel);
        using var api = app.CreateHttpClient("gateway", "http");
        api.DefaultRequestHeaders.Add("X-Api-Key", "dev-key");

        var payer = await OpenAsync(api, "alice", cancel);
        var payee = await OpenAsync(api, "bob", cancel);
        await PostAsync(api, $"/api/wallets/{payer}/deposits", new { amount = 5_000, currency = "EUR" }, HttpStatusCode.Created, cancel);
        var accepted = await PostAsync(
            api,
            "/api/payments",
            new { method = "wallet", payerWalletId = payer, payeeWalletId = payee, amount = 1_250, currency = "EUR" },
            HttpStatusCode.Accepted,
            cancel);
        var ended = JsonNode.Parse(await api.GetStringAsync($"/api/payments/{accepted["paymentId"]}?wait=20s", cancel))!;
        var balance = JsonNode.Parse(await api.GetStringAsync($"/api/wallets/{payee}", cancel))!["balance"];

        Assert.Equal(("completed", 1_250L), ((string?)ended["status"], (long?)balance));
    }

    private static async Task<string> OpenAsync(HttpClient api, string user, CancellationToken cancel) => (string)(await PostAsync(
        api, "/api/wallets", new { userId = $"{user}-{Guid.NewGuid():N}", currency = "EUR" }, HttpStatusCode.Created, cancel))["walletId"]!;

    private static async Task<JsonNode> PostAsync(
        HttpClient api, string path, object body, HttpStatusCode expected, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = JsonContent.Create(body, options: JsonSerializerOptions.Web),
            Headers = { { "Idempotency-Key", Guid.NewGuid().ToString() } },
        };
        using var answer = await api.SendAsync(request, cancel);
        var text = await answer.Content.ReadAsStringAsync(cancel);
        Assert.True(answer.StatusCode == expected, $"{path}: {(int)answer.StatusCode} {text}");
        return JsonNode.Parse(text)!;
    }
}
