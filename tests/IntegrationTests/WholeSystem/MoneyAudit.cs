namespace IntegrationTests.WholeSystem;

/// <summary>No cent came or went but by a deposit or a withdrawal, and every payment moved its money exactly once or not at all.</summary>
internal static class MoneyAudit
{
    private const string BalancesThatAreNotTheSumOfTheirEntries =
        """
        select wallet_id
        from (select wallet_id, balance, sum(amount) over (partition by wallet_id order by version) as total from ledger_entries) entries
        where balance <> total
        """;

    private sealed record Entry(Guid Payment, Guid Wallet, string Kind, long Amount, Guid Counterparty);

    private sealed record Payment(Guid Id, Guid Payer, Guid Payee, long Amount, string Status);

    public static async Task AssertAsync(Audit audit, long money)
    {
        var wallets = audit.Wallets;
        Assert.Equal(money, await wallets.ScalarAsync<decimal>("select coalesce(sum(balance), 0) from wallets"));
        Assert.Equal(0, await wallets.ScalarAsync<decimal>("select coalesce(sum(held), 0) from wallets"));
        Assert.Equal([], await wallets.ColumnAsync<Guid>("select wallet_id from wallets where balance < 0"));
        Assert.Equal(money, await wallets.ScalarAsync<decimal>(Against("card-clearing")));
        Assert.Equal(0, await wallets.ScalarAsync<decimal>(Against("suspense")));
        Assert.Equal([], await wallets.ColumnAsync<Guid>(BalancesThatAreNotTheSumOfTheirEntries));

        var payments = await PaymentsAsync(audit);
        Assert.Equal([], payments.Where(p => p.Status is not ("completed" or "failed")));
        Assert.Equal(InOrder(payments.Where(p => p.Status == "completed").SelectMany(Legs)), InOrder(await LegsAsync(audit)));
    }

    private static string Against(string account) =>
        $"select coalesce(sum(amount), 0) from ledger_entries where counter_account = '{account}'";

    private static Entry[] Legs(Payment p) =>
        [new(p.Id, p.Payer, "payment_out", -p.Amount, p.Payee), new(p.Id, p.Payee, "payment_in", p.Amount, p.Payer)];

    private static Task<List<Payment>> PaymentsAsync(Audit audit) => audit.Payments.RowsAsync(
        "select payment_id, payer_wallet_id, payee_wallet_id, amount, status from payments",
        row => new Payment(row.GetGuid(0), row.GetGuid(1), row.GetGuid(2), row.GetInt64(3), row.GetString(4)));

    private static Task<List<Entry>> LegsAsync(Audit audit) => audit.Wallets.RowsAsync(
        "select movement_id, wallet_id, kind, amount, counterparty from ledger_entries where kind in ('payment_in', 'payment_out')",
        row => new Entry(row.GetGuid(0), row.GetGuid(1), row.GetString(2), row.GetInt64(3), row.GetGuid(4)));

    private static IEnumerable<Entry> InOrder(IEnumerable<Entry> entries) =>
        entries.OrderBy(e => e.Payment).ThenBy(e => e.Kind).ThenBy(e => e.Wallet);
}
