using System.Text.Json;
using Payments.Domain;
using Payments.Domain.Wallets;
using Payments.Hosting;
using Payments.ServiceDefaults.Callers;
using Payments.ServiceDefaults.Errors;

namespace Payments.WalletService.Wallets;

/// <summary><c>POST /api/wallets/{walletId}/deposits</c> and <c>/withdrawals</c></summary>
internal static class MoveMoney
{
    /// <param name="Amount">Minor units, from 1.</param>
    /// <param name="Reference">The caller's own words for it, at most 140 characters.</param>
    public sealed record Request(long Amount, string Currency, string? Reference = null);

    public static Task<IResult> Deposit(
        string walletId, Request request, HttpContext context, CallerIdentity caller, IdempotencyKey key,
        WalletCommands wallets, TimeProvider clock, CancellationToken cancel) =>
        Handle(
            walletId, request, context, caller, key, wallets, clock,
            (id, money) => new WalletCommand.Deposit(id, money, request.Reference), cancel);

    public static Task<IResult> Withdraw(
        string walletId, Request request, HttpContext context, CallerIdentity caller, IdempotencyKey key,
        WalletCommands wallets, TimeProvider clock, CancellationToken cancel) =>
        Handle(
            walletId, request, context, caller, key, wallets, clock,
            (id, money) => new WalletCommand.Withdraw(id, money, request.Reference), cancel);

    private static async Task<IResult> Handle(
        string walletId,
        Request request,
        HttpContext context,
        CallerIdentity caller,
        IdempotencyKey key,
        WalletCommands wallets,
        TimeProvider clock,
        Func<MovementId, Money, WalletCommand> command,
        CancellationToken cancel)
    {
        var input = new MoneyInput();
        var amount = input.Amount(request.Amount, request.Currency);
        input.Reference(request.Reference);
        if (input.Errors.Count > 0)
        {
            return Problems.Invalid(input.Errors);
        }

        if (!WalletAnswers.TryParse(walletId, out var wallet))
        {
            return WalletAnswers.NotFound(walletId);
        }

        var movement = new MovementId(Guid.CreateVersion7(clock.GetUtcNow()));
        var repeatable = new IdempotentRequest(
            context, caller, key, JsonSerializer.SerializeToUtf8Bytes(request, WalletJson.Default.MoveMoneyRequest));
        var order = WalletOrder.Of(
            wallet,
            movement.Value,
            caller.ClientId,
            command(movement, amount),
            moved => WalletAnswers.Wallet(StatusCodes.Status201Created, moved.Wallet, moved.Version));
        return await wallets.ExecuteAsync(order, repeatable, context, cancel);
    }
}
