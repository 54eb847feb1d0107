using System.Text.Json.Nodes;
using IntegrationTests.Sealing;
using IntegrationTests.Standalone;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Payments.EventStore.Postgres;
using Payments.EventStore.Sealing;
using Payments.Standalone.Postgres;
using UnitTests.Randomness;

namespace IntegrationTests.Tools;

/// <summary><c>./payments verify</c>, as a process of its own.</summary>
public sealed class VerifyTests(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), $"verify-{Guid.NewGuid():N}")).FullName;
    private SealedLog _log = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _log = await SealedLog.CreateAsync(postgres, Seed.NewRandom());

    public async ValueTask DisposeAsync()
    {
        await _log.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task It_ends_with_0_on_a_sound_log_and_tells_the_seal_to_note_which_it_then_expects()
    {
        var newest = (await _log.SealsAsync())[^1].Mark;

        var plain = await VerifyAsync("--connection", Connection, "--log", "wallets");
        var expecting = await VerifyAsync("--connection", Connection, "--expect", newest.ToString());

        Assert.Equal((0, ""), (plain.ExitCode, plain.Errors));
        Assert.Contains(
            $"wallets: {_log.Last} events in {newest.Number} seals are as they were sealed", plain.Output, StringComparison.Ordinal);
        Assert.Contains($"newest seal, up to position {_log.Last}: {newest}", plain.Output, StringComparison.Ordinal);
        Assert.Equal(0, expecting.ExitCode);
    }

    [Fact]
    public async Task It_ends_with_1_on_a_log_that_was_tampered_with_and_names_the_first_event()
    {
        var target = await _log.InnerEventAsync();
        await _log.Database.ExecuteAsync($"update events set actor = 'else' where position = {target.Position}");

        var plain = await VerifyAsync("--connection", Connection, "--log", "wallets");
        var json = await VerifyAsync("--connection", Connection, "--log", "wallets", "--json");

        Assert.Equal((1, 1), (plain.ExitCode, json.ExitCode));
        Assert.Contains(
            $"wallets: NOT AS IT WAS SEALED, first at position {target.Position}: event {target.EventId} (wallet.opened.v1) "
            + $"of {target.Stream} version {target.StreamVersion} was changed after it was sealed (interval ",
            plain.Output, StringComparison.Ordinal);
        var finding = Assert.Single(JsonNode.Parse(json.Output)![0]!["report"]!["findings"]!.AsArray())!;
        Assert.Equal(
            ("Changed", target.Position, target.EventId),
            (finding["kind"]!.GetValue<string>(), finding["position"]!.GetValue<long>(), finding["eventId"]!.GetValue<Guid>()));
    }

    [Fact]
    public async Task It_ends_with_2_where_it_cannot_check()
    {
        var empty = await VerifyAsync("--connection", await postgres.CreateDatabaseAsync());
        var nowhere = await VerifyAsync();
        var nonsense = await VerifyAsync("--verbose");

        Assert.Equal((2, 2, 2), (empty.ExitCode, nowhere.ExitCode, nonsense.ExitCode));
        Assert.Contains("COULD NOT BE CHECKED: It has no table of seals", empty.Output, StringComparison.Ordinal);
        Assert.Equal(
            $"There is no data in {_folder}. Name its folder in PAYMENTS_DATA_DIR, or a database with --connection.\n", nowhere.Errors);
        Assert.Equal("Unrecognized command or argument '--verbose'.\n", nonsense.Errors);
    }

    [Fact]
    public async Task A_proof_that_it_makes_holds_without_a_database_until_somebody_touches_it()
    {
        var e = await _log.InnerEventAsync();
        var made = await VerifyAsync("--connection", Connection, "--proof", $"{e.Stream}/{e.StreamVersion}");
        Assert.Equal(0, made.ExitCode);
        var file = Path.Combine(_folder, "proof.json");
        await File.WriteAllTextAsync(file, made.Output, Cancel);
        var seal = (await _log.SealsAsync()).Single(s => s.FirstPosition <= e.Position && s.LastPosition >= e.Position).Mark;

        var good = await VerifyAsync("--check", file, "--seal", seal.Hash);
        await File.WriteAllTextAsync(file, made.Output.Replace("2500", "2501", StringComparison.Ordinal), Cancel);
        var bad = await VerifyAsync("--check", file, "--seal", seal.Hash);

        Assert.Equal(
            (0, $"The proof holds: event {e.EventId} ({e.Type}) of {e.Stream} version {e.StreamVersion} "
                + $"at position {e.Position} is covered by seal {seal}\n"),
            (good.ExitCode, good.Output));
        Assert.Equal((1, "The proof does not hold. The event does not lead to the seal.\n"), (bad.ExitCode, bad.Output));
    }

    [Fact]
    public async Task It_finds_the_databases_of_a_data_folder_whether_its_server_runs_or_not()
    {
        await using (var server = await PrivatePostgres.StartAsync(PostgresOwner.Small(_folder), cancel: Cancel))
        {
            foreach (var name in new[] { "payments", "wallets", "sagas" })
            {
                await FillAsync(await server.CreateDatabaseAsync(name, Cancel));
            }

            var running = await VerifyAsync();
            Assert.Equal((0, 3), (running.ExitCode, CountOf("2 events in 1 seals are as they were sealed", running.Output)));
        }

        var started = await VerifyAsync("--log", "sagas");

        Assert.Equal((0, 1), (started.ExitCode, CountOf("sagas: 2 events in 1 seals are as they were sealed", started.Output)));
        Assert.Empty(Processes.Mentioning(_folder));

        static int CountOf(string what, string text) => text.Split(what).Length - 1;
    }

    private static async Task FillAsync(string connection)
    {
        await using var source = NpgsqlDataSource.Create(connection);
        await SchemaMigrator.MigrateAsync(source, TimeProvider.System, Cancel);
        await using (var store = new PostgresEventStore("test", source, TimeProvider.System, NullLogger<PostgresEventStore>.Instance))
        {
            await store.AppendAsync(
                EventStore.Sample.Unit(EventStore.Sample.Stream(), Payments.EventStore.Contract.ExpectedVersion.None, count: 2), Cancel);
        }

        await using var one = await source.OpenConnectionAsync(Cancel);
        var run = await SealingRun.OpenAsync(one, SealLimits.Standard, TimeProvider.System, Cancel);
        await run.SealNextAsync(Cancel);
    }

    private string Connection => _log.Database.ConnectionString;

    private Task<(int ExitCode, string Output, string Errors)> VerifyAsync(params string[] arguments) =>
        ToolProcess.RunAsync(_folder, ["verify", .. arguments]);
}
