using Npgsql;
using Payments.Contracts.Wallets;
using Payments.Domain;
using Payments.Hosting;
using Payments.WalletService.Wallets;

namespace Payments.WalletService.Holds;

/// <summary>What can be asked about open holds.</summary>
internal sealed class HoldQueries(NpgsqlDataSource database)
{
    private const string Columns = "hold_id, wallet_id, operation_id, amount, currency, expires_at, purpose, reference";

    /// <summary><c>GET /api/wallets/{walletId}/holds</c>: the open holds of a wallet, oldest first.</summary>
    public static async Task<IResult> OfWallet(
        string walletId, Guid? after, string? limit, WalletQueries wallets, HoldQueries holds, CancellationToken cancel)
    {
        if (!PageLimit.TryParse(limit, 100, 500, out var countMax))
        {
            return PageLimit.Invalid(500);
        }

        return WalletAnswers.TryParse(walletId, out var wallet) && await wallets.FindAsync(wallet, cancel) is not null
            ? Page(await holds.ListAsync(wallet, after, countMax, cancel), countMax)
            : WalletAnswers.NotFound(walletId);
    }

    /// <summary><c>GET /api/admin/wallets/holds</c>: the open holds of all wallets, oldest first.</summary>
    public static async Task<IResult> All(Guid? after, string? limit, HoldQueries holds, CancellationToken cancel) =>
        PageLimit.TryParse(limit, 100, 500, out var countMax)
            ? Page(await holds.ListAsync(null, after, countMax, cancel), countMax)
            : PageLimit.Invalid(500);

    private static IResult Page(List<HoldView> items, int countMax) =>
        Results.Json(new HoldPage(items, items.Count == countMax ? items[^1].HoldId : null), WalletJson.Default.HoldPage);

    private async Task<List<HoldView>> ListAsync(WalletId? wallet, Guid? after, int countMax, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(
            $"select {Columns} from holds where hold_id > $1 {(wallet is null ? "" : "and wallet_id = $3")} order by hold_id limit $2");
        command.Parameters.AddWithValue(after ?? Guid.Empty);
        command.Parameters.AddWithValue(countMax);
        if (wallet is { } id)
        {
            command.Parameters.AddWithValue(id.Value);
        }

        await using var reader = await command.ExecuteReaderAsync(cancel);
        var holds = new List<HoldView>();
        while (await reader.ReadAsync(cancel))
        {
            holds.Add(new HoldView(
                reader.GetGuid(0),
                reader.GetGuid(1),
                reader.GetGuid(2),
                reader.GetInt64(3),
                reader.GetString(4),
                new DateTimeOffset(reader.GetDateTime(5)),
                reader.GetString(6),
                reader.IsDBNull(7) ? null : reader.GetString(7)));
        }

        return holds;
    }
}
