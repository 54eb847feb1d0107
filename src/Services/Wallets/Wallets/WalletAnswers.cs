using System.Text.Json;
using Payments.Domain;
using Payments.Domain.Wallets;
using Payments.Hosting;
using Payments.ServiceDefaults.Errors;

namespace Payments.WalletService.Wallets;

/// <summary>How this service answers about wallets.</summary>
internal static class WalletAnswers
{
    public static bool TryParse(string text, out WalletId wallet)
    {
        var ok = Guid.TryParseExact(text, "D", out var value);
        wallet = new WalletId(value);
        return ok;
    }

    public static IResult NotFound(string walletId) => Problems.Refused(
        StatusCodes.Status404NotFound, RefusalCodes.WalletNotFound, $"There is no wallet '{Truncated(walletId)}'.");

    public static IResult NoHold(string holdId) => Problems.Refused(
        StatusCodes.Status404NotFound, RefusalCodes.HoldNotFound, $"There is no open hold '{Truncated(holdId)}' in this wallet.");

    public static KeptAnswer Wallet(int status, Wallet wallet, long version, string? location = null) => KeptAnswer.Of(
        status, JsonSerializer.SerializeToUtf8Bytes(WalletViews.Of(wallet, version), WalletJson.Default.WalletView), location);

    private static string Truncated(string id) => id.Length > 64 ? id[..64] + "…" : id;
}
