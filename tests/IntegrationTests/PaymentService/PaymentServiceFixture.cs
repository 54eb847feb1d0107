using System.Collections.Concurrent;
using IntegrationTests.Gateway;
using IntegrationTests.WholeSystem;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Payments.Broker;
using Payments.Domain.Payments;
using Payments.EventStore.Aggregates;
using Payments.EventStore.Contract;
using Payments.Messaging.Topics;
using Payments.PaymentService;

namespace IntegrationTests.PaymentService;

/// <summary>
/// The payment service alone: its own database and broker, a stand-in that knows the wallets a test tells it, and nobody who carries
/// payments out. How they end is what a test says.
/// </summary>
public sealed class PaymentServiceFixture(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly ConcurrentDictionary<string, string> _wallets = new();
    private EmbeddedBroker? _broker;
    private StandIn? _others;
    private WebApplication? _host;

    internal Api Api { get; private set; } = null!;

    internal string Database { get; private set; } = "";

    internal IEventStore Store => _host!.Services.GetRequiredService<IEventStore>();

    public async ValueTask InitializeAsync()
    {
        _broker = EmbeddedBroker.Start(PlatformTopics.All);
        _others = await StandIn.StartAsync("wallet");
        _others.Answer = AnswerAsync;
        Database = await postgres.CreateDatabaseAsync();
        _host = PaymentHost.Build([.. Settings(Database, _broker.BootstrapServers, _others.Address, "Fees:wallet:FixedMinor=10",
            "Fees:wallet:BasisPoints=100", "Fees:card:FixedMinor=30").Select(setting => $"--{setting}")]);
        await _host.StartAsync();
        Api = new Api(new Uri(_host.Urls.Single()));
    }

    internal static IEnumerable<string> Settings(string database, string kafka, Uri others, params string[] more) =>
    [
        "urls=http://127.0.0.1:0",
        "Logging:Console:LogLevel:Default=None",
        $"ConnectionStrings:payments={database}",
        $"ConnectionStrings:kafka={kafka}",
        "Kafka:Embedded=true",
        $"services:wallet:http:0={others}",
        $"services:saga:http:0={others}",
        .. more,
    ];

    /// <summary>A wallet of a user of its own.</summary>
    internal Guid Wallet(string currency = "EUR")
    {
        var wallet = Guid.CreateVersion7();
        _wallets[$"/api/wallets/{wallet}"] =
            $$"""{"walletId":"{{wallet}}","userId":"user-of-{{wallet:N}}","currency":"{{currency}}","balance":0,"status":"active"}""";
        return wallet;
    }

    /// <summary>What the saga service would say.</summary>
    internal async Task TellAsync(Guid payment, PaymentCommand command)
    {
        var outcome = await _host!.Services.GetRequiredService<CommandHandler<Payment, PaymentEvent>>().HandleAsync(
            new(
                new StreamId("payment", payment.ToString("D")),
                new Cause(payment, null, "test", null),
                (state, _) => Payment.Decide(state, command)),
            TestContext.Current.CancellationToken);
        Assert.IsType<CommandOutcome<Payment>.Done>(outcome);
    }

    internal async Task<List<string>> QueryAsync(string sql)
    {
        await using var command = _host!.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var rows = new List<string>();
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
        {
            rows.Add(reader.GetString(0));
        }

        return rows;
    }

    public async ValueTask DisposeAsync()
    {
        Api?.Dispose();
        if (_host is not null)
        {
            await _host.StopAsync();
            await _host.DisposeAsync();
        }

        if (_others is not null)
        {
            await _others.DisposeAsync();
        }

        _broker?.Dispose();
    }

    private Task AnswerAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        if (_wallets.TryGetValue(context.Request.Path, out var wallet))
        {
            return context.Response.WriteAsync(wallet);
        }

        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }
}
