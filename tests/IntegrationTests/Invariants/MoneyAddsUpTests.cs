using Payments.Domain;
using Payments.Domain.Wallets;
using Payments.EventStore.Contract;
using Payments.Operations.Invariants;
using Payments.WalletService;
using Payments.WalletService.Invariants;
using Payments.WalletService.Wallets;

namespace IntegrationTests.Invariants;

/// <summary>
/// Money that does not add up is found, by the tables and by the events, and the first event that the ledger does not show is named.
/// </summary>
public sealed class MoneyAddsUpTests(PostgresFixture postgres) : IAsyncLifetime
{
    private static readonly Currency Euro = Currency.Parse("EUR");

    private readonly Guid _payer = Guid.NewGuid();
    private readonly Guid _payee = Guid.NewGuid();
    private WatchedDatabase _database = null!;

    private Invariant Invariant => new MoneyAddsUp(_database.Store, new LedgerQueries(_database.Source), _database.Options).Invariant;

    public async ValueTask InitializeAsync()
    {
        _database = await WatchedDatabase.CreateAsync(postgres, "wallets", typeof(WalletHost).Assembly);
        await WriteAsync(_payer, Opened(_payer));
        await WriteAsync(_payee, Opened(_payee));
        await WriteAsync(_payer, new WalletEvent.Deposited(new MovementId(Guid.NewGuid()), Minor(1_000), null));
        await PayAsync(300, fee: 10);
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task Payments_fees_and_what_is_on_its_way_add_up_look_after_look()
    {
        for (var looks = 0; looks < 5; looks++)
        {
            await _database.LookAsync(Invariant);
            await PayAsync(10, fee: 1);

            // Not captured yet.
            await WriteAsync(_payee, new WalletEvent.FundsCredited(new OperationId(Guid.NewGuid()), Minor(7), new WalletId(_payer)));
        }

        Assert.Empty(await _database.AlertsAsync());
        var view = await _database.ViewAsync(Invariant);
        Assert.Equal(("holds", 0L, null, null), (view.State, view.Suspicions, view.Error, view.Note));
    }

    [Fact]
    public async Task A_changed_ledger_entry_is_named_by_its_event_and_clears_when_it_is_mended()
    {
        await _database.LookAsync(Invariant); // The entry was compared when it was new.
        await _database.ExecuteAsync("update ledger_entries set amount = 301 where wallet_id = $1 and kind = 'payment_in'", _payee);
        await _database.LookTwiceAsync(Invariant);

        var e = await _database.EventAsync(new StreamId("wallet", $"{_payee}"), 2);
        var alerts = (await _database.OpenAlertsAsync()).ToDictionary(a => a.Subject);
        Assert.Equal(["entries of suspense EUR", $"wallet/{_payee}"], alerts.Keys.Order());
        Assert.Equal(
            (e, $"wallet.funds-credited.v1 at version 2 of wallet/{_payee} moved 300 EUR against suspense, " +
                "and the ledger says 301 EUR against suspense."),
            (alerts[$"wallet/{_payee}"].Event, alerts[$"wallet/{_payee}"].Message));
        Assert.Equal(e, alerts["entries of suspense EUR"].Event);

        await _database.ExecuteAsync("update ledger_entries set amount = 300 where wallet_id = $1 and kind = 'payment_in'", _payee);
        await _database.LookAsync(Invariant);
        Assert.Empty(await _database.OpenAlertsAsync());
        Assert.Equal(2, (await _database.AlertsAsync()).Count);
    }

    [Fact]
    public async Task A_missing_ledger_entry_is_named_by_its_event()
    {
        await _database.ExecuteAsync("delete from ledger_entries where wallet_id = $1 and kind = 'deposit'", _payer);
        await _database.LookTwiceAsync(Invariant);

        var alert = (await _database.OpenAlertsAsync()).Single(a => a.Subject == $"wallet/{_payer}");
        Assert.Equal(await _database.EventAsync(new StreamId("wallet", $"{_payer}"), 2), alert.Event);
        Assert.Equal(
            $"wallet.deposited.v1 at version 2 of wallet/{_payer} moved 1000 EUR, and the ledger has no entry for it.", alert.Message);
    }

    [Fact]
    public async Task Money_that_came_from_nowhere_makes_the_sum_not_zero_by_the_tables_and_by_the_events()
    {
        await _database.ExecuteAsync("update wallets set balance = balance + 5 where wallet_id = $1", _payer);
        await _database.LookTwiceAsync(Invariant);

        var alerts = (await _database.OpenAlertsAsync()).ToDictionary(a => a.Subject);
        Assert.Equal(["EUR", "events of wallets EUR", $"wallet/{_payer}"], alerts.Keys.Order());
        Assert.StartsWith("All accounts in EUR add up to 5 minor units, not to zero.", alerts["EUR"].Message, StringComparison.Ordinal);
        Assert.StartsWith(
            "By the events, wallets EUR is 990 minor units; the table says 995.",
            alerts["events of wallets EUR"].Message,
            StringComparison.Ordinal);
        Assert.Equal(await _database.EventAsync(new StreamId("wallet", $"{_payer}"), 4), alerts["EUR"].Event);
    }

    [Fact]
    public async Task An_account_that_is_not_the_sum_of_its_entries_is_named()
    {
        await _database.ExecuteAsync("update account_balances set balance = balance + 3 where account = 'fees'");
        await _database.LookTwiceAsync(Invariant);

        Assert.Equal(
            ["EUR", "entries of fees EUR", "events of fees EUR"], (await _database.OpenAlertsAsync()).Select(a => a.Subject).Order());
    }

    private async Task PayAsync(long amount, long fee)
    {
        var operation = new OperationId(Guid.NewGuid());
        var (hold, until) = (HoldId.For(operation), _database.Clock.Now.AddDays(7));
        await WriteAsync(_payer, new WalletEvent.FundsHeld(hold, operation, Minor(amount), until, HoldPurpose.Payment, null));
        await WriteAsync(
            _payee,
            new WalletEvent.FundsCredited(operation, Minor(amount), new WalletId(_payer)),
            new WalletEvent.FeeCharged(operation, Minor(fee)));
        await WriteAsync(_payer, new WalletEvent.HoldCaptured(hold, operation, Minor(amount), Minor(0), new WalletId(_payee)));
    }

    private static WalletEvent.Opened Opened(Guid wallet) => new(new WalletId(wallet), UserId.Parse("alice"), Euro);

    private static Money Minor(long amount) => new(amount, Euro);

    private Task WriteAsync(Guid wallet, params WalletEvent[] events) => _database.HandleAsync(WalletAggregate.Definition, wallet, events);
}
