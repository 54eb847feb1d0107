using Payments.Domain;
using Payments.Domain.Wallets;
using Payments.Messaging.Consuming;
using Payments.Messaging.Envelope;
using Payments.Messaging.Topics;
using Payments.WalletService;
using Payments.WalletService.Wallets;

namespace IntegrationTests.Replays;

/// <summary>Wallets, and what sagas ask of them.</summary>
internal static class WalletLetters
{
    public static readonly Currency Eur = Currency.Parse("EUR");

    private static ConsumerDefinition<Wallet, WalletEvent> Consumer => WalletAggregate.Consumer(WalletRules.None);

    public static Task<ReplayStage<Wallet, WalletEvent>> StageAsync(PostgresFixture postgres) =>
        ReplayStage<Wallet, WalletEvent>.CreateAsync(postgres, "wallets", Consumer, typeof(WalletHost).Assembly);

    public static ReplayStage<Wallet, WalletEvent> Stage(string database) => new(database, "wallets", Consumer);

    /// <summary>Opens wallets with money in them.</summary>
    public static async Task<List<Guid>> OpenAsync(this ReplayStage<Wallet, WalletEvent> stage, int count, long balance = 10_000)
    {
        var wallets = Enumerable.Range(0, count).Select(_ => Guid.CreateVersion7()).ToList();
        await stage.DecideAsync(wallets.SelectMany<Guid, (Guid, Func<Wallet?, DateTimeOffset, Decision<WalletEvent>>)>(id =>
        [
            (id, (w, now) => Wallet.Decide(w, new WalletCommand.Open(new(id), UserId.Parse($"user-{id:N}"), Eur), now)),
            (id, (w, now) => Wallet.Decide(w, new WalletCommand.Deposit(new(Guid.CreateVersion7()), new Money(balance, Eur), null), now)),
        ]));
        return wallets;
    }

    public static Message Credit(Guid wallet, long amount = 100) =>
        Of(wallet, operation => new WalletCommand.Credit(new(wallet), operation, new Money(amount, Eur), Money.Zero(Eur), null));

    public static Message Hold(Guid wallet, long amount = 100, string currency = "EUR") =>
        Of(wallet, operation => new WalletCommand.Hold(
            new(wallet), HoldId.For(operation), operation, new Money(amount, Currency.Parse(currency)), 3_600, HoldPurpose.Payment));

    private static Message Of(Guid wallet, Func<OperationId, WalletCommand> command)
    {
        var operation = new OperationId(Guid.CreateVersion7());
        return Letters.Of(command(operation), PlatformTopics.WalletCommands, RoutingKey.ForWallet(wallet), operation.Value);
    }
}
