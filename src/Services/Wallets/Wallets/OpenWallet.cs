using System.Text.Json;
using Payments.Domain;
using Payments.Domain.Wallets;
using Payments.Hosting;
using Payments.ServiceDefaults.Callers;
using Payments.ServiceDefaults.Errors;

namespace Payments.WalletService.Wallets;

/// <summary><c>POST /api/wallets</c></summary>
internal static class OpenWallet
{
    public sealed record Request(string UserId, string Currency);

    public static async Task<IResult> Handle(
        Request request,
        HttpContext context,
        CallerIdentity caller,
        IdempotencyKey key,
        WalletCommands wallets,
        TimeProvider clock,
        CancellationToken cancel)
    {
        var errors = new Dictionary<string, string[]>();
        if (!UserId.TryParse(request.UserId, out var owner) || !owner.IsAddressable)
        {
            errors["userId"] = [$"Must be 1 to {UserId.LengthMax} letters, digits or . _ - @ : +, and not just . or .. alone."];
        }

        if (!Currency.TryParse(request.Currency, out var currency))
        {
            errors["currency"] = ["Must be an ISO 4217 currency code such as EUR."];
        }

        if (errors.Count > 0)
        {
            return Problems.Invalid(errors);
        }

        var wallet = new WalletId(Guid.CreateVersion7(clock.GetUtcNow()));
        var repeatable = new IdempotentRequest(
            context, caller, key, JsonSerializer.SerializeToUtf8Bytes(request, WalletJson.Default.OpenWalletRequest));
        var order = WalletOrder.Of(
            wallet,
            wallet.Value,
            caller.ClientId,
            new WalletCommand.Open(wallet, owner, currency),
            opened => WalletAnswers.Wallet(StatusCodes.Status201Created, opened.Wallet, opened.Version, $"/api/wallets/{wallet}"));
        return await wallets.ExecuteAsync(order, repeatable, context, cancel);
    }
}
