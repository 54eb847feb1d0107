using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Payments.Domain;
using Payments.Domain.Wallets;
using Payments.EventStore.Contract;
using Payments.EventStore.Postgres;
using Payments.Messaging.Topics;
using Payments.WalletService;

namespace IntegrationTests.Wallets;

/// <summary>A database that the version before this one has filled.</summary>
public sealed class UpgradeTests(PostgresFixture postgres)
{
    private const string Alice = "01980000-0000-7000-8000-00000000000a";
    private const string Payment = "01980000-0000-7000-8000-00000000000b";
    private const string Deposit = "01980000-0000-7000-8000-00000000000c";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Accounts_add_up_and_open_holds_are_known_again_and_can_be_ended()
    {
        var database = await postgres.CreateDatabaseAsync();
        await FillAsVersionOneAsync(database);

        await using var wallets = await WalletPlatform.StartOnAsync(database);
        Assert.Equal(["card-clearing EUR -5000"], await wallets.AccountsAsync()); // Before anything was rebuilt.
        await WalletPlatform.UntilAsync(async () => await wallets.Log.ScalarAsync<long>("select count(*) from holds") == 1);

        Assert.Equal(
            [$"{Payment} {Alice} {Payment} payment 1200 EUR 2099-01-01"],
            await wallets.Log.ColumnAsync<string>(
                "select format('%s %s %s %s %s %s %s', hold_id, wallet_id, operation_id, purpose, amount, currency, expires_at::date) " +
                "from holds"));
        var (wallet, operation) = (new WalletId(Guid.Parse(Alice)), new OperationId(Guid.Parse(Payment)));
        await wallets.CommandAsync(new WalletCommand.Capture(
            wallet, HoldId.For(operation), operation, new Money(1_200, Currency.Parse("EUR")), wallet));
        Assert.Equal(["deposit 5000 card-clearing", "payment_out -1200 suspense"], await wallets.EntriesAsync(wallet.Value));
        Assert.Equal([], await wallets.Log.ColumnAsync<Guid>("select hold_id from holds"));
        await wallets.AssertBalancedAsync();
    }

    private static async Task FillAsVersionOneAsync(string database)
    {
        await using var source = NpgsqlDataSource.Create(database);
        await SchemaMigrator.MigrateAsync(source, TimeProvider.System, Cancel, ("messaging", typeof(TopicCreator).Assembly));
        var resource = typeof(WalletHost).Assembly.GetManifestResourceStream("Payments.WalletService.Sql.001_wallets.sql")!;
        using var file = new StreamReader(resource, Encoding.UTF8);
        var sql = await file.ReadToEndAsync(Cancel);
        await ExecuteAsync(source, sql);
        await ExecuteAsync(
            source,
            "insert into schema_files (component, name, checksum) values ('wallets', '001_wallets.sql', $1)",
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sql))));
        await ExecuteAsync(
            source,
            "insert into checkpoints (name, version, position, moved_at, state, state_since) " +
            "values ('projection/wallets', 1, 0, now(), 'live', now())");
        await ExecuteAsync(source, "insert into projections (name, inline) values ('wallets', true)");

        await using var store = new PostgresEventStore("wallets", source, TimeProvider.System, NullLogger<PostgresEventStore>.Instance);
        var stream = new StreamAppend(
            new StreamId("wallet", Alice),
            ExpectedVersion.Exactly(0),
            [
                Event("wallet.opened.v1", $$"""{"wallet":"{{Alice}}","owner":"alice","currency":"EUR"}"""),
                Event("wallet.deposited.v1", $$"""{"movement":"{{Deposit}}","amount":{"minor":5000,"currency":"EUR"},"reference":null}"""),
                Event(
                    "wallet.funds-held.v1",
                    $$"""{"hold":"{{Payment}}","payment":"{{Payment}}","amount":{"minor":1200,"currency":"EUR"}""" +
                    ""","expiresAt":"2099-01-01T00:00:00+00:00"}"""),
            ]);
        var stored = await store.AppendAsync(
            new AppendUnit
            {
                Streams = [stream],
                Rows =
                [
                    Row(
                        "wallets",
                        $$"""
                        {"walletId":"{{Alice}}","userId":"alice","currency":"EUR","balance":5000,"held":1200,"status":"active","version":3}
                        """),
                    Row(
                        "ledger_entries",
                        $$"""
                        {"walletId":"{{Alice}}","version":2,"kind":"deposit","movementId":"{{Deposit}}","amount":5000,"currency":"EUR",
                         "balance":5000,"counterAccount":"card-clearing","recordedAt":"2026-11-01T00:00:00Z"}
                        """),
                ],
            },
            Cancel);
        Assert.IsType<AppendResult.Appended>(stored);
    }

    private static NewEvent Event(string type, string json) => new(
        Guid.CreateVersion7(),
        type,
        1,
        Encoding.UTF8.GetBytes(json),
        new EventMetadata(Guid.Parse(Payment), null, "tests", null, RoutingKey.ForUser("alice")));

    private static ProjectionRow Row(string projection, string json) => new(projection, Encoding.UTF8.GetBytes(json));

    private static async Task ExecuteAsync(NpgsqlDataSource source, string sql, params object[] parameters)
    {
        await using var command = source.CreateCommand(sql);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        }

        await command.ExecuteNonQueryAsync(Cancel);
    }
}
