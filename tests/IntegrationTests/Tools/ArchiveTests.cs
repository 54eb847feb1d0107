using IntegrationTests.EventStore;
using IntegrationTests.Standalone;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Payments.Domain;
using Payments.Domain.Wallets;
using Payments.EventStore.Aggregates;
using Payments.EventStore.Contract;
using Payments.EventStore.Postgres;
using Payments.EventStore.Projections;
using Payments.EventStore.Sealing;
using Payments.Messaging.Topics;
using Payments.WalletService;
using Payments.WalletService.Wallets;

namespace IntegrationTests.Tools;

/// <summary><c>./payments archive</c> on the log of wallets: nobody's money depends on where the past is kept.</summary>
public sealed class ArchiveTests(PostgresFixture postgres) : IAsyncLifetime
{
    private static readonly Currency Eur = Currency.Parse("EUR");
    private static readonly AggregateDefinition<Wallet, WalletEvent> Definition = WalletAggregate.Definition;

    private readonly string _folder = Directory.CreateTempSubdirectory("payments-archive-").FullName;
    private readonly SettableClock _clock = new(new DateTimeOffset(2026, 1, 10, 12, 0, 0, TimeSpan.Zero));
    private readonly WalletId[] _wallets = [.. Enumerable.Range(0, 3).Select(_ => new WalletId(Guid.CreateVersion7()))];
    private string _connection = "";
    private NpgsqlDataSource _source = null!;
    private PostgresEventStore _store = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _connection = await postgres.CreateDatabaseAsync();
        _source = NpgsqlDataSource.Create(_connection);
        await SchemaMigrator.MigrateAsync(
            _source, _clock, Cancel, ("messaging", typeof(TopicCreator).Assembly), ("wallets", typeof(WalletHost).Assembly));
        await SettableClock.RuleAsync(_source);
        _store = new PostgresEventStore("wallets", _source, _clock, NullLogger<PostgresEventStore>.Instance);
        foreach (var wallet in _wallets)
        {
            await DoAsync(wallet, new WalletCommand.Open(wallet, UserId.Parse("anna"), Eur));
            await DoAsync(wallet, Deposit(100));
        }

        _clock.Now = new DateTimeOffset(2026, 2, 3, 12, 0, 0, TimeSpan.Zero);
        await DoAsync(_wallets[0], Deposit(11));
        await DoAsync(_wallets[1], Deposit(22));
        await RegisterProjectionsAsync();
        await using var connection = await _source.OpenConnectionAsync(Cancel);
        await (await SealingRun.OpenAsync(connection, SealLimits.Standard, TimeProvider.System, Cancel)).SealNextAsync(Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        await _source.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_month_goes_and_comes_back_and_wallets_go_on_all_the_while()
    {
        var before = await _store.ReadAllAsync(0, 100, EventFilter.None, Cancel);
        var unread = await RunAsync("archive", "--month", "2026-01", "--to", _folder);
        Assert.Equal((1, "wallets: stays. relay has come to position 0; the month ends at 6.\n"), (unread.ExitCode, unread.Output));
        await ExecuteAsync("update relay_checkpoint set position = 8");
        await ExecuteAsync("update projections set rebuild_version = 1, rebuild_position = 5");
        var rebuilding = await RunAsync("archive", "--month", "2026-01", "--to", _folder);
        Assert.Equal("wallets: stays. rebuild of wallets has come to position 5; the month ends at 6.\n", rebuilding.Output);
        await ExecuteAsync("update projections set rebuild_version = null, rebuild_position = null");

        var archived = await RunAsync("archive", "--month", "2026-01", "--to", _folder);
        var file = Path.Combine(_folder, "wallets-2026-01.events.gz");
        Assert.Equal((0, $"wallets: 2026-01, 6 events, is in {file}\n"), (archived.ExitCode, archived.Output));
        Assert.Equal(2, (await _store.ReadAllAsync(0, 100, EventFilter.None, Cancel)).Count);
        Assert.Contains("2026-01, 6 events, positions 1 to 6", (await RunAsync("archive")).Output, StringComparison.Ordinal);
        Assert.Equal(new long[] { 111, 122, 100 }, await BalancesAsync());
        await DoAsync(_wallets[2], new WalletCommand.Withdraw(new MovementId(Guid.CreateVersion7()), new Money(40, Eur), null));
        Assert.Equal(new long[] { 111, 122, 60 }, await BalancesAsync());
        await Assert.ThrowsAsync<StreamArchivedException>(() => new TimeTravel<Wallet, WalletEvent>(_store, Definition)
            .StateAsync(Definition.Stream(_wallets[0].Value), new Moment.Version(1), Cancel));

        var verified = await RunAsync("verify");
        Assert.Equal(0, verified.ExitCode);
        Assert.Contains("wallets: 9 events", verified.Output, StringComparison.Ordinal);

        var restored = await RunAsync("archive", "--restore", file);
        Assert.Equal((0, "wallets: 2026-01, 6 events, is in the database again.\n"), (restored.ExitCode, restored.Output));
        EventStoreContract.AssertSame(before, (await _store.ReadAllAsync(0, 100, EventFilter.None, Cancel)).Take(8).ToList());
        Assert.Equal(0, (await RunAsync("verify")).ExitCode);
        Assert.Equal(new long[] { 111, 122, 60 }, await BalancesAsync());
    }

    [Fact]
    public async Task An_archive_that_was_changed_or_is_away_is_told_by_verify()
    {
        await ExecuteAsync("update relay_checkpoint set position = 8");
        Assert.Equal(0, (await RunAsync("archive", "--month", "2026-01", "--to", _folder)).ExitCode);
        var file = Path.Combine(_folder, "wallets-2026-01.events.gz");

        var bytes = await File.ReadAllBytesAsync(file, Cancel);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(file, bytes, Cancel);
        var changed = await RunAsync("verify");
        Assert.Equal(2, changed.ExitCode);
        Assert.Contains($"COULD NOT BE CHECKED: {file}", changed.Output, StringComparison.Ordinal);

        File.Delete(file);
        var away = await RunAsync("verify");
        Assert.Equal(0, away.ExitCode);
        Assert.Contains("archived events are not hashed again", away.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--month goes", "--month", "2026-01")]
    [InlineData("--month: '2026-13' is not a month", "--month", "2026-13", "--to", ".")]
    [InlineData("Directory does not exist: '/nowhere'", "--month", "2026-01", "--to", "/nowhere")]
    [InlineData("--restore goes with --log", "--restore", "x", "--month", "2026-01", "--to", ".")]
    public async Task What_means_nothing_is_refused_by_name(string says, params string[] arguments)
    {
        var refused = await RunAsync("archive", arguments);
        Assert.Equal(2, refused.ExitCode);
        Assert.StartsWith(
            says.Replace("--month goes", "--month and --to go", StringComparison.Ordinal), refused.Errors, StringComparison.Ordinal);
    }

    // As a service does that starts.
    private async Task RegisterProjectionsAsync()
    {
        var host = new ProjectionHost(
            _store, _source, [WalletAggregate.Projection(_store)], TimeProvider.System, () => new Random(1), NullLoggerFactory.Instance);
        await host.StartAsync(Cancel);
        var control = new ProjectionControl(_source, TimeProvider.System);
        await Wait.UntilAsync(() => control.ListAsync(Cancel).GetAwaiter().GetResult().Count == 1, TimeSpan.FromSeconds(30));
        await host.StopAsync(Cancel);
    }

    private static WalletCommand.Deposit Deposit(long minor) => new(new MovementId(Guid.CreateVersion7()), new Money(minor, Eur), null);

    private Task<(int ExitCode, string Output, string Errors)> RunAsync(string verb, params IReadOnlyList<string> arguments) =>
        ToolProcess.RunAsync(_folder, [verb, "--log", "wallets", "--connection", _connection, .. arguments]);

    // With no memory of its own: as a service that has just started.
    private async Task DoAsync(WalletId wallet, WalletCommand command)
    {
        var handler = new CommandHandler<Wallet, WalletEvent>(
            _store, new Aggregates<Wallet, WalletEvent>(_store, Definition), Definition, _clock);
        Assert.IsType<CommandOutcome<Wallet>.Done>(await handler.HandleAsync(
            new(
                Definition.Stream(wallet.Value),
                new Cause(Guid.CreateVersion7(), null, "tests", null),
                (state, now) => Wallet.Decide(state, command, now)),
            Cancel));
    }

    private async Task<long[]> BalancesAsync()
    {
        var streams = _wallets.Select(w => Definition.Stream(w.Value)).ToList();
        var states = await new Aggregates<Wallet, WalletEvent>(_store, Definition).LoadAsync(streams, Cancel);
        return [.. streams.Select(s => states[s].State!.Posted.Minor)];
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = _source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Cancel);
    }
}
