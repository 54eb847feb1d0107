using System.Collections.Immutable;
using System.Diagnostics;
using Payments.Domain;
using Payments.Domain.Wallets;
using Payments.EventStore.Aggregates;
using Payments.EventStore.Contract;
using Payments.Hosting;
using Payments.ServiceDefaults.Errors;

namespace Payments.WalletService.Wallets;

/// <summary>A wallet as a command left it, and the events it led to.</summary>
internal sealed record Executed(Wallet Wallet, long Version, ImmutableArray<WalletEvent> Events);

/// <summary>One command that came by HTTP.</summary>
/// <param name="Operation">What its events are correlated by.</param>
/// <param name="Actor">Who wants it: the API client, or a person there.</param>
/// <param name="Decide">Pure; may be called several times.</param>
internal sealed record WalletOrder(
    WalletId Wallet,
    Guid Operation,
    string Actor,
    Func<Wallet?, WalletRules, DateTimeOffset, Decision<WalletEvent>> Decide,
    Func<Executed, KeptAnswer> Answer)
{
    /// <summary>What else is to be on record with the effect; null for nothing.</summary>
    public Func<Executed, IEnumerable<ProjectionRow>>? Record { get; init; }

    public static WalletOrder Of(WalletId wallet, Guid operation, string actor, WalletCommand command, Func<Executed, KeptAnswer> answer) =>
        new(wallet, operation, actor, (state, rules, now) => Payments.Domain.Wallets.Wallet.DecideNow(state, command, now, rules), answer);
}

/// <summary>Executes wallet commands that come by HTTP, each once, and answers with what came of it or with why nothing did.</summary>
internal sealed class WalletCommands(CommandHandler<Wallet, WalletEvent> wallets, WalletRules rules, IEventStore store)
{
    public async Task<IResult> ExecuteAsync(WalletOrder order, IdempotentRequest request, HttpContext context, CancellationToken cancel)
    {
        var cause = new Cause(order.Operation, null, order.Actor, Activity.Current?.Id);
        var decision = default(Decision<WalletEvent>);
        var answer = default(KeptAnswer);
        var command = new CommandRequest<Wallet, WalletEvent>(
            WalletAggregate.Definition.Stream(order.Wallet.Value),
            cause,
            (state, now) => decision = order.Decide(state, rules, now))
        {
            Claim = outcome => (answer = Answer(order, decision!, outcome)) is { } first ? request.ClaimWith(first) : null,
            Record = outcome => order.Record is { } record && outcome is CommandOutcome<Wallet>.Done done
                ? record(new Executed(done.State, done.Version, ((Decision<WalletEvent>.Accepted)decision!).Events))
                : [],
        };
        var outcome = await wallets.HandleAsync(command, cancel);
        return outcome switch
        {
            CommandOutcome<Wallet>.Repeated repeated => request.Repeat(repeated.First),
            CommandOutcome<Wallet>.Refused { Reason.Code: RefusalCodes.WalletNotFound } => WalletAnswers.NotFound(order.Wallet.ToString()),
            CommandOutcome<Wallet>.Refused { Reason: { Code: RefusalCodes.CurrencyMismatch } reason } =>
                Problems.Invalid("currency", reason.Message),
            CommandOutcome<Wallet>.Refused { Reason: { Code: RefusalCodes.HoldNotFound } reason } =>
                await request.FindFirstAsync(store, cancel) is { } first
                    ? request.Repeat(first) // This very request has ended the hold.
                    : Problems.NotFound(reason.Code, reason.Message),
            _ => answer!.ToResult(context),
        };
    }

    // What is not there and a wrong currency claim nothing: bad input writes nothing, and the wallet may be there at the next try.
    private static KeptAnswer? Answer(WalletOrder order, Decision<WalletEvent> decision, CommandOutcome<Wallet> outcome) =>
        (decision, outcome) switch
        {
            (Decision<WalletEvent>.Accepted { Events: var events }, CommandOutcome<Wallet>.Done done) =>
                order.Answer(new Executed(done.State, done.Version, events)),
            (_, CommandOutcome<Wallet>.Refused
            {
                Reason.Code: RefusalCodes.WalletNotFound or RefusalCodes.CurrencyMismatch or RefusalCodes.HoldNotFound,
            }) => null,
            (_, CommandOutcome<Wallet>.Refused { Reason: var reason }) =>
                KeptAnswer.Refusal(StatusCodes.Status422UnprocessableEntity, reason.Code, reason.Message),
            _ => throw new InvalidOperationException($"{outcome} has no answer."),
        };
}
