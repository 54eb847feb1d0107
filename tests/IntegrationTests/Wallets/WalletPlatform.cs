using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using IntegrationTests.Gateway;
using IntegrationTests.Messaging;
using IntegrationTests.WholeSystem;
using Microsoft.AspNetCore.Builder;
using Npgsql;
using Payments.EventStore.Projections;
using Payments.WalletService;

namespace IntegrationTests.Wallets;

/// <summary>The wallet service alone, on a database and a broker of its own, with what a saga and an operator would do to it.</summary>
internal sealed class WalletPlatform : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly BrokerFixture _broker = new();
    private readonly WebApplication _host;

    private WalletPlatform(string database, string[] settings)
    {
        Database = database;
        Log = new Audit.Log("wallets", database);
        string[] all =
        [
            "environment=Development",
            "urls=http://127.0.0.1:0",
            "Logging:Console:LogLevel:Default=None",
            $"ConnectionStrings:kafka={_broker.Broker.BootstrapServers}",
            "Kafka:Embedded=true",
            $"ConnectionStrings:wallets={database}",
            .. settings,
        ];
        _host = WalletHost.Build([.. all.Select(setting => $"--{setting}")]);
        Saga = new SagaStandIn(_broker);
    }

    public string Database { get; }

    public Audit.Log Log { get; }

    public Api Api { get; private set; } = null!;

    public SagaStandIn Saga { get; }

    public Payments.Messaging.Kafka.KafkaClientFactory Clients => _broker.Clients;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <param name="settings">More configuration, as <c>Section:Name=value</c>.</param>
    public static async Task<WalletPlatform> StartAsync(PostgresFixture postgres, params string[] settings) =>
        await StartOnAsync(await postgres.CreateDatabaseAsync(), settings);

    public static async Task<WalletPlatform> StartOnAsync(string database, params string[] settings)
    {
        var platform = new WalletPlatform(database, settings);
        await platform._host.StartAsync(Cancel);
        platform.Api = new Api(new Uri(platform._host.Urls.Single()));
        return platform;
    }

    /// <summary>A POST with a key of its own that must be answered so.</summary>
    public async Task<JsonNode> PostAsync(string target, object body, HttpStatusCode expected = HttpStatusCode.Created)
    {
        using var response = await Api.PostAsync(target, JsonSerializer.Serialize(body), Api.Fresh("key"));
        var text = await response.Content.ReadAsStringAsync(Cancel);
        Assert.True(response.StatusCode == expected, $"{(int)response.StatusCode} {text}");
        return JsonNode.Parse(text)!;
    }

    /// <summary>A POST that must be refused, with this code, by a rule of the business.</summary>
    public async Task RefuseAsync(string target, object body, string code, HttpStatusCode expected = HttpStatusCode.UnprocessableEntity)
    {
        using var response = await Api.PostAsync(target, JsonSerializer.Serialize(body), Api.Fresh("key"));
        var problem = await ProblemAssert.IsAsync(response, expected, code);
        Assert.False(string.IsNullOrWhiteSpace((string?)problem["detail"]));
    }

    public async Task<Guid> HoldAsync(Guid wallet, long amount, int expiresInSeconds = 3600) =>
        (Guid)(await PostAsync($"/api/wallets/{wallet}/holds", new { amount, currency = "EUR", expiresInSeconds }))["holdId"]!;

    /// <summary>Sends a saga's commands and waits until the service has dealt with all of them.</summary>
    public async Task CommandAsync(params IReadOnlyList<Payments.Domain.Wallets.WalletCommand> commands)
    {
        Saga.Send(commands);
        await UntilAsync(async () => await Log.ScalarAsync<long>(
            "select coalesce(max(position), 0) from watermarks where source = 'sagas'") == Saga.Position && await AllPartitionsAsync());
    }

    public static async Task UntilAsync(Func<Task<bool>> condition)
    {
        var deadline = DateTimeOffset.UtcNow + Deadline;
        while (!await condition())
        {
            Assert.True(DateTimeOffset.UtcNow < deadline, $"Not so within {Deadline.TotalSeconds} s.");
            await Task.Delay(20, Cancel);
        }
    }

    /// <summary>Has all tables made again from the events.</summary>
    public async Task RebuildAsync()
    {
        await using var source = NpgsqlDataSource.Create(Database);
        var control = new ProjectionControl(source, TimeProvider.System);
        await UntilAsync(async () => await control.RebuildAsync("wallets", Cancel) == ProjectionAnswer.Accepted);
        await UntilAsync(async () => (await control.ListAsync(Cancel)).Single() is { Rebuild: null });
    }

    /// <summary>The kinds, amounts and other sides of a wallet's entries.</summary>
    public Task<List<string>> EntriesAsync(Guid wallet) => Log.ColumnAsync<string>(
        $"select format('%s %s %s', kind, amount, counter_account) from ledger_entries where wallet_id = '{wallet}' order by version");

    public Task<List<string>> AccountsAsync() => Log.ColumnAsync<string>(
        "select format('%s %s %s', account, currency, balance) from account_balances where balance <> 0 order by 1");

    /// <summary>The proof of the double entry, by what the service says and by what its tables say.</summary>
    public async Task AssertBalancedAsync()
    {
        Assert.True((bool)(await Api.GetJsonAsync("/api/admin/wallets/accounts"))["balanced"]!);
        Assert.Equal([], await Log.ColumnAsync<string>(
            """
            select currency from (
                select currency, balance from wallets union all select currency, balance from account_balances) every
            group by currency having sum(balance) <> 0
            """));
        Assert.Equal(
            await Log.ColumnAsync<string>(
                "select format('%s %s %s', counter_account, currency, -sum(amount)) from ledger_entries " +
                "group by counter_account, currency order by 1"),
            await Log.ColumnAsync<string>("select format('%s %s %s', account, currency, balance) from account_balances order by 1"));
        Assert.Equal([], await Log.ColumnAsync<Guid>(
            """
            select wallet_id from wallets
            left join (select wallet_id, sum(amount) as total from ledger_entries group by wallet_id) e using (wallet_id)
            where balance <> coalesce(total, 0)
            """));
        Assert.Equal([], await Log.ColumnAsync<Guid>(
            """
            select wallet_id from wallets
            left join (select wallet_id, sum(amount) as total from holds group by wallet_id) h using (wallet_id)
            where held <> coalesce(total, 0)
            """));
    }

    public async Task StopAsync()
    {
        Api.Dispose();
        await _host.StopAsync(Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        Api?.Dispose();
        await _host.DisposeAsync();
        await Log.DisposeAsync();
        _broker.Dispose();
    }

    private async Task<bool> AllPartitionsAsync() =>
        Saga.LastOfPartitions.All((await Log.RowsAsync(
            "select partition, position from watermarks where source = 'sagas'", row => (row.GetInt32(0), row.GetInt64(1)))).Contains);
}
