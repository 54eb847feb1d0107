using System.Diagnostics;
using System.Text.Json;
using Payments.Domain;
using Payments.Domain.Wallets;
using Payments.EventStore.Aggregates;
using Payments.ServiceDefaults;
using Payments.Services;

namespace Payments.WalletService.Wallets;

/// <summary>Obeys a wallet command that came by HTTP and answers with the wallet, or with why not.</summary>
internal static class WalletAnswers
{
    public static bool TryParse(string text, out WalletId wallet)
    {
        var ok = Guid.TryParseExact(text, "D", out var value);
        wallet = new WalletId(value);
        return ok;
    }

    public static IResult NotFound(string walletId) => Problems.Refused(
        StatusCodes.Status404NotFound, RefusalCodes.WalletNotFound, $"There is no wallet '{(walletId.Length > 64 ? walletId[..64] + "…" : walletId)}'.");

    /// <param name="operation">What the events will be correlated by.</param>
    public static async Task<IResult> CommandAsync(
        CommandHandler<Wallet, WalletEvent> wallets,
        Guid operation,
        WalletId wallet,
        WalletCommand command,
        CallerIdentity caller,
        IdempotentRequest request,
        string? location,
        HttpContext context,
        CancellationToken cancel)
    {
        var cause = new Cause(operation, null, caller.ClientId, Activity.Current?.Id);
        var answer = default(KeptAnswer);
        var outcome = await wallets.HandleAsync(
            WalletAggregate.Definition.Stream(wallet.Value),
            cause,
            (state, now) => Wallet.Decide(state, command, now),
            decided =>
            {
                answer = Answer(decided, location);
                return answer is null ? null : request.ClaimWith(answer);
            },
            cancel);
        return outcome switch
        {
            CommandOutcome<Wallet>.Repeated repeated => request.Repeat(repeated.First),
            CommandOutcome<Wallet>.Refused { Reason.Code: RefusalCodes.WalletNotFound } => NotFound(wallet.ToString()),
            CommandOutcome<Wallet>.Refused { Reason: { Code: RefusalCodes.CurrencyMismatch } reason } => Problems.Invalid("currency", reason.Message),
            _ => answer!.ToResult(context),
        };
    }

    // An unknown wallet or a wrong currency claims nothing: bad input writes nothing, and the wallet may be there at the next try.
    private static KeptAnswer? Answer(CommandOutcome<Wallet> outcome, string? location) => outcome switch
    {
        CommandOutcome<Wallet>.Done done => KeptAnswer.Of(
            StatusCodes.Status201Created,
            JsonSerializer.SerializeToUtf8Bytes(WalletView.Of(done.State, done.Version), WalletJson.Default.WalletView),
            location),
        CommandOutcome<Wallet>.Refused { Reason.Code: RefusalCodes.WalletNotFound or RefusalCodes.CurrencyMismatch } => null,
        CommandOutcome<Wallet>.Refused { Reason: var reason } => KeptAnswer.Refusal(StatusCodes.Status422UnprocessableEntity, reason.Code, reason.Message),
        _ => throw new InvalidOperationException($"{outcome} has no answer."),
    };
}
