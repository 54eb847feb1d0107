namespace IntegrationTests.WholeSystem;

/// <summary>
/// No cent came or went but by a deposit, a withdrawal or a card, and every payment and refund moved its money exactly once or not at all.
/// </summary>
internal static class MoneyAudit
{
    private const string BalancesThatAreNotTheSumOfTheirEntries =
        """
        select wallet_id
        from (select wallet_id, balance, sum(amount) over (partition by wallet_id order by version) as total from ledger_entries) entries
        where balance <> total
        """;

    private const string CurrenciesThatDoNotAddUpToZero =
        """
        select currency
        from (select currency, balance::numeric from wallets union all select currency, balance from account_balances) accounts
        group by currency having sum(balance) <> 0
        """;

    private const string AccountsThatAreNotTheSumOfTheirEntries =
        """
        select account
        from (select counter_account as account, currency, -sum(amount) as balance from ledger_entries group by 1, 2) entries
        full join account_balances a using (account, currency)
        where entries.balance is distinct from a.balance
        """;

    private static readonly string[] ByHand = ["deposit", "withdrawal", "capture_out"];

    private sealed record Entry(Guid Operation, Guid Wallet, string Kind, long Amount, Guid? Counterparty);

    /// <param name="Payer">Null: a card.</param>
    private sealed record Payment(Guid Id, Guid? Payer, Guid Payee, long Amount, long Fee, long Refunded, string Status)
    {
        public bool IsCompleted => Status is "completed" or "partially_refunded" or "refunded";
    }

    private sealed record Refund(Guid Id, Payment Of, long Amount, string Status);

    /// <param name="money">All that was paid in and not taken out by hand, in minor units.</param>
    public static async Task AssertAsync(Audit audit, long money)
    {
        var payments = await PaymentsAsync(audit);
        var refunds = await RefundsAsync(audit, payments);
        Assert.Equal([], payments.Where(p => p is { IsCompleted: false, Status: not "failed" }));
        Assert.Equal([], refunds.Where(r => r.Status is not ("completed" or "failed")));
        Assert.Equal(
            payments.Select(p => (p.Id, p.Refunded)),
            payments.Select(p => (p.Id, refunds.Where(r => r.Of.Id == p.Id && r.Status == "completed").Sum(r => r.Amount))));

        await AssertAccountsAsync(audit, money, payments, refunds);
        var expected = payments.Where(p => p.IsCompleted).SelectMany(Legs)
            .Concat(refunds.Where(r => r.Status == "completed").SelectMany(Legs));
        Assert.Equal(InOrder(expected), InOrder(Lasting(await EntriesAsync(audit))));
    }

    private static async Task AssertAccountsAsync(Audit audit, long money, List<Payment> payments, List<Refund> refunds)
    {
        var wallets = audit.Wallets;
        var fees = payments.Where(p => p.IsCompleted).Sum(p => p.Fee);
        var byCard = payments.Where(p => p.IsCompleted && p.Payer is null).Sum(p => p.Amount)
            - refunds.Where(r => r.Status == "completed" && r.Of.Payer is null).Sum(r => r.Amount);
        Assert.Equal(money + byCard - fees, await wallets.ScalarAsync<decimal>("select coalesce(sum(balance), 0) from wallets"));
        Assert.Equal(0, await wallets.ScalarAsync<decimal>("select coalesce(sum(held), 0) from wallets"));
        Assert.Equal([], await wallets.ColumnAsync<Guid>("select wallet_id from wallets where balance < 0"));
        Assert.Equal(money + byCard, await wallets.ScalarAsync<decimal>(Against("card-clearing")));
        Assert.Equal(-fees, await wallets.ScalarAsync<decimal>(Against("fees")));
        Assert.Equal(0, await wallets.ScalarAsync<decimal>(Against("suspense")));
        Assert.Equal([], await wallets.ColumnAsync<string>(CurrenciesThatDoNotAddUpToZero));
        Assert.Equal([], await wallets.ColumnAsync<string>(AccountsThatAreNotTheSumOfTheirEntries));
        Assert.Equal([], await wallets.ColumnAsync<Guid>(BalancesThatAreNotTheSumOfTheirEntries));
    }

    private static string Against(string account) =>
        $"select coalesce(sum(amount), 0) from ledger_entries where counter_account = '{account}'";

    private static IEnumerable<Entry> Legs(Payment p)
    {
        if (p.Payer is { } payer)
        {
            yield return new(p.Id, payer, "payment_out", -p.Amount, p.Payee);
        }

        yield return new(p.Id, p.Payee, "payment_in", p.Amount, p.Payer);
        if (p.Fee > 0)
        {
            yield return new(p.Id, p.Payee, "fee", -p.Fee, null);
        }
    }

    // The fee stays with the platform: what goes back is what was paid.
    private static IEnumerable<Entry> Legs(Refund r)
    {
        yield return new(r.Id, r.Of.Payee, "refund_out", -r.Amount, r.Of.Payer);
        if (r.Of.Payer is { } payer)
        {
            yield return new(r.Id, payer, "refund_in", r.Amount, r.Of.Payee);
        }
    }

    /// <summary>What sagas moved, without what they undid: that must leave nothing.</summary>
    private static IEnumerable<Entry> Lasting(List<Entry> entries)
    {
        var undone = entries.Where(e => e.Kind == "reversal").Select(e => (e.Operation, e.Wallet)).ToHashSet();
        foreach (var operation in entries.GroupBy(e => (e.Operation, e.Wallet)))
        {
            if (undone.Contains(operation.Key))
            {
                Assert.Equal(0, operation.Sum(e => e.Amount));
            }
        }

        return entries.Where(e => !undone.Contains((e.Operation, e.Wallet)));
    }

    private static Task<List<Payment>> PaymentsAsync(Audit audit) => audit.Payments.RowsAsync(
        "select payment_id, payer_wallet_id, payee_wallet_id, amount, fee, refunded_amount, status from payments",
        row => new Payment(
            row.GetGuid(0),
            row.IsDBNull(1) ? null : row.GetGuid(1),
            row.GetGuid(2),
            row.GetInt64(3),
            row.GetInt64(4),
            row.GetInt64(5),
            row.GetString(6)));

    private static Task<List<Refund>> RefundsAsync(Audit audit, List<Payment> payments)
    {
        var byId = payments.ToDictionary(p => p.Id);
        return audit.Payments.RowsAsync(
            "select refund_id, payment_id, amount, status from refunds",
            row => new Refund(row.GetGuid(0), byId[row.GetGuid(1)], row.GetInt64(2), row.GetString(3)));
    }

    private static async Task<List<Entry>> EntriesAsync(Audit audit)
    {
        var entries = await audit.Wallets.RowsAsync(
            "select movement_id, wallet_id, kind, amount, counterparty from ledger_entries",
            row => new Entry(row.GetGuid(0), row.GetGuid(1), row.GetString(2), row.GetInt64(3), row.IsDBNull(4) ? null : row.GetGuid(4)));
        return [.. entries.Where(e => !ByHand.Contains(e.Kind))];
    }

    private static IEnumerable<Entry> InOrder(IEnumerable<Entry> entries) =>
        entries.OrderBy(e => e.Operation).ThenBy(e => e.Kind).ThenBy(e => e.Wallet);
}
