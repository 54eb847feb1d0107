using IntegrationTests.Standalone;
using IntegrationTests.WholeSystem;

namespace IntegrationTests.Chaos;

/// <summary>When all is over: what was accepted has ended, and every cent is where it must be.</summary>
internal static class Count
{
    private static readonly TimeSpan QuietWithin = TimeSpan.FromSeconds(60);

    // What is left to do after a payment has ended: a card to be let go of, a hold to be released.
    private const string OnItsWay =
        "select (select count(*) from sagas where deadline is not null) + (select count(*) from card_calls)";

    private const string MoneyOfCurrency =
        "select format('%s %s', currency, sum(balance)) from wallets group by currency order by currency";

    private const string OpenAlerts = "select message from alerts where cleared_at is null order by id";

    /// <summary>The platform's own monitor looks every five seconds, and an alert needs two looks to be cleared.</summary>
    private static readonly TimeSpan ClearedWithin = TimeSpan.FromSeconds(60);

    public static async Task AssertAsync(Deployment deployment, Load load)
    {
        await using var audit = new Audit(deployment.Databases);
        await Wait.UntilAsync(
            () => audit.Sagas.ScalarAsync<long>(OnItsWay).GetAwaiter().GetResult() == 0,
            QuietWithin,
            () => "Something is still on its way.");

        Assert.Equal([], load.Payments.Where(p => p.Value is not ("completed" or "failed")));
        Assert.Equal([], load.Refunds.Where(r => r.Value is not ("completed" or "failed")));
        Assert.Equal(load.Payments.Keys.Order(), (await audit.Payments.ColumnAsync<Guid>("select payment_id from payments")).Order());
        Assert.Equal(load.Refunds.Keys.Order(), (await audit.Payments.ColumnAsync<Guid>("select refund_id from refunds")).Order());
        await audit.AssertSoundAsync(load.Money.Values.Sum());
        await CardRecordsCheck.AssertAsync(deployment.Databases);
        await AssertConservedAsync(audit, load);
        foreach (var log in new[] { audit.Payments, audit.Wallets, audit.Sagas })
        {
            List<string> open = [];
            await Wait.UntilAsync(
                () => (open = log.ColumnAsync<string>(OpenAlerts).GetAwaiter().GetResult()).Count == 0,
                ClearedWithin,
                () => string.Join('\n', open));
        }

        deployment.AssertAllAlive();
    }

    /// <summary>By currency, the wallets hold what was paid in, and what came by card, less what went back there and the fees.</summary>
    private static async Task AssertConservedAsync(Audit audit, Load load)
    {
        var moved = (await audit.Payments.RowsAsync(
            """
            select currency, (sum(case when payer_wallet_id is null then amount - refunded_amount else 0 end) - sum(fee))::bigint
            from payments where status <> 'failed' group by currency
            """,
            row => (Currency: row.GetString(0), Amount: row.GetInt64(1)))).ToDictionary(m => m.Currency, m => m.Amount);
        Assert.Equal(
            load.Money.OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => $"{m.Key} {m.Value + moved.GetValueOrDefault(m.Key)}"),
            await audit.Wallets.ColumnAsync<string>(MoneyOfCurrency));
    }
}
