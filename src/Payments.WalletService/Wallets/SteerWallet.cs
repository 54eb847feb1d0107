using System.Text.Json;
using Payments.Domain;
using Payments.Domain.Wallets;
using Payments.ServiceDefaults;
using Payments.Services;

namespace Payments.WalletService.Wallets;

/// <summary><c>POST /api/admin/wallets/{walletId}/freeze</c>, <c>/unfreeze</c> and <c>/overdraft</c>: for operators.</summary>
internal static class SteerWallet
{
    public const int ReasonLengthMax = 500;

    /// <param name="Reason">Why, for whoever reads the history.</param>
    public sealed record ReasonRequest(string Reason);

    /// <param name="Limit">How far below zero the balance may go; minor units, from 0.</param>
    /// <param name="Reason">Why, for whoever reads the history; may be absent.</param>
    public sealed record OverdraftRequest(long Limit, string? Reason = null);

    public static Task<IResult> Freeze(
        string walletId, ReasonRequest request, HttpContext context, CallerIdentity caller, IdempotencyKey key,
        WalletCommands wallets, TimeProvider clock, CancellationToken cancel) =>
        WithReason(walletId, request, context, caller, key, wallets, clock, new WalletCommand.Freeze(request.Reason), cancel);

    public static Task<IResult> Unfreeze(
        string walletId, ReasonRequest request, HttpContext context, CallerIdentity caller, IdempotencyKey key,
        WalletCommands wallets, TimeProvider clock, CancellationToken cancel) =>
        WithReason(walletId, request, context, caller, key, wallets, clock, new WalletCommand.Unfreeze(request.Reason), cancel);

    public static async Task<IResult> SetOverdraft(
        string walletId,
        OverdraftRequest request,
        HttpContext context,
        CallerIdentity caller,
        IdempotencyKey key,
        WalletCommands wallets,
        TimeProvider clock,
        CancellationToken cancel)
    {
        if (request.Limit is < 0 or > Money.AmountMinorMax)
        {
            return Problems.Invalid("limit", $"Must be a whole number of minor units from 0 to {Money.AmountMinorMax}.");
        }

        if (request.Reason is not null && !IsReason(request.Reason))
        {
            return NoReason;
        }

        var repeatable = new IdempotentRequest(
            context, caller, key, JsonSerializer.SerializeToUtf8Bytes(request, WalletJson.Default.OverdraftRequest));
        return await ObeyAsync(
            walletId,
            context,
            caller,
            wallets,
            clock,
            repeatable,
            wallet => new WalletCommand.SetOverdraft(new Money(request.Limit, wallet.Currency), request.Reason),
            cancel);
    }

    private static IResult NoReason => Problems.Invalid("reason", $"Must be 1 to {ReasonLengthMax} characters without control characters.");

    private static bool IsReason(string text) =>
        !string.IsNullOrWhiteSpace(text) && text.Length <= ReasonLengthMax && !text.Any(char.IsControl);

    private static async Task<IResult> WithReason(
        string walletId,
        ReasonRequest request,
        HttpContext context,
        CallerIdentity caller,
        IdempotencyKey key,
        WalletCommands wallets,
        TimeProvider clock,
        WalletCommand command,
        CancellationToken cancel)
    {
        if (!IsReason(request.Reason))
        {
            return NoReason;
        }

        var repeatable = new IdempotentRequest(
            context, caller, key, JsonSerializer.SerializeToUtf8Bytes(request, WalletJson.Default.ReasonRequest));
        return await ObeyAsync(walletId, context, caller, wallets, clock, repeatable, _ => command, cancel);
    }

    private static async Task<IResult> ObeyAsync(
        string walletId,
        HttpContext context,
        CallerIdentity caller,
        WalletCommands wallets,
        TimeProvider clock,
        IdempotentRequest request,
        Func<Wallet, WalletCommand> command,
        CancellationToken cancel)
    {
        if (!WalletAnswers.TryParse(walletId, out var wallet))
        {
            return WalletAnswers.NotFound(walletId);
        }

        var order = new WalletOrder(
            wallet,
            Guid.CreateVersion7(clock.GetUtcNow()),
            Operator.Of(context, caller),
            (state, rules, now) => state is null
                ? new Decision<WalletEvent>.Refused(new Refusal(RefusalCodes.WalletNotFound, "There is no such wallet."))
                : Wallet.DecideNow(state, command(state), now, rules),
            steered => WalletAnswers.Wallet(StatusCodes.Status200OK, steered.Wallet, steered.Version));
        return await wallets.ObeyAsync(order, request, context, cancel);
    }
}
