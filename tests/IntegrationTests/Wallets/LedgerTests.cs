using System.Globalization;
using Payments.Contracts.Wallets;
using Payments.Domain;
using Payments.Domain.Wallets;
using UnitTests.Randomness;

namespace IntegrationTests.Wallets;

/// <summary>Every movement has two sides, each once, and adds up in statements.</summary>
public sealed class LedgerTests(PostgresFixture postgres) : IAsyncLifetime
{
    private const string TablesAsText =
        """
        select format('%s %s', kind, content) from (
            select 'wallet' as kind, to_jsonb(w)::text as content from wallets w
            union all select 'entry', (to_jsonb(e) - 'recorded_at')::text from ledger_entries e
            union all select 'account', to_jsonb(a)::text from account_balances a
            union all select 'hold', to_jsonb(h)::text from holds h) everything
        order by 1
        """;

    private const string EntryTimes = "select recorded_at from ledger_entries order by wallet_id, version";

    private static readonly Currency Euro = Currency.Parse("EUR");

    private WalletPlatform _wallets = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _wallets =
        await WalletPlatform.StartAsync(postgres, "FourEyes:Required=false");

    public ValueTask DisposeAsync() => _wallets.DisposeAsync();

    [Fact]
    public async Task Each_kind_of_movement_has_its_other_side_in_its_account()
    {
        var (alice, bob) =
            (new WalletId(await _wallets.Api.OpenWalletWithAsync(10_000)), new WalletId(await _wallets.Api.OpenWalletAsync()));
        var (payment, card, undone, refund, cardRefund) = (NewId(), NewId(), NewId(), NewId(), NewId());

        await _wallets.CommandAsync(
            Hold(alice, payment, 1_000, HoldPurpose.Payment),
            new WalletCommand.Credit(bob, payment, Euros(1_000), Euros(30), alice),
            new WalletCommand.Capture(alice, HoldId.For(payment), payment, Euros(1_000), bob),
            new WalletCommand.Credit(bob, card, Euros(500), Euros(0), Payer: null),
            new WalletCommand.Credit(bob, undone, Euros(200), Euros(5), Payer: null),
            new WalletCommand.ReverseCredit(bob, undone, Euros(200), Euros(5), Payer: null),
            Hold(bob, refund, 400, HoldPurpose.Refund),
            new WalletCommand.Credit(alice, refund, Euros(400), Euros(0), bob, HoldPurpose.Refund),
            new WalletCommand.Capture(bob, HoldId.For(refund), refund, Euros(400), alice),
            Hold(bob, cardRefund, 100, HoldPurpose.Refund),
            new WalletCommand.Capture(bob, HoldId.For(cardRefund), cardRefund, Euros(100), Payee: null));

        Assert.Equal(
            ["deposit 10000 card-clearing", "payment_out -1000 suspense", "refund_in 400 suspense"],
            (await _wallets.EntriesAsync(alice.Value)).Order());
        Assert.Equal(
            [
                "payment_in 1000 suspense", "fee -30 fees",
                "payment_in 500 card-clearing",
                "payment_in 200 card-clearing", "fee -5 fees", "fee_returned 5 fees", "reversal -200 card-clearing",
                "refund_out -400 suspense",
                "refund_out -100 card-clearing",
            ],
            await _wallets.EntriesAsync(bob.Value));
        Assert.Equal(["card-clearing EUR -10400", "fees EUR 30"], await _wallets.AccountsAsync());
        await _wallets.AssertBalancedAsync();
    }

    [Fact]
    public async Task A_statement_goes_from_balance_to_balance_page_by_page_and_periods_meet_without_gap_or_overlap()
    {
        var wallet = await _wallets.Api.OpenWalletAsync();
        var moments = new List<string> { "2000-01-01T00:00:00Z" };
        for (var i = 0; i < 9; i++)
        {
            await _wallets.PostAsync($"/api/wallets/{wallet}/deposits", new { amount = 100 + i, currency = "EUR" });
            await _wallets.PostAsync($"/api/wallets/{wallet}/withdrawals", new { amount = 30 + i, currency = "EUR" });
            if (i % 3 == 2)
            {
                moments.Add(await _wallets.Log.ScalarAsync<string>(
                    "select to_char(max(recorded_at) at time zone 'utc', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') " +
                    $"from ledger_entries where wallet_id = '{wallet}'"));
            }
        }

        moments.Add("2100-01-01T00:00:00Z");
        var whole = await PagedAsync(wallet, "");
        Assert.Equal((0, 9 * 70), (whole.OpeningBalance, whole.ClosingBalance));
        Assert.Equal((await _wallets.Api.GetAsync<EntryPage>($"/api/wallets/{wallet}/entries")).Items, whole.Items);

        var periods = new List<StatementView>();
        for (var i = 0; i + 1 < moments.Count; i++)
        {
            periods.Add(await PagedAsync(wallet, $"from={moments[i]}&until={moments[i + 1]}&"));
        }

        Assert.Equal(whole.Items, periods.SelectMany(p => p.Items));
        Assert.Equal([5, 6, 6, 1], periods.Select(p => p.Items.Count)); // The moment itself belongs to the later period.
        Assert.Equal(0, periods[0].OpeningBalance);
        Assert.All(periods.Zip(periods.Skip(1)), p => Assert.Equal(p.First.ClosingBalance, p.Second.OpeningBalance));
        Assert.All(periods, p => Assert.Equal(p.ClosingBalance, p.OpeningBalance + p.Items.Sum(e => e.Amount)));
        Assert.All(periods, p => Assert.Equal(
            p.Items.Select((_, n) => p.OpeningBalance + p.Items.Take(n + 1).Sum(e => e.Amount)), p.Items.Select(e => e.Balance)));

        var later = await _wallets.Api.GetAsync<StatementView>($"/api/wallets/{wallet}/statement?from=2100-01-01T00:00:00Z");
        Assert.Equal((9 * 70, 9 * 70, 0), (later.OpeningBalance, later.ClosingBalance, later.Items.Count));
    }

    [Fact]
    public async Task A_wallet_at_the_moment_of_an_entry_shows_the_entry()
    {
        var wallet = await _wallets.Api.OpenWalletWithAsync(10_000);
        await _wallets.PostAsync($"/api/wallets/{wallet}/withdrawals", new { amount = 30, currency = "EUR" });

        foreach (var entry in (await _wallets.Api.GetAsync<EntryPage>($"/api/wallets/{wallet}/entries")).Items)
        {
            var then = await _wallets.Api.GetAsync<WalletView>($"/api/wallets/{wallet}?at={entry.RecordedAt.UtcDateTime:o}");
            Assert.Equal((entry.Balance, entry.Version), (then.Balance, then.Version));
        }
    }

    [Fact]
    public async Task After_a_random_load_all_accounts_add_up_to_zero_and_a_rebuild_makes_the_very_same_tables()
    {
        var random = Seed.NewRandom();
        var wallets = new List<(WalletId Id, Currency Currency)>();
        foreach (var code in Enumerable.Repeat(new[] { "EUR", "JPY", "KWD" }, 4).SelectMany(c => c))
        {
            var id = await _wallets.Api.OpenWalletAsync(currency: code);
            await _wallets.PostAsync($"/api/wallets/{id}/deposits", new { amount = 5_000, currency = code });
            await _wallets.PostAsync(
                $"/api/admin/wallets/{id}/overdraft",
                new { limit = random.Next(2_000), reason = "agreed" },
                System.Net.HttpStatusCode.OK);
            wallets.Add((new WalletId(id), Currency.Parse(code)));
        }

        var dice = Enumerable.Range(0, 200).Select(_ => random.Next()).ToList();
        var byHand = Parallel.ForEachAsync(dice, Cancel, async (die, _) => await ByHandAsync(new Random(die), wallets));
        await _wallets.CommandAsync([.. Enumerable.Range(0, 250).SelectMany(_ => OfSaga(random, wallets))]);
        await byHand;

        Assert.Equal([], await _wallets.Log.ColumnAsync<string>("select error from dead_letters"));
        await _wallets.AssertBalancedAsync();
        var written = await _wallets.Log.ColumnAsync<string>(TablesAsText);
        Assert.Superset(
            new HashSet<string>
            {
                "deposit", "withdrawal", "payment_in", "payment_out", "fee", "refund_in", "refund_out", "reversal", "fee_returned",
                "capture_out",
            },
            (await _wallets.Log.ColumnAsync<string>("select distinct kind from ledger_entries")).ToHashSet());
        Assert.True(await _wallets.Log.ScalarAsync<long>("select count(*) from holds") > 0);

        var times = await _wallets.Log.ColumnAsync<DateTime>(EntryTimes);

        await _wallets.RebuildAsync();

        Assert.Equal(written, await _wallets.Log.ColumnAsync<string>(TablesAsText));
        Assert.All(
            times.Zip(await _wallets.Log.ColumnAsync<DateTime>(EntryTimes)),
            t => Assert.Equal(t.First, t.Second));
        await _wallets.AssertBalancedAsync();
    }

    private async Task ByHandAsync(Random random, List<(WalletId Id, Currency Currency)> wallets)
    {
        var (wallet, currency) = wallets[random.Next(wallets.Count)];
        var body = $$"""{"amount":{{random.Next(1, 3_000)}},"currency":"{{currency}}"}""";
        var target = $"/api/wallets/{wallet}/{new[] { "deposits", "withdrawals", "holds" }[random.Next(3)]}";
        using var response = await _wallets.Api.PostAsync(target, body, WholeSystem.Api.Fresh("key"));
        var answer = System.Text.Json.Nodes.JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel))!;
        if (answer["holdId"] is { } hold && random.Next(3) is var end and < 2)
        {
            var ending = $"{target}/{hold}/{(end == 0 ? "captures" : "releases")}";
            using var ended = await _wallets.Api.PostAsync(ending, "{}", WholeSystem.Api.Fresh("key"));
            Assert.True(ended.IsSuccessStatusCode);
        }
    }

    // Commands as sagas give them, and in wilder order: every one is answered somehow, and no cent has one side only.
    private static WalletCommand[] OfSaga(Random random, List<(WalletId Id, Currency Currency)> wallets)
    {
        var (payer, currency) = wallets[random.Next(wallets.Count)];
        var payee = wallets.Where(w => w.Currency == currency && w.Id != payer).ElementAt(random.Next(3)).Id;
        var (operation, amount, fee) = (NewId(), new Money(random.Next(1, 2_500), currency), new Money(random.Next(20), currency));
        var purpose = random.Next(2) == 0 ? HoldPurpose.Payment : HoldPurpose.Refund;
        return
        [
            new WalletCommand.Hold(payer, HoldId.For(operation), operation, amount, 3600, purpose),
            new WalletCommand.Credit(payee, operation, amount, fee, random.Next(3) == 0 ? null : payer, purpose),
            random.Next(4) switch
            {
                0 => new WalletCommand.Release(payer, HoldId.For(operation), operation),
                1 => new WalletCommand.ReverseCredit(payee, operation, amount, fee, payer),
                2 => new WalletCommand.Hold(payer, HoldId.For(operation), operation, amount, 3600, purpose),
                _ => new WalletCommand.Capture(
                    payer, HoldId.For(operation), operation, amount with { Minor = random.NextInt64(1, amount.Minor + 1) }, payee),
            },
        ];
    }

    private async Task<StatementView> PagedAsync(Guid wallet, string period)
    {
        var first = await _wallets.Api.GetAsync<StatementView>($"/api/wallets/{wallet}/statement?{period}limit=2");
        var items = first.Items.ToList();
        for (var page = first; page.Next is { } next;)
        {
            page = await _wallets.Api.GetAsync<StatementView>(
                string.Create(CultureInfo.InvariantCulture, $"/api/wallets/{wallet}/statement?{period}limit=2&after={next}"));
            Assert.Equal((first.OpeningBalance, first.ClosingBalance), (page.OpeningBalance, page.ClosingBalance));
            items.AddRange(page.Items);
        }

        return first with { Items = items };
    }

    private static OperationId NewId() => new(Guid.CreateVersion7());

    private static Money Euros(long minor) => new(minor, Euro);

    private static WalletCommand.Hold Hold(WalletId wallet, OperationId operation, long minor, HoldPurpose purpose) =>
        new(wallet, HoldId.For(operation), operation, Euros(minor), 3600, purpose);
}
