using Payments.Contracts.Invariants;
using Payments.Domain;
using Payments.Domain.Wallets;
using Payments.EventStore.Contract;
using Payments.Operations.Invariants;
using Payments.Operations.Invariants.ProjectionChecks;
using Payments.WalletService;
using Payments.WalletService.Invariants;
using Payments.WalletService.Wallets;

namespace IntegrationTests.Invariants;

/// <summary>Rows that are not what their events lead to are found, and the first event that they do not show is named.</summary>
public sealed class ProjectionAuditTests(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly List<Guid> _wallets = [];
    private WatchedDatabase _database = null!;

    private Invariant Invariant { get; set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await WatchedDatabase.CreateAsync(postgres, "wallets", typeof(WalletHost).Assembly);
        Invariant = Audit(new InvariantOptions());
        for (var i = 0; i < 10; i++)
        {
            _wallets.Add(await OpenAsync());
        }
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task What_the_service_wrote_itself_raises_nothing()
    {
        await _database.LookTwiceAsync(Invariant);
        await DepositAsync(_wallets[3], 5);
        await _database.LookTwiceAsync(Invariant);

        Assert.Empty(await _database.AlertsAsync());
        var view = await _database.ViewAsync(Invariant);
        Assert.Equal(("holds", 10L, 0L, null, null), (view.State, view.Checked, view.Suspicions, view.Note, view.Error));
    }

    [Fact]
    public async Task A_row_that_was_changed_by_hand_is_named_with_the_event_that_wrote_it_and_clears_when_it_is_mended()
    {
        await _database.ExecuteAsync("update wallets set balance = balance + 1 where wallet_id = $1", _wallets[4]);
        await _database.LookTwiceAsync(Invariant);

        var alert = Assert.Single(await _database.OpenAlertsAsync());
        Assert.Equal($"wallet/{_wallets[4]}", alert.Subject);
        Assert.Equal(
            $"wallet/{_wallets[4]} has a row that differs in balance in 'wallets': no version of the stream leads to this row.",
            alert.Message);
        Assert.Equal(await EventAsync(_wallets[4], 3), alert.Event);
        var (row, expected) = (alert.Details.GetProperty("row"), alert.Details.GetProperty("expected"));
        Assert.Equal((301, 300), (row.GetProperty("balance").GetInt64(), expected.GetProperty("balance").GetInt64()));

        await _database.ExecuteAsync("update wallets set balance = balance - 1 where wallet_id = $1", _wallets[4]);
        await _database.LookAsync(Invariant);
        Assert.NotNull(Assert.Single(await _database.AlertsAsync()).ClearedAt);
    }

    [Fact]
    public async Task A_row_that_missed_an_event_is_named_with_that_event()
    {
        await _database.ExecuteAsync("update wallets set balance = 100 where wallet_id = $1", _wallets[2]); // As of version 2.
        await _database.LookTwiceAsync(Invariant);

        var alert = Assert.Single(await _database.OpenAlertsAsync());
        Assert.Equal(await EventAsync(_wallets[2], 3), alert.Event);
        Assert.Equal(
            $"wallet/{_wallets[2]} has a row that differs in balance in 'wallets': the row shows the state of version 2.", alert.Message);
    }

    [Fact]
    public async Task A_row_that_stayed_behind_is_named_with_the_next_event()
    {
        await _database.ExecuteAsync("update wallets set balance = 0, version = 1 where wallet_id = $1", _wallets[2]);
        await _database.LookTwiceAsync(Invariant);

        Assert.Equal(await EventAsync(_wallets[2], 2), Assert.Single(await _database.OpenAlertsAsync()).Event);
    }

    [Fact]
    public async Task A_missing_row_is_named_with_the_first_event_and_a_row_too_many_by_itself()
    {
        await _database.ExecuteAsync("delete from wallets where wallet_id = $1", _wallets[7]);
        var stranger = Guid.NewGuid();
        await _database.ExecuteAsync(
            "insert into wallets (wallet_id, user_id, currency, balance, held, status, version) " +
            "values ($1, 'eve', 'EUR', 100, 0, 'active', 1)",
            stranger);
        await _database.LookTwiceAsync(Invariant);

        var alerts = (await _database.OpenAlertsAsync()).ToDictionary(a => a.Subject);
        Assert.Equal(2, alerts.Count);
        Assert.Equal(await EventAsync(_wallets[7], 1), alerts[$"wallet/{_wallets[7]}"].Event);
        Assert.Equal(
            (null, $"The table 'wallets' has a row for wallet/{stranger}, and there is no such stream."),
            (alerts[$"wallet/{stranger}"].Event, alerts[$"wallet/{stranger}"].Message));
    }

    [Fact]
    public async Task In_a_table_too_large_for_one_look_a_changed_row_is_found_at_once_and_the_walk_comes_to_every_stream()
    {
        var audit = Audit(new InvariantOptions { WalkStreams = 3, ChangedStreamsMax = 2 });
        await _database.LookTwiceAsync(audit);
        var unwalked = _wallets.Order().Last(); // The walk has come to six of ten.
        await _database.ExecuteAsync("update wallets set held = 7 where wallet_id = $1", unwalked);
        await _database.LookAsync(audit);
        Assert.Equal(1, (await _database.ViewAsync(audit)).Suspicions);

        // The same without the look at rows that were written lately: only the walk can find it.
        await _database.ExecuteAsync("update wallets set held = 0 where wallet_id = $1", unwalked);
        await _database.ExecuteAsync("analyze wallets; update wallets set held = 8 where true"); // All of them: more than one look takes.
        var blind = Audit(new InvariantOptions { WalkStreams = 3, ChangedStreamsMax = 1, WholeTableRowsMax = 0 });
        for (var looks = 0; looks < 6; looks++)
        {
            await _database.LookAsync(blind);
        }

        Assert.Equal(_wallets.Order().Select(w => $"wallet/{w}"), (await _database.OpenAlertsAsync()).Select(a => a.Subject).Order());
    }

    [Fact]
    public async Task While_the_tables_are_rebuilt_it_cannot_be_checked()
    {
        await _database.ExecuteAsync("insert into projections (name, inline, rebuild_version) values ('wallets', true, 2)");
        await _database.ExecuteAsync("update wallets set balance = balance + 1");
        await _database.LookTwiceAsync(Invariant);

        Assert.Empty(await _database.AlertsAsync());
        Assert.Equal("unknown", (await _database.ViewAsync(Invariant)).State);
    }

    private Invariant Audit(InvariantOptions options) => new ProjectionCheck<Wallet, WalletEvent>(
        _database.Store, _database.Source, WalletAggregate.Definition, CheckedTables.Table, options).Invariant;

    private async Task<Guid> OpenAsync()
    {
        var wallet = new WalletId(Guid.NewGuid());
        await _database.HandleAsync(
            WalletAggregate.Definition, wallet.Value, new WalletEvent.Opened(wallet, UserId.Parse("alice"), Currency.Parse("EUR")));
        await DepositAsync(wallet.Value, 100);
        await DepositAsync(wallet.Value, 200);
        return wallet.Value;
    }

    private Task DepositAsync(Guid wallet, long amount) => _database.HandleAsync<Wallet, WalletEvent>(
        WalletAggregate.Definition,
        wallet,
        new WalletEvent.Deposited(new MovementId(Guid.NewGuid()), new Money(amount, Currency.Parse("EUR")), null));

    private Task<AlertEventView> EventAsync(Guid wallet, long version) =>
        _database.EventAsync(new StreamId("wallet", $"{wallet}"), version);
}
