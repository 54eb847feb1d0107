using System.Text.Json.Nodes;
using IntegrationTests.WholeSystem;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Payments.Domain;
using Payments.Domain.Wallets;
using Payments.EventStore.Aggregates;
using Payments.EventStore.Postgres;
using Payments.WalletService.Wallets;
using UnitTests.Randomness;

namespace IntegrationTests.Invariants;

/// <summary>Money that comes from nowhere is found, with the event that made it; and a busy system raises nothing.</summary>
[Collection(WholeSystemTests.Name)]
public sealed class MadeUpMoneyTests(PostgresFixture postgres)
{
    private const string Movements = "wallet-movements-are-of-sagas";
    private const string Suspense = "suspense-is-in-flight";

    private static readonly string[] OftenLooks = ["Invariants:EveryMs=200", "Invariants:GraceMs=1000", "Invariants:StalledMs=60000"];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_credit_of_no_payment_and_a_suspense_that_nobody_explains_are_found_and_a_busy_system_raises_nothing()
    {
        var databases = await Databases.CreateAsync(postgres);
        await using var platform = await Platform.StartAsync(databases, OftenLooks);
        using var api = new Api(platform.Gateway);
        await new Crowd(api).PayAsync(300, 10, Seed.NewRandom());
        var (payer, payee) = (await api.OpenWalletWithAsync(1_000), await api.OpenWalletAsync());
        Assert.Equal("completed", (await api.EndOfAsync(await api.PayAsync(payer, payee, 10))).Status);
        var card = await api.PayByCardAsync("tok_ok", payee, 500);
        Assert.Equal("completed", (await api.EndOfAsync(card)).Status);
        Assert.Equal("completed", (await api.EndOfRefundAsync(card, await api.RefundAsync(card, 200))).Status);
        await LookedAtAsync(api, Movements);
        await LookedAtAsync(api, Suspense);
        Assert.Equal("[]", (await api.GetJsonAsync("/api/admin/sagas/alerts"))["items"]!.ToJsonString());

        await using var wallets = NpgsqlDataSource.Create(databases.Wallets);
        await ExecuteAsync(wallets, "update account_balances set balance = balance - 500 where account = 'suspense' and currency = 'EUR'");
        var shifted = await AlertAsync(api, a => (string?)a["invariant"] == Suspense);
        Assert.Equal(
            "-500 EUR are in suspense, and open payments and refunds explain 0: -500 belong to nobody.", (string?)shifted["message"]);
        await ExecuteAsync(wallets, "update account_balances set balance = balance + 500 where account = 'suspense' and currency = 'EUR'");
        await AlertAsync(api, a => JsonNode.DeepEquals(a["id"], shifted["id"]) && a["clearedAt"] is not null);

        var operation = new OperationId(Guid.CreateVersion7());
        await CreditAsync(wallets, payee, operation, new WalletId(payer));
        var made = await AlertAsync(api, a => (string?)a["invariant"] == Movements);
        Assert.Equal(
            $"Wallet {payee} has a credit of 99999 EUR for {operation}, and there is no such payment or refund.", (string?)made["message"]);
        Assert.Equal($"wallet/{payee}", (string?)made["event"]!["stream"]);
        Assert.True((long?)made["event"]!["position"] > 0);
        await AlertAsync(api, a => (string?)a["invariant"] == Suspense && a["clearedAt"] is null);
    }

    // As a command that nobody of ours has sent would do it.
    private static async Task CreditAsync(NpgsqlDataSource wallets, Guid wallet, OperationId operation, WalletId payer)
    {
        await using var store = new PostgresEventStore(
            "wallets", wallets, TimeProvider.System, NullLogger<PostgresEventStore>.Instance);
        var commands = new CommandHandler<Wallet, WalletEvent>(
            store, new(store, WalletAggregate.Definition), WalletAggregate.Definition, TimeProvider.System);
        var eur = Currency.Parse("EUR");
        var credit = new WalletCommand.Credit(new(wallet), operation, new Money(99_999, eur), Money.Zero(eur), payer);
        Assert.IsType<CommandOutcome<Wallet>.Done>(await commands.HandleAsync(
            new(
                WalletAggregate.Definition.Stream(wallet),
                new Cause(operation.Value, null, "nobody", null),
                (state, now) => Wallet.Decide(state, credit, now)),
            Cancel));
    }

    private static async Task LookedAtAsync(Api api, string invariant)
    {
        var since = DateTimeOffset.UtcNow;
        await UntilAsync(async () => (await api.GetJsonAsync("/api/admin/sagas/invariants")).AsArray().FirstOrDefault(i =>
            (string?)i!["name"] == invariant && (string?)i["state"] == "holds" && i["checkedAt"] is { } at && (DateTimeOffset)at > since));
    }

    private static Task<JsonNode> AlertAsync(Api api, Func<JsonNode, bool> wanted) => UntilAsync(async () =>
        (await api.GetJsonAsync("/api/admin/sagas/alerts?limit=200"))["items"]!.AsArray().FirstOrDefault(a => wanted(a!)));

    private static async Task<JsonNode> UntilAsync(Func<Task<JsonNode?>> look)
    {
        var deadline = DateTimeOffset.UtcNow + Patience;
        while (true)
        {
            if (await look() is { } found)
            {
                return found;
            }

            Assert.True(DateTimeOffset.UtcNow < deadline, $"Not within {Patience.TotalSeconds} s.");
            await Task.Delay(100, Cancel);
        }
    }

    private static async Task ExecuteAsync(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        Assert.Equal(1, await command.ExecuteNonQueryAsync(Cancel));
    }
}
