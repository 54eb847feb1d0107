using System.Text.Json;
using System.Text.Json.Nodes;
using Payments.Contracts;
using Payments.Contracts.Wallets;
using Payments.Domain;
using Payments.Domain.Wallets;
using Payments.EventStore.Contract;
using Payments.Hosting;
using Payments.Operations.Approvals;
using Payments.Operations.Audit;
using Payments.ServiceDefaults.Callers;
using Payments.ServiceDefaults.Errors;

namespace Payments.WalletService.Wallets;

/// <summary><c>POST /api/admin/wallets/{walletId}/freeze</c>, <c>/unfreeze</c> and <c>/overdraft</c>: for operators.</summary>
internal sealed class WalletControl(WalletCommands wallets, WalletQueries queries, ApprovalGate second, TimeProvider clock)
{
    public static Task<IResult> Freeze(
        string walletId, ReasonRequest request, HttpContext context, CallerIdentity caller, OperatorName by, IdempotencyKey key,
        WalletControl steer, CancellationToken cancel) =>
        steer.WithReasonAsync("wallet-freeze", walletId, request, r => new WalletCommand.Freeze(r), context, caller, by, key, cancel);

    public static Task<IResult> Unfreeze(
        string walletId, ReasonRequest request, HttpContext context, CallerIdentity caller, OperatorName by, IdempotencyKey key,
        WalletControl steer, CancellationToken cancel) =>
        steer.WithReasonAsync("wallet-unfreeze", walletId, request, r => new WalletCommand.Unfreeze(r), context, caller, by, key, cancel);

    public static Task<IResult> SetOverdraft(
        string walletId, OverdraftRequest request, HttpContext context, CallerIdentity caller, OperatorName by, IdempotencyKey key,
        WalletControl steer, CancellationToken cancel) => steer.SetOverdraftAsync(walletId, request, context, caller, by, key, cancel);

    private async Task<IResult> SetOverdraftAsync(
        string walletId, OverdraftRequest request, HttpContext context, CallerIdentity caller, OperatorName by, IdempotencyKey key,
        CancellationToken cancel)
    {
        if (request.Limit is < 0 or > Money.AmountMinorMax)
        {
            return Problems.Invalid("limit", $"Must be a whole number of minor units from 0 to {Money.AmountMinorMax}.");
        }

        if (!Reason.TryRead(request.Reason, out var reason))
        {
            return Reason.Invalid();
        }

        if (!WalletAnswers.TryParse(walletId, out var wallet) || await queries.FindAsync(wallet, cancel) is not { } found)
        {
            return WalletAnswers.NotFound(walletId);
        }

        var body = JsonSerializer.SerializeToUtf8Bytes(request, WalletJson.Default.OverdraftRequest);
        var order = new WeighedOrder("wallet-overdraft", SubjectOf(wallet), reason, body, Stakes.Of((request.Limit, found.Currency)));
        var (name, instead) = await second.CheckAsync(order, context, by, key, cancel);
        var command = new WalletCommand.SetOverdraft(new Money(request.Limit, Currency.Parse(found.Currency)), reason);
        var repeatable = new IdempotentRequest(context, caller, key, body);
        return instead ?? await ExecuteAsync(order, wallet, command, name, context, repeatable, cancel);
    }

    private async Task<IResult> WithReasonAsync(
        string act,
        string walletId,
        ReasonRequest request,
        Func<string, WalletCommand> command,
        HttpContext context,
        CallerIdentity caller,
        OperatorName by,
        IdempotencyKey key,
        CancellationToken cancel)
    {
        if (!Reason.TryRead(request.Reason, out var reason))
        {
            return Reason.Invalid();
        }

        if (!WalletAnswers.TryParse(walletId, out var wallet))
        {
            return WalletAnswers.NotFound(walletId);
        }

        var body = JsonSerializer.SerializeToUtf8Bytes(request, WalletJson.Default.ReasonRequest);
        var order = new WeighedOrder(act, SubjectOf(wallet), reason, body, Stakes.Of());
        return await ExecuteAsync(order, wallet, command(reason), by, context, new IdempotentRequest(context, caller, key, body), cancel);
    }

    private async Task<IResult> ExecuteAsync(
        WeighedOrder weighed,
        WalletId wallet,
        WalletCommand command,
        OperatorName by,
        HttpContext context,
        IdempotentRequest request,
        CancellationToken cancel)
    {
        var before = default(Wallet);
        var order = new WalletOrder(
            wallet,
            Guid.CreateVersion7(clock.GetUtcNow()),
            by.Value,
            (state, rules, now) =>
            {
                before = state;
                return state is null
                    ? new Decision<WalletEvent>.Refused(new Refusal(RefusalCodes.WalletNotFound, "There is no such wallet."))
                    : Wallet.DecideNow(state, command, now, rules);
            },
            steered => WalletAnswers.Wallet(StatusCodes.Status200OK, steered.Wallet, steered.Version))
        {
            Record = steered => [Record(weighed, by, before!, steered.Wallet)],
        };
        return await wallets.ExecuteAsync(order, request, context, cancel);
    }

    private ProjectionRow Record(WeighedOrder weighed, OperatorName by, Wallet before, Wallet after) => new OperatorAct(
        clock.GetUtcNow(),
        by.Value,
        weighed.Act,
        weighed.Reason,
        Before: Side(before),
        After: Side(after),
        Subject: weighed.Subject).ToRow();

    private static string SubjectOf(WalletId wallet) => WalletAggregate.Definition.Stream(wallet.Value).ToString();

    private static JsonObject Side(Wallet wallet) => new()
    {
        ["status"] = wallet.Status.ToString().ToLowerInvariant(),
        ["overdraft"] = wallet.Overdraft.Minor,
        ["currency"] = wallet.Currency.Code,
    };
}
