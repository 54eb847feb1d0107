using Payments.Domain.Wallets;
using Payments.EventStore.Contract;
using Payments.Messaging.DeadLetters;
using Payments.Messaging.Envelope;
using Payments.Messaging.Topics;

namespace IntegrationTests.Replays;

/// <summary>Eleven kinds of failures of the wallet service's consumer.</summary>
internal static class WalletFailures
{
    private static readonly Func<ReplayStage<Wallet, WalletEvent>, Random, Guid, Task>[] Kinds =
    [
        FailedForAWhile, Refused, TruncatedThenEdited, UnknownType, OtherSchema, OtherCurrency, TooMuchAfterAnEdit, AppliedBefore,
        ManyBehind, OneBehindFails, Unreadable,
    ];

    /// <returns>The kinds of the dead letters, one for each.</returns>
    public static async Task<IReadOnlyList<string>> MakeAsync(ReplayStage<Wallet, WalletEvent> stage, Random random, int perKind)
    {
        var kinds = Enumerable.Range(0, perKind * Kinds.Length).Select(i => Kinds[i % Kinds.Length]).ToArray();
        random.Shuffle(kinds);
        var wallets = await stage.OpenAsync(kinds.Length, balance: 1_000);
        for (var i = 0; i < kinds.Length; i++)
        {
            await kinds[i](stage, random, wallets[i]);
        }

        return [.. kinds.Select(k => k.Method.Name)];
    }

    /// <summary>Edits the newest dead letter.</summary>
    public static async Task EditAsync<TState, TEvent>(ReplayStage<TState, TEvent> stage, Message whole)
        where TState : class
    {
        var newest = (await stage.Letters.SelectAsync(new() { Filter = new() }, 1_000, TestContext.Current.CancellationToken))[^1];
        var check = new EditCheck<TState, TEvent>(
            stage.Consumer, stage.Store, stage.Aggregates, ReplayStage<TState, TEvent>.Edits, TimeProvider.System);
        Assert.Null(await check.FaultOfAsync(newest, whole.Data.ToArray(), TestContext.Current.CancellationToken));
        await stage.StoredAsync(new AppendUnit
        {
            Rows = [EditRow.Of(newest, whole.Data.ToArray(), DateTimeOffset.UtcNow, "tests/ada", "mended by hand").ToRow()],
        });
    }

    private static Message Any(Random random, Guid wallet) => random.Next(2) == 0
        ? WalletLetters.Credit(wallet, random.Next(1, 500))
        : WalletLetters.Hold(wallet, random.Next(1, 1_500));

    private static Task FailedForAWhile(ReplayStage<Wallet, WalletEvent> stage, Random random, Guid wallet) =>
        stage.ParkAsync(Any(random, wallet).Dead(stage.Consumer.Name));

    private static Task Refused(ReplayStage<Wallet, WalletEvent> stage, Random random, Guid wallet) =>
        stage.ParkAsync(Any(random, Guid.CreateVersion7()).Dead(stage.Consumer.Name));

    private static async Task TruncatedThenEdited(ReplayStage<Wallet, WalletEvent> stage, Random random, Guid wallet)
    {
        var whole = Any(random, wallet);
        await stage.ParkAsync(whole.Truncated().Dead(stage.Consumer.Name));
        await EditAsync(stage, whole);
    }

    private static Task UnknownType(ReplayStage<Wallet, WalletEvent> stage, Random random, Guid wallet)
    {
        var message = Any(random, wallet);
        return stage.ParkAsync(
            (message with { Headers = message.Headers with { Type = "command.wallet.juggle.v1" } }).Dead(stage.Consumer.Name));
    }

    private static Task OtherSchema(ReplayStage<Wallet, WalletEvent> stage, Random random, Guid wallet)
    {
        var message = Any(random, wallet);
        return stage.ParkAsync((message with { Headers = message.Headers with { Schema = random.Next(3, 99) } }).Dead(stage.Consumer.Name));
    }

    private static Task OtherCurrency(ReplayStage<Wallet, WalletEvent> stage, Random random, Guid wallet) =>
        stage.ParkAsync(WalletLetters.Hold(wallet, random.Next(1, 500), "USD").Dead(stage.Consumer.Name));

    private static async Task TooMuchAfterAnEdit(ReplayStage<Wallet, WalletEvent> stage, Random random, Guid wallet)
    {
        var whole = WalletLetters.Hold(wallet, random.Next(1_001, 9_999));
        await stage.ParkAsync(whole.Truncated().Dead(stage.Consumer.Name));
        await EditAsync(stage, whole);
    }

    // The same operation under another id, as when it was sent again.
    private static async Task AppliedBefore(ReplayStage<Wallet, WalletEvent> stage, Random random, Guid wallet)
    {
        var message = Any(random, wallet);
        var order = stage.Consumer.Interpret(message)!;
        await stage.DecideAsync([(wallet, order.Decide)]);
        await stage.ParkAsync(message.Dead(stage.Consumer.Name));
    }

    private static Task ManyBehind(ReplayStage<Wallet, WalletEvent> stage, Random random, Guid wallet) =>
        ParkAsync(stage, Line(random, wallet));

    // What comes after the one that fails waits on.
    private static Task OneBehindFails(ReplayStage<Wallet, WalletEvent> stage, Random random, Guid wallet)
    {
        var line = Line(random, wallet);
        line[^2] = line[^2].Truncated();
        return ParkAsync(stage, line);
    }

    private static List<Message> Line(Random random, Guid wallet) =>
        [.. Enumerable.Range(0, random.Next(3, 15)).Select(_ => Any(random, wallet))];

    private static Task ParkAsync(ReplayStage<Wallet, WalletEvent> stage, List<Message> line) => stage.ParkAsync(
        [line[0].Dead(stage.Consumer.Name), .. line.Skip(1).Select(m => m.Waiting(stage.Consumer.Name))]);

    private static Task Unreadable(ReplayStage<Wallet, WalletEvent> stage, Random random, Guid wallet)
    {
        var bytes = new byte[random.Next(1, 200)];
        random.NextBytes(bytes);
        return stage.ParkAsync(Letters.Unreadable(stage.Consumer.Name, PlatformTopics.WalletCommands, bytes));
    }
}
