using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using IntegrationTests.Messaging;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Payments.CardProcessor;
using Payments.Domain;
using Payments.Domain.Payments;
using Payments.Domain.Sagas;
using Payments.Domain.Wallets;
using Payments.EventStore.Aggregates;
using Payments.EventStore.Postgres;
using Payments.Messaging.Topics;
using Payments.SagaService;
using Payments.SagaService.Sagas;
using Payments.ServiceDefaults.Callers;

namespace IntegrationTests.Sagas;

/// <summary>
/// The saga service on a database of its own beside the real card processor, with the test in the part of wallets and payments: it says
/// what they would say, straight to the sagas.
/// </summary>
internal sealed class SagaStage : IAsyncDisposable
{
    private static readonly Currency Eur = Currency.Parse("EUR");
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly NpgsqlDataSource _database;
    private readonly PostgresEventStore _store;
    private readonly List<WebApplication> _hosts = [];
    private readonly CommandHandler<Saga, SagaEvent> _sagas;
    private readonly string _connection;
    private readonly TestBroker _broker;

    private SagaStage(string connection, TestBroker broker)
    {
        _broker = broker;
        _connection = connection;
        _database = NpgsqlDataSource.Create(connection);
        _store = new PostgresEventStore("sagas", _database, TimeProvider.System, NullLogger<PostgresEventStore>.Instance);
        _sagas = new(_store, new(_store, SagaAggregate.Definition), SagaAggregate.Definition, TimeProvider.System);
    }

    public HttpClient Processor { get; private set; } = null!;

    public NpgsqlDataSource Database => _database;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<SagaStage> SetAsync(PostgresFixture postgres)
    {
        var stage = new SagaStage(await postgres.CreateDatabaseAsync(), await TestBroker.StartAsync());
        try
        {
            await SchemaMigrator.MigrateAsync(
                stage._database,
                TimeProvider.System,
                Cancel,
                ("messaging", typeof(TopicCreator).Assembly),
                ("sagas", typeof(SagaHost).Assembly));
            var processor = await stage.StartAsync(
                CardProcessorHost.Build, $"ConnectionStrings:processor={await postgres.CreateDatabaseAsync()}");
            stage.Processor = new HttpClient { BaseAddress = new Uri(processor.Urls.Single()) };
            return stage;
        }
        catch
        {
            await stage.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the saga service, or one more instance of it.</summary>
    /// <returns>A client of its API.</returns>
    public async Task<SagaApi> StartServiceAsync(params string[] settings)
    {
        var host = await StartAsync(
            SagaHost.Build,
            [
                $"ConnectionStrings:sagas={_connection}",
                $"services:card-processor:http:0={Processor.BaseAddress!.GetLeftPart(UriPartial.Authority)}",
                "CardStep:TimeoutMs=1000",
                "CardStep:RetryBaseMs=20",
                "CardStep:RetryLongestMs=300",
                .. settings,
            ]);
        return new SagaApi(host);
    }

    public async Task StopServiceAsync(SagaApi api)
    {
        _hosts.Remove(api.Host);
        await api.Host.StopAsync(Cancel);
        await api.Host.DisposeAsync();
    }

    public Task SetFaultsAsync(object faults) => OkAsync(Processor.PutAsJsonAsync("/admin/faults", faults, Cancel));

    /// <summary>A payment is requested: its saga starts.</summary>
    /// <param name="timeouts">What sets the first deadline; the service's own are in its settings.</param>
    /// <param name="creditsFirst">As the version before began a card payment.</param>
    public async Task<PaymentTerms> RequestAsync(
        PaymentSource source, long amount = 1_000, SagaTimeouts? timeouts = null, bool creditsFirst = false)
    {
        var terms = new PaymentTerms(
            new PaymentId(Guid.CreateVersion7()),
            source,
            new WalletId(Guid.CreateVersion7()),
            UserId.Parse("payee"),
            new Money(amount, Eur),
            Money.Zero(Eur),
            null);
        await SignalAsync(terms, new Signal.OfPayment(new PaymentEvent.Requested(terms)), timeouts, creditsFirst);
        return terms;
    }

    public Task<PaymentTerms> RequestCardAsync(
        string token = "tok_ok", long amount = 1_000, SagaTimeouts? timeouts = null, bool creditsFirst = false) =>
        RequestAsync(new PaymentSource.OfCard(CardToken.Parse(token)), amount, timeouts, creditsFirst);

    public Task<PaymentTerms> RequestWalletAsync(long amount = 1_000, SagaTimeouts? timeouts = null) =>
        RequestAsync(new PaymentSource.OfWallet(new WalletId(Guid.CreateVersion7()), UserId.Parse("payer")), amount, timeouts);

    /// <summary>The payee's wallet has taken the money in.</summary>
    public Task CreditAsync(PaymentTerms terms) => SignalAsync(
        terms,
        new Signal.OfWallet(new WalletEvent.FundsCredited(OperationId.For(terms.Payment), terms.Amount, terms.Source.PayerWallet)));

    public async Task SignalAsync(PaymentTerms terms, Signal signal, SagaTimeouts? timeouts = null, bool creditsFirst = false)
    {
        var engine = new SagaEngine(timeouts ?? new SagaTimeouts());
        await _sagas.HandleAsync(
            new(
                SagaAggregate.Definition.Stream(terms.Payment.Value),
                new Cause(terms.Payment.Value, null, "test", null),
                (saga, now) => new Decision<SagaEvent>.Accepted(
                    [.. engine.React(saga, signal, now).Select(e => creditsFirst && e is SagaEvent.Started s
                        ? s with { Definition = SagaNames.CardPaymentCreditFirst }
                        : e)])),
            Cancel);
    }

    public async Task<string> PhaseAsync(PaymentTerms terms) =>
        (await QueryAsync<string>("select phase from sagas where saga_id = $1", terms.Payment.Value)).Single();

    /// <summary>Waits until the saga is in a phase.</summary>
    public async Task ReachAsync(PaymentTerms terms, string phase)
    {
        var last = "";
        await UntilAsync(async () => (last = await PhaseAsync(terms)) == phase, () => $"{terms.Payment} is {last}, not {phase}");
    }

    public static async Task UntilAsync(Func<Task<bool>> condition, Func<string> otherwise)
    {
        var waiting = System.Diagnostics.Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(waiting.Elapsed < Deadline, otherwise());
            await Task.Delay(20, Cancel);
        }
    }

    public async Task<List<T>> QueryAsync<T>(string sql, params IReadOnlyList<object> values)
    {
        await using var command = _database.CreateCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        await using var reader = await command.ExecuteReaderAsync(Cancel);
        var rows = new List<T>();
        while (await reader.ReadAsync(Cancel))
        {
            rows.Add(reader.GetFieldValue<T>(0));
        }

        return rows;
    }

    /// <summary>Everything the processor has entered, as <c>authorise approved 1000</c>, oldest first.</summary>
    public async Task<List<string>> ProcessorRecordsAsync()
    {
        var page = JsonNode.Parse(await Processor.GetStringAsync("/v1/books/operations?limit=200", Cancel))!;
        return [.. page["items"]!.AsArray().Select(o => $"{o!["kind"]} {o["status"]} {o["amount"]}")];
    }

    /// <summary>What we believe that it has done, in the same words but those for a void.</summary>
    public Task<List<string>> OwnRecordsAsync() =>
        QueryAsync<string>("select format('%s approved %s', act, amount) from card_books order by at, version");

    public static async Task<JsonNode> OkAsync(Task<HttpResponseMessage> asking)
    {
        using var response = await asking;
        var text = await response.Content.ReadAsStringAsync(Cancel);
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode} {text}");
        return JsonNode.Parse(text)!;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts.AsEnumerable().Reverse())
        {
            await host.StopAsync();
            await host.DisposeAsync();
        }

        Processor?.Dispose();
        await _store.DisposeAsync();
        await _database.DisposeAsync();
        _broker.Dispose();
    }

    private async Task<WebApplication> StartAsync(Func<string[], WebApplication> build, params string[] settings)
    {
        string[] all =
        [
            "environment=Development",
            "urls=http://127.0.0.1:0",
            $"Logging:Console:LogLevel:Default={Environment.GetEnvironmentVariable("PAYMENTS_TEST_LOG_LEVEL") ?? "None"}",
            .. _broker.Settings,
            .. settings,
        ];
        var host = build([.. all.Select(setting => $"--{setting}")]);
        _hosts.Add(host);
        await host.StartAsync(Cancel);
        return host;
    }
}

/// <summary>The API of one instance of the saga service.</summary>
internal sealed class SagaApi(WebApplication host)
{
    private readonly HttpClient _http = new()
    {
        BaseAddress = new Uri(host.Urls.Single()),
        DefaultRequestHeaders = { { PlatformHeaders.OperatorRole, OperatorRoles.Operator } },
    };

    public WebApplication Host => host;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async Task<JsonNode> GetAsync(string path) =>
        JsonNode.Parse(await _http.GetStringAsync($"/api/admin/sagas{path}", Cancel))!;

    /// <summary>In the session of a person, as the gateway tells it.</summary>
    public Task<HttpResponseMessage> PostSignedInAsync(string path, object body, string person, string? approval = null)
    {
        var request = Request(path, body, approval);
        request.Headers.Add(PlatformHeaders.ClientId, CallerIdentity.SignedIn);
        request.Headers.Add(PlatformHeaders.Operator, person);
        if (approval is not null)
        {
            request.Headers.Add(PlatformHeaders.Approval, approval);
        }

        return _http.SendAsync(request, Cancel);
    }

    public Task<HttpResponseMessage> PostAsync(string path, object body, string? key = null, string? person = null)
    {
        var request = Request(path, body, key);
        if (person is not null)
        {
            request.Headers.Add("X-Operator", person);
        }

        return _http.SendAsync(request, Cancel);
    }

    private static HttpRequestMessage Request(string path, object body, string? key) => new(HttpMethod.Post, $"/api/admin/sagas{path}")
    {
        Content = new StringContent(JsonSerializer.Serialize(body), System.Text.Encoding.UTF8, "application/json"),
        Headers = { { PlatformHeaders.IdempotencyKey, key ?? $"key-{Guid.NewGuid():N}" } },
    };
}
