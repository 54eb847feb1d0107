using System.Globalization;
using System.Text.Json.Nodes;
using Payments.Contracts.Wallets;

namespace IntegrationTests.Wallets;

/// <summary>Statements that are asked for while money moves.</summary>
public sealed class StatementTests(PostgresFixture postgres) : IAsyncLifetime
{
    private WalletPlatform _wallets = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _wallets = await WalletPlatform.StartAsync(postgres);

    public ValueTask DisposeAsync() => _wallets.DisposeAsync();

    [Theory]
    [InlineData(null)]
    [InlineData("9999-01-01T00:00:00Z")]
    public async Task Periods_that_each_begin_where_the_one_before_ended_have_every_entry_once_while_money_moves(string? until)
    {
        var wallet = await _wallets.Api.OpenWalletAsync();
        using var enough = new CancellationTokenSource();
        var writers = Enumerable.Range(0, 8).Select(_ => WriteAsync(wallet, enough)).ToList();
        var (periods, from) = (new List<StatementView>(), "2026-01-01T00:00:00Z");
        while (periods.Count < 150 || periods[^1].ClosingBalance < 200)
        {
            from = await PeriodAsync();
        }

        await enough.CancelAsync();
        await Task.WhenAll(writers);
        await PeriodAsync();

        var entries = await EntriesAsync(wallet);
        Assert.Equal(entries, periods.SelectMany(p => p.Items));
        Assert.Equal(0, periods[0].OpeningBalance);
        Assert.All(periods.Zip(periods.Skip(1)), p => Assert.Equal(p.First.ClosingBalance, p.Second.OpeningBalance));

        async Task<string> PeriodAsync()
        {
            var end = until is null ? "" : $"&until={until}";
            periods.Add(await GetAsync(wallet, $"limit=500&from={from}{end}"));
            return periods[^1].Until.UtcDateTime.ToString("o", CultureInfo.InvariantCulture);
        }
    }

    [Fact]
    public async Task All_pages_of_a_statement_are_of_one_period_with_one_closing_balance_while_money_moves()
    {
        var wallet = await _wallets.Api.OpenWalletAsync();
        for (var n = 0; n < 7; n++)
        {
            await DepositAsync(wallet);
        }

        var first = await GetAsync(wallet, "limit=2");
        var items = first.Items.ToList();
        for (var page = first; page.Next is { } next;)
        {
            await DepositAsync(wallet);
            page = await GetAsync(wallet, $"limit=2&after={next}");
            Assert.Equal((first.Until, first.ClosingBalance), (page.Until, page.ClosingBalance));
            items.AddRange(page.Items);
        }

        Assert.Equal((7, 7), (first.ClosingBalance, items.Count));
        Assert.Equal(first.ClosingBalance, items[^1].Balance);
    }

    [Fact]
    public async Task A_wallet_its_state_and_its_statement_agree_at_every_tick_around_an_entry()
    {
        var wallet = await _wallets.Api.OpenWalletAsync();
        await DepositAsync(wallet);
        await DepositAsync(wallet);
        var recorded = (await EntriesAsync(wallet))[^1].RecordedAt;

        // At is inclusive and until is not: what was up to a moment is what was before the next tick.
        foreach (var tick in new[] { -11, -10, -1, 0, 1, 9, 10, 11 })
        {
            var (at, next) = (Text(recorded.AddTicks(tick)), Text(recorded.AddTicks(tick + 1)));
            var expected = tick < 0 ? 1 : 2;
            Assert.Equal(expected, (await _wallets.Api.GetAsync<WalletView>($"/api/wallets/{wallet}?at={at}")).Balance);
            Assert.Equal(expected, (await GetAsync(wallet, $"until={next}")).ClosingBalance);
            Assert.Equal(2 - expected, (await GetAsync(wallet, $"from={next}")).Items.Count);
            Assert.Equal(
                expected,
                (long)(await _wallets.Api.GetJsonAsync($"/api/admin/wallets/{wallet}/state?at={at}"))["state"]!["balance"]!["minor"]!);
        }

        static string Text(DateTimeOffset moment) => moment.UtcDateTime.ToString("o", CultureInfo.InvariantCulture);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("-1")]
    [InlineData("1-")]
    [InlineData("1-2-3")]
    [InlineData("1-99999999999999999999")]
    [InlineData("1-9223372036854775807")]
    public async Task A_cursor_that_no_page_has_given_is_refused(string cursor)
    {
        var wallet = await _wallets.Api.OpenWalletAsync();
        using var response = await _wallets.Api.Http.GetAsync(
            new Uri($"/api/wallets/{wallet}/statement?after={cursor}", UriKind.Relative), Cancel);
        var problem = JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel))!;
        Assert.Equal((400, "after"), ((int)response.StatusCode, problem["errors"]!.AsObject().Single().Key));
    }

    private async Task WriteAsync(Guid wallet, CancellationTokenSource enough)
    {
        while (!enough.IsCancellationRequested)
        {
            await DepositAsync(wallet);
        }
    }

    private Task<JsonNode> DepositAsync(Guid wallet) =>
        _wallets.PostAsync($"/api/wallets/{wallet}/deposits", new { amount = 1, currency = "EUR" });

    private Task<StatementView> GetAsync(Guid wallet, string query) =>
        _wallets.Api.GetAsync<StatementView>($"/api/wallets/{wallet}/statement?{query}");

    private async Task<List<EntryView>> EntriesAsync(Guid wallet)
    {
        var entries = new List<EntryView>();
        for (long? after = 0; after is { } known;)
        {
            var page = await _wallets.Api.GetAsync<EntryPage>($"/api/wallets/{wallet}/entries?limit=500&after={known}");
            entries.AddRange(page.Items);
            after = page.Next;
        }

        return entries;
    }
}
