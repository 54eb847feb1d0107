using Npgsql;
using Payments.WalletService.Wallets;

namespace Payments.WalletService.Ledger;

/// <summary>An account of the platform. Minor units.</summary>
public sealed record AccountView(string Account, decimal Balance);

/// <summary>All accounts of one currency.</summary>
/// <param name="Wallets">The balances of all wallets together. Minor units.</param>
/// <param name="Sum">Of the wallets and the accounts: zero, or an entry has one side only.</param>
public sealed record CurrencyAccounts(string Currency, decimal Wallets, IReadOnlyList<AccountView> Accounts, decimal Sum);

/// <param name="Balanced">Every sum is zero.</param>
public sealed record AccountsView(IReadOnlyList<CurrencyAccounts> Currencies, bool Balanced);

/// <summary><c>GET /api/admin/wallets/accounts</c>: the platform's accounts, and that with the wallets they add up to zero.</summary>
internal static class Accounts
{
    public static async Task<IResult> Handle(NpgsqlDataSource database, CancellationToken cancel)
    {
        // One statement, one moment: between two, money moves.
        await using var command = database.CreateCommand(
            "select currency, null as account, sum(balance) as balance from wallets group by currency " +
            "union all select currency, account, balance from account_balances order by 1, 2");
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var rows = new List<(string Currency, string? Account, decimal Balance)>();
        while (await reader.ReadAsync(cancel))
        {
            rows.Add((reader.GetString(0), reader.IsDBNull(1) ? null : reader.GetString(1), reader.GetDecimal(2)));
        }

        var currencies = rows.GroupBy(r => r.Currency).Select(currency => new CurrencyAccounts(
            currency.Key,
            currency.Where(r => r.Account is null).Sum(r => r.Balance),
            [.. currency.Where(r => r.Account is not null).Select(r => new AccountView(r.Account!, r.Balance))],
            currency.Sum(r => r.Balance))).ToList();
        return Results.Json(new AccountsView(currencies, currencies.TrueForAll(c => c.Sum == 0)), WalletJson.Default.AccountsView);
    }
}
