using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace IntegrationTests.Invariants;

/// <summary>
/// The books of others, as a test wants them: the wallets' open holds and the card processor's operations, over real HTTP.
/// </summary>
internal sealed class PeerRecords : IAsyncDisposable, IHttpClientFactory
{
    private readonly WebApplication _app;

    private PeerRecords(WebApplication app) => _app = app;

    public List<JsonObject> Holds { get; } = [];

    public List<JsonObject> Operations { get; } = [];

    public bool IsDown { get; set; }

    public static async Task<PeerRecords> StartAsync()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var books = new PeerRecords(app);
        app.MapGet("/api/admin/wallets/holds", (Guid? after, int limit) => books.Answer(() =>
        {
            var items = books.Holds.Where(h => after is null || Id(h).CompareTo(after.Value) > 0).OrderBy(Id).Take(limit).ToList();
            var page = new JsonObject { ["items"] = new JsonArray([.. items.Select(h => h.DeepClone())]) };
            if (items.Count == limit)
            {
                page["next"] = Id(items[^1]);
            }

            return page;
        }));
        app.MapGet("/v1/books/operations", (long after, int limit) => books.Answer(() => new JsonObject
        {
            ["items"] = new JsonArray([.. books.Operations.Skip((int)after).Take(limit).Select(o => o.DeepClone())]),
        }));
        app.MapGet("/v1/books/totals", () => books.Answer(books.Totals));
        await app.StartAsync();
        return books;
    }

    public HttpClient CreateClient(string name) => new() { BaseAddress = new Uri(_app.Urls.Single()) };

    public JsonObject Hold(Guid operation, long amount, string purpose = "payment")
    {
        var hold = new JsonObject
        {
            ["holdId"] = operation,
            ["walletId"] = Guid.NewGuid(),
            ["operation"] = operation,
            ["amount"] = amount,
            ["currency"] = "EUR",
            ["expiresAt"] = DateTimeOffset.UtcNow.AddDays(1),
            ["purpose"] = purpose,
        };
        Holds.Add(hold);
        return hold;
    }

    public JsonObject Operate(string key, string kind, long amount, string status = "approved")
    {
        var operation = new JsonObject
        {
            ["key"] = key,
            ["kind"] = kind,
            ["status"] = status,
            ["authorisationId"] = Guid.NewGuid(),
            ["amount"] = amount,
            ["currency"] = "EUR",
            ["at"] = DateTimeOffset.UtcNow,
            ["sequence"] = Operations.Count + 1,
        };
        Operations.Add(operation);
        return operation;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private IResult Answer(Func<JsonObject> answer) =>
        IsDown ? Results.StatusCode(503) : Results.Text(answer().ToJsonString(), "application/json");

    private JsonObject Totals()
    {
        var approved = Operations.Where(o => (string?)o["status"] == "approved").ToList();
        long Sum(string kind) => approved.Where(o => (string?)o["kind"] == kind).Sum(o => (long)o["amount"]!);
        return new JsonObject
        {
            ["lastSequence"] = Operations.Count,
            ["currencies"] = new JsonArray(new JsonObject
            {
                ["currency"] = "EUR",
                ["authorisations"] = 0,
                ["authorisedOpen"] = 0,
                ["captured"] = Sum("capture"),
                ["refunded"] = Sum("refund"),
            }),
        };
    }

    private static Guid Id(JsonObject hold) => (Guid)hold["holdId"]!;
}
