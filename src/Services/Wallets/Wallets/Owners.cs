using Npgsql;
using Payments.Contracts.Wallets;
using Payments.ServiceDefaults.Errors;

namespace Payments.WalletService.Wallets;

/// <summary>
/// <c>GET /api/admin/wallets/owners?wallets=</c>: whose many wallets are, at once; those that there are not are left out.
/// </summary>
internal static class Owners
{
    public const int WalletsMax = 100;

    public static async Task<IResult> Handle(string? wallets, NpgsqlDataSource database, CancellationToken cancel)
    {
        var ids = new List<Guid>();
        foreach (var part in (wallets ?? "").Split(',', WalletsMax + 1))
        {
            if (!WalletAnswers.TryParse(part, out var wallet) || ids.Count == WalletsMax)
            {
                return Problems.Invalid("wallets", $"Must be 1 to {WalletsMax} ids of wallets with commas between them.");
            }

            ids.Add(wallet.Value);
        }

        await using var command = database.CreateCommand("select wallet_id, user_id from wallets where wallet_id = any($1)");
        command.Parameters.AddWithValue(ids.ToArray());
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var owners = new List<OwnerView>();
        while (await reader.ReadAsync(cancel))
        {
            owners.Add(new OwnerView(reader.GetGuid(0), reader.GetString(1)));
        }

        return Results.Json(owners, WalletJson.Default.IReadOnlyListOwnerView);
    }
}
