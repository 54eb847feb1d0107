using System.Text.Json;
using Payments.Contracts.Wallets;
using Payments.Domain;
using Payments.Domain.Wallets;
using Payments.Hosting;
using Payments.ServiceDefaults.Callers;
using Payments.ServiceDefaults.Errors;
using Payments.WalletService.Wallets;

namespace Payments.WalletService.Holds;

/// <summary><c>POST /api/wallets/{walletId}/holds</c></summary>
internal static class CreateHold
{
    /// <summary>A week, as card schemes give an authorisation.</summary>
    public const int LifetimeSecondsDefault = 7 * 24 * 3600;

    public const int LifetimeSecondsMax = 31 * 24 * 3600;

    /// <param name="Amount">Minor units, from 1.</param>
    /// <param name="ExpiresInSeconds">After which it is released by itself; a week unless given, 31 days at most.</param>
    /// <param name="Reference">The caller's own words for it, at most 140 characters.</param>
    public sealed record Request(long Amount, string Currency, int? ExpiresInSeconds = null, string? Reference = null);

    public static async Task<IResult> Handle(
        string walletId,
        Request request,
        HttpContext context,
        CallerIdentity caller,
        IdempotencyKey key,
        WalletCommands wallets,
        TimeProvider clock,
        CancellationToken cancel)
    {
        var input = new MoneyInput();
        var amount = input.Amount(request.Amount, request.Currency);
        input.Reference(request.Reference);
        if (request.ExpiresInSeconds is < 1 or > LifetimeSecondsMax)
        {
            input.Errors["expiresInSeconds"] = [$"Must be a whole number from 1 to {LifetimeSecondsMax}."];
        }

        if (input.Errors.Count > 0)
        {
            return Problems.Invalid(input.Errors);
        }

        if (!WalletAnswers.TryParse(walletId, out var wallet))
        {
            return WalletAnswers.NotFound(walletId);
        }

        var hold = new HoldId(Guid.CreateVersion7(clock.GetUtcNow()));
        var command = new WalletCommand.Hold(
            wallet,
            hold,
            new OperationId(hold.Value),
            amount,
            request.ExpiresInSeconds ?? LifetimeSecondsDefault,
            HoldPurpose.Reservation,
            request.Reference);
        var repeatable = new IdempotentRequest(
            context, caller, key, JsonSerializer.SerializeToUtf8Bytes(request, WalletJson.Default.CreateHoldRequest));
        var order = WalletOrder.Of(wallet, hold.Value, caller.ClientId, command, held => Answer(hold, held));
        return await wallets.ExecuteAsync(order, repeatable, context, cancel);
    }

    private static KeptAnswer Answer(HoldId id, Executed held)
    {
        var hold = held.Wallet.Holds[id];
        var view = new MadeHold(
            id.Value,
            held.Wallet.Id.Value,
            hold.Amount.Minor,
            hold.Amount.Currency.Code,
            hold.ExpiresAt,
            hold.Reference,
            WalletViews.Of(held.Wallet, held.Version));
        return KeptAnswer.Of(StatusCodes.Status201Created, JsonSerializer.SerializeToUtf8Bytes(view, WalletJson.Default.MadeHold));
    }
}
