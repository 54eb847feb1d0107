using System.Diagnostics;
using IntegrationTests.Standalone;
using Payments.Domain.Wallets;
using Payments.Messaging.DeadLetters.Replays;
using Payments.Messaging.Envelope;

namespace IntegrationTests.Replays;

/// <summary>The process that carries a replay out is killed without warning, again and again.</summary>
public sealed class KilledReplayTests(PostgresFixture postgres)
{
    private const int DeadLetters = 10_000;
    private const int Kills = 3;
    private const string ConnectionVariable = "TEST_REPLAYER_CONNECTION";

    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ten_thousand_dead_letters_killed_three_times_are_each_applied_once_in_the_order_of_their_keys()
    {
        var database = await postgres.CreateDatabaseAsync();
        await using var stage = WalletLetters.Stage(database);
        await stage.MigrateAsync(typeof(Payments.WalletService.WalletHost).Assembly);
        var expected = await FillAsync(stage);
        var id = await stage.StartAsync(); // As fast as it can.
        var timer = Stopwatch.StartNew();

        var counts = new List<int>();
        var next = Start(database);
        for (var kill = 1; kill <= Kills; kill++)
        {
            using var replayer = next;
            await AppliedAsync(stage, id, DeadLetters * kill / (Kills + 1));
            Assert.False(replayer.HasExited, "The replayer ended by itself.");
            next = Start(database); // Waits for the lease.
            replayer.Kill();
            await replayer.WaitForExitAsync(Cancel);
            counts.Add((await stage.Books.FindAsync(id, Cancel))!.Counts.Applied);
        }

        using (var last = next)
        {
            var replay = await stage.UntilAsync(id, Replay.Done);
            timer.Stop();
            await stage.DrainedAsync();
            Assert.Equal((DeadLetters, 0, 0), (replay.Counts.Applied, replay.Counts.Failed, replay.Counts.Skipped));
            last.Kill();
            await last.WaitForExitAsync(Cancel);
        }

        var rate = (await stage.QueryAsync<double>(
            "select (count(*) / extract(epoch from max(at) - min(at)))::float8 from replay_items where ordinal > $1", counts[^1] + 200))[0];
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"killed at {string.Join(", ", counts)}; done after {timer.Elapsed.TotalSeconds:F1} s; after the last kill {rate:F0} a second");
        Assert.All(counts, c => Assert.InRange(c, 1, DeadLetters - 1));
        var applied = await stage.QueryAsync<string>(
            "select stream_id || ' ' || string_agg(causation_id::text, ' ' order by stream_version) from events " +
            "where causation_id is not null group by stream_id");
        Assert.Equal(expected.Order(StringComparer.Ordinal), applied.Order(StringComparer.Ordinal));
        Assert.Equal(DeadLetters, (await stage.QueryAsync<long>("select count(*) from parked_messages where status = 'replayed'"))[0]);
        Assert.Equal(DeadLetters, (await stage.QueryAsync<long>("select count(*) from parked_messages"))[0]);
        Assert.Equal(DeadLetters, (await stage.QueryAsync<long>(
            "select count(distinct message_id) from operator_acts where act = 'replay'"))[0]);
        Assert.Equal(DeadLetters, (await stage.QueryAsync<long>("select count(*) from operator_acts where act = 'replay'"))[0]);
    }

    [Fact(Explicit = true)]
    public async Task Replays_until_it_is_killed()
    {
        await using var stage = WalletLetters.Stage(ExplicitTest.Given(ConnectionVariable));
        await using var retries = stage.RunRetries(stage.Leadership());
        await using var replays = stage.RunReplays(stage.Leadership());
        await Task.Delay(Deadline, Cancel);
    }

    // A wallet for each dead letter; behind every tenth of them four more wait.
    private static async Task<List<string>> FillAsync(ReplayStage<Wallet, WalletEvent> stage)
    {
        var wallets = await stage.OpenAsync(DeadLetters);
        var lines = wallets.ConvertAll(w => new List<Message> { WalletLetters.Credit(w, 1) });
        for (var i = 0; i < DeadLetters; i += 10)
        {
            lines[i].AddRange(Enumerable.Range(2, 4).Select(n => WalletLetters.Credit(wallets[i], n)));
        }

        var consumer = stage.Consumer.Name;
        await stage.ParkAsync([.. lines.Select(line => line[0].Dead(consumer))]);
        await stage.ParkAsync([.. lines.SelectMany(line => line.Skip(1)).Select(m => m.Waiting(consumer))]);
        return [.. wallets.Select((w, i) => $"wallet/{w} {string.Join(' ', lines[i].Select(m => m.Headers.Id))}")];
    }

    private static Task AppliedAsync(ReplayStage<Wallet, WalletEvent> stage, Guid id, int atLeast) =>
        ReplayStage<Wallet, WalletEvent>.UntilAsync(
            async () => (await stage.Books.FindAsync(id, Cancel))!.Counts.Applied >= atLeast, () => "It does not get on.");

    private static Process Start(string database) => ExplicitTest.Start(
        typeof(KilledReplayTests),
        nameof(Replays_until_it_is_killed),
        new Dictionary<string, string> { [ConnectionVariable] = database });
}
