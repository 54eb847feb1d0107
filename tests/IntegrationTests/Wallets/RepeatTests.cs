using System.Net;
using Payments.Domain;
using Payments.Domain.Wallets;
using Payments.EventStore.Contract;

namespace IntegrationTests.Wallets;

/// <summary>A saga's command that comes again does nothing, however much the wallet has forgotten since, and is no dead letter.</summary>
public sealed class RepeatTests(PostgresFixture postgres) : IAsyncLifetime
{
    private static readonly Currency Euro = Currency.Parse("EUR");

    private WalletPlatform _wallets = null!;

    public async ValueTask InitializeAsync() => _wallets = await WalletPlatform.StartAsync(postgres);

    public ValueTask DisposeAsync() => _wallets.DisposeAsync();

    [Fact]
    public async Task What_was_done_is_not_done_again()
    {
        var (alice, bob, operation, undone) = (await OpenAsync(10_000), await OpenAsync(0), NewId(), NewId());
        WalletCommand[] toAlice =
        [
            Hold(alice, operation, 1_000),
            new WalletCommand.Capture(alice, HoldId.For(operation), operation, Euros(1_000), bob)
        ];
        WalletCommand[] toBob =
        [
            new WalletCommand.Credit(bob, operation, Euros(1_000), Euros(30), alice),
            new WalletCommand.Credit(bob, undone, Euros(500), Euros(7), alice),
            new WalletCommand.ReverseCredit(bob, undone, Euros(500), Euros(7), alice),
        ];
        await _wallets.CommandAsync([.. toAlice, .. toBob]);
        await ForgetAsync(alice, bob);
        var before = await TablesAsync();

        await _wallets.CommandAsync([toAlice[1], toBob[0], toBob[1], toBob[2]]);
        await _wallets.CommandAsync(toBob[0]); // Alone, and so not among others that are there already.

        Assert.Equal(before, await TablesAsync());
        Assert.Equal(
            (9_000, 970),
            ((await _wallets.Api.WalletAsync(alice.Value)).Balance, (await _wallets.Api.WalletAsync(bob.Value)).Balance));
        await AssertWholeAsync();
    }

    [Fact]
    public async Task What_was_refused_is_not_done_later()
    {
        var (alice, bob, operation) = (await OpenAsync(500), await OpenAsync(0), NewId());
        WalletCommand[] refused = [Hold(alice, operation, 1_000), new WalletCommand.Credit(bob, operation, Euros(1_000), Euros(0), alice)];
        await SteerAsync(bob, "freeze");
        await _wallets.CommandAsync(refused);
        await ForgetAsync(alice, bob);
        await SteerAsync(bob, "unfreeze");
        await _wallets.PostAsync($"/api/wallets/{alice}/deposits", new { amount = 5_000, currency = "EUR" });
        var before = await TablesAsync();

        await _wallets.CommandAsync(refused);

        Assert.Equal(before, await TablesAsync());
        Assert.Equal(["hold", "credit"], await _wallets.Log.ColumnAsync<string>("select act from refusals order by act desc"));
        await AssertWholeAsync();
    }

    [Fact]
    public async Task What_was_refused_is_not_refused_again_and_what_was_done_is_not_refused_later()
    {
        var (alice, bob, operation, other) = (await OpenAsync(500), await OpenAsync(0), NewId(), NewId());
        var credit = new WalletCommand.Credit(bob, operation, Euros(100), Euros(0), alice);
        WalletCommand[] refused = [Hold(alice, operation, 1_000), new WalletCommand.Credit(bob, other, Euros(100), Euros(0), alice)];
        await _wallets.CommandAsync(credit);
        await SteerAsync(bob, "freeze");
        await _wallets.CommandAsync(refused);
        await ForgetAsync(alice, bob);
        var before = await TablesAsync();

        await _wallets.CommandAsync([credit, .. refused]);

        Assert.Equal(before, await TablesAsync());
        await AssertWholeAsync();
    }

    [Fact]
    public async Task A_reversal_that_was_refused_is_decided_anew_each_time_until_it_is_done()
    {
        var (bob, operation) = (await OpenAsync(0), NewId());
        var reverse = new WalletCommand.ReverseCredit(bob, operation, Euros(100), Euros(0), Payer: null);
        await _wallets.CommandAsync(new WalletCommand.Credit(bob, operation, Euros(100), Euros(0), Payer: null));
        await _wallets.PostAsync($"/api/wallets/{bob}/withdrawals", new { amount = 60, currency = "EUR" });

        await _wallets.CommandAsync(reverse, reverse);
        await _wallets.PostAsync($"/api/wallets/{bob}/deposits", new { amount = 60, currency = "EUR" });
        await _wallets.CommandAsync(reverse);
        await ForgetAsync(bob);
        await _wallets.CommandAsync(reverse);

        var types = (await _wallets.Log.EventsAsync(new EventFilter { CorrelationId = operation.Value })).Select(e => e.Type);
        Assert.Equal(
            [
                "wallet.funds-credited.v1", "wallet.credit-reversal-refused.v1", "wallet.credit-reversal-refused.v1",
                "wallet.credit-reversed.v1",
            ],
            types);
        Assert.Equal(0, (await _wallets.Api.WalletAsync(bob.Value)).Balance);
        await AssertWholeAsync();
    }

    /// <summary>By the ledger, also when the wallet has forgotten: nothing is taken back that was not given.</summary>
    [Fact]
    public async Task A_reversal_of_no_credit_or_of_another_amount_is_a_dead_letter_and_takes_nothing()
    {
        var (bob, operation) = (await OpenAsync(500), NewId());
        await _wallets.CommandAsync(new WalletCommand.Credit(bob, operation, Euros(100), Euros(0), Payer: null));
        await ForgetAsync(bob);

        await _wallets.CommandAsync(
            new WalletCommand.ReverseCredit(bob, operation, Euros(101), Euros(0), Payer: null),
            new WalletCommand.ReverseCredit(bob, NewId(), Euros(100), Euros(0), Payer: null));

        Assert.Equal(600, (await _wallets.Api.WalletAsync(bob.Value)).Balance);
        Assert.Equal(
            ["StoreRejectedException"], await _wallets.Log.ColumnAsync<string>("select distinct error_type from dead_letters"));
    }

    [Fact]
    public async Task Refusals_are_made_again_from_the_events()
    {
        var (alice, bob, operation) = (await OpenAsync(500), await OpenAsync(0), NewId());
        await SteerAsync(bob, "freeze");
        await _wallets.CommandAsync(
            Hold(alice, operation, 1_000),
            new WalletCommand.Credit(bob, operation, Euros(100), Euros(0), alice),
            new WalletCommand.Capture(alice, HoldId.For(operation), operation, Euros(100), bob));
        var before = await TablesAsync();

        await _wallets.RebuildAsync();

        Assert.Equal(before, await TablesAsync());
        await AssertWholeAsync();
    }

    private async Task<WalletId> OpenAsync(long minor) =>
        new(minor == 0 ? await _wallets.Api.OpenWalletAsync() : await _wallets.Api.OpenWalletWithAsync(minor));

    private Task<System.Text.Json.Nodes.JsonNode> SteerAsync(WalletId wallet, string verb) =>
        _wallets.PostAsync($"/api/admin/wallets/{wallet}/{verb}", new { reason = "a test" }, HttpStatusCode.OK);

    // Releases of holds that never were are outcomes, too, also of a frozen wallet.
    private Task ForgetAsync(params WalletId[] wallets) => _wallets.CommandAsync([.. wallets.SelectMany(wallet =>
        Enumerable.Range(0, RecentOutcomes.CountMax).Select(_ => NewId())
            .Select(id => new WalletCommand.Release(wallet, HoldId.For(id), id)))]);

    private Task<List<string>> TablesAsync() => _wallets.Log.ColumnAsync<string>(
        """
        select to_jsonb(w)::text from wallets w union all select to_jsonb(e)::text from ledger_entries e
        union all select to_jsonb(a)::text from account_balances a union all select to_jsonb(h)::text from holds h
        union all select to_jsonb(r)::text from refusals r order by 1
        """);

    private async Task AssertWholeAsync()
    {
        Assert.Equal([], await _wallets.Log.ColumnAsync<string>("select error from dead_letters"));
        await _wallets.AssertBalancedAsync();
    }

    private static OperationId NewId() => new(Guid.CreateVersion7());

    private static Money Euros(long minor) => new(minor, Euro);

    private static WalletCommand.Hold Hold(WalletId wallet, OperationId operation, long minor) =>
        new(wallet, HoldId.For(operation), operation, Euros(minor), 3600, HoldPurpose.Payment);
}
