using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Payments.Contracts.Wallets;
using Payments.Domain;
using Payments.Domain.Wallets;
using Payments.Hosting;
using Payments.ServiceDefaults.Callers;
using Payments.ServiceDefaults.Errors;
using Payments.WalletService.Wallets;

namespace Payments.WalletService.Holds;

/// <summary><c>POST /api/wallets/{walletId}/holds/{holdId}/captures</c> and <c>/releases</c>: of holds made through the API.</summary>
internal static class EndHold
{
    public sealed record CaptureRequest
    {
        /// <summary>
        /// Minor units, from 1; all that is held when left out, and therefore never null. What is left becomes available again.
        /// </summary>
        [DisallowNull]
        public long? Amount { get; init; }
    }

    public sealed record ReleaseRequest;

    public static async Task<IResult> Capture(
        string walletId, string holdId, CaptureRequest request, HttpContext context, CallerIdentity caller, IdempotencyKey key,
        WalletCommands wallets, CancellationToken cancel)
    {
        if (request.Amount is < 1 or > Money.AmountMinorMax)
        {
            return Problems.Invalid("amount", $"Must be a whole number of minor units from 1 to {Money.AmountMinorMax}.");
        }

        var repeatable = new IdempotentRequest(
            context, caller, key, JsonSerializer.SerializeToUtf8Bytes(request, WalletJson.Default.CaptureRequest));
        return await HandleAsync(
            walletId,
            holdId,
            context,
            caller,
            wallets,
            repeatable,
            (wallet, id, hold) => new WalletCommand.Capture(
                wallet.Id, id, hold.Operation, request.Amount is { } minor ? new Money(minor, wallet.Currency) : hold.Amount, Payee: null),
            cancel);
    }

    public static async Task<IResult> Release(
        string walletId, string holdId, ReleaseRequest request, HttpContext context, CallerIdentity caller, IdempotencyKey key,
        WalletCommands wallets, CancellationToken cancel)
    {
        var repeatable = new IdempotentRequest(
            context, caller, key, JsonSerializer.SerializeToUtf8Bytes(request, WalletJson.Default.ReleaseRequest));
        return await HandleAsync(
            walletId,
            holdId,
            context,
            caller,
            wallets,
            repeatable,
            (wallet, id, hold) => new WalletCommand.Release(wallet.Id, id, hold.Operation),
            cancel);
    }

    private static async Task<IResult> HandleAsync(
        string walletId,
        string holdId,
        HttpContext context,
        CallerIdentity caller,
        WalletCommands wallets,
        IdempotentRequest request,
        Func<Wallet, HoldId, OpenHold, WalletCommand> command,
        CancellationToken cancel)
    {
        if (!WalletAnswers.TryParse(walletId, out var wallet))
        {
            return WalletAnswers.NotFound(walletId);
        }

        if (!Guid.TryParseExact(holdId, "D", out var value))
        {
            return WalletAnswers.NoHold(holdId);
        }

        var hold = new HoldId(value);
        var order = new WalletOrder(
            wallet,
            hold.Value,
            caller.ClientId,
            (state, rules, now) => Decide(state, hold, now, (w, open) => Wallet.DecideNow(w, command(w, hold, open), now, rules)),
            ended => Answer(hold, ended));
        return await wallets.ExecuteAsync(order, request, context, cancel);
    }

    // Whoever repeats a request is recognised by its key. So a hold that is not open is none, also when it was: this is a new request.
    // Nor is one whose time is over, whether or not the clock of holds has come to it.
    private static Decision<WalletEvent> Decide(
        Wallet? state, HoldId id, DateTimeOffset now, Func<Wallet, OpenHold, Decision<WalletEvent>> decide) =>
        state is null ? Refuse(RefusalCodes.WalletNotFound, "There is no such wallet.")
        : !state.Holds.TryGetValue(id, out var open) || (open.Purpose == HoldPurpose.Reservation && open.IsOver(now))
            ? Refuse(RefusalCodes.HoldNotFound, $"There is no open hold '{id}' in this wallet.")
        : decide(state, open);

    private static KeptAnswer Answer(HoldId id, Executed ended)
    {
        var (status, captured, released) = ended.Events switch
        {
            [WalletEvent.HoldCaptured e] => ("captured", e.Amount.Minor, e.Released.Minor),
            [WalletEvent.HoldReleased e] => ("released", 0, e.Amount.Minor),
            var other => throw new UnreachableStateException(ended.Wallet, other),
        };
        var view = new EndedHold(
            id.Value,
            ended.Wallet.Id.Value,
            status,
            captured,
            released,
            ended.Wallet.Currency.Code,
            WalletViews.Of(ended.Wallet, ended.Version));
        return KeptAnswer.Of(StatusCodes.Status201Created, JsonSerializer.SerializeToUtf8Bytes(view, WalletJson.Default.EndedHold));
    }

    private static Decision<WalletEvent>.Refused Refuse(string code, string message) => new(new Refusal(code, message));
}
