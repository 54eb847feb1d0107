using System.Diagnostics;
using System.Text.Json;
using Payments.Contracts.Payments;
using Payments.Domain;
using Payments.Domain.Payments;
using Payments.EventStore.Aggregates;
using Payments.Hosting;
using Payments.PaymentService.Fees;
using Payments.ServiceDefaults.Callers;
using Payments.ServiceDefaults.Errors;

namespace Payments.PaymentService.Payments;

/// <summary>A wallet that takes part in a payment, and the field of the request that names it.</summary>
internal readonly record struct Party(string Field, WalletId Wallet);

/// <summary>A payment that is asked for, its form checked. Whether its wallets are there is not known yet.</summary>
/// <param name="Payer">Null when no wallet pays.</param>
/// <param name="Source">What pays, given the payer's wallet.</param>
internal sealed record PaymentOrder(Party? Payer, Party Payee, Money Amount, string? Reference, Func<WalletFacts?, PaymentSource> Source);

/// <summary>Takes in payments of every method: looks their wallets up, adds the fee, stores them under their idempotency key.</summary>
internal sealed class NewPayments(
    WalletDirectory directory, FeeOptions fees, CommandHandler<Payment, PaymentEvent> payments, TimeProvider clock)
{
    public async Task<IResult> AcceptAsync(
        PaymentOrder order, CallerIdentity caller, IdempotentRequest request, HttpContext context, CancellationToken cancel)
    {
        var errors = new Dictionary<string, string[]>();
        var payer = order.Payer is { } party ? await FindAsync(party, order.Amount.Currency, errors, cancel) : null;
        var payee = await FindAsync(order.Payee, order.Amount.Currency, errors, cancel);
        if (order.Payer?.Wallet == order.Payee.Wallet)
        {
            errors[order.Payee.Field] = ["Must be another wallet than the payer's."];
        }

        if (errors.Count > 0)
        {
            return Problems.Invalid(errors);
        }

        var now = clock.GetUtcNow();
        var source = order.Source(payer);
        var terms = new PaymentTerms(
            new PaymentId(Guid.CreateVersion7(now)),
            source,
            order.Payee.Wallet,
            UserId.Parse(payee!.UserId),
            order.Amount,
            fees.Of(source, order.Amount),
            order.Reference);
        return await StoreAsync(terms, caller, request, context, cancel);
    }

    /// <summary>The id is new, so there is nothing to load. A refusal is kept under the key as well.</summary>
    private async Task<IResult> StoreAsync(
        PaymentTerms terms,
        CallerIdentity caller,
        IdempotentRequest request,
        HttpContext context,
        CancellationToken cancel)
    {
        var id = terms.Payment.Value;
        var answer = default(KeptAnswer);
        var outcome = await payments.HandleAsync(
            new(
                PaymentAggregate.Definition.Stream(id),
                new Cause(id, null, caller.ClientId, Activity.Current?.Id),
                (payment, _) => Payment.Decide(payment, new PaymentCommand.Request(terms)))
            {
                StartsStream = true,
                Claim = decided => request.ClaimWith(answer = Answer(decided, id)),
            },
            cancel);
        return outcome is CommandOutcome<Payment>.Repeated repeated ? request.Repeat(repeated.First) : answer!.ToResult(context);
    }

    private static KeptAnswer Answer(CommandOutcome<Payment> outcome, Guid payment) =>
        outcome is CommandOutcome<Payment>.Refused { Reason: var reason }
        ? KeptAnswer.Refusal(StatusCodes.Status422UnprocessableEntity, reason.Code, reason.Message)
        : KeptAnswer.Of(
            StatusCodes.Status202Accepted,
            JsonSerializer.SerializeToUtf8Bytes(new AcceptedPayment(payment, "pending"), PaymentJson.Default.AcceptedPayment),
            $"/api/payments/{payment}");

    private async Task<WalletFacts?> FindAsync(
        Party party, Currency currency, Dictionary<string, string[]> errors, CancellationToken cancel)
    {
        var facts = await directory.FindAsync(party.Wallet, cancel);
        if (facts is null)
        {
            errors[party.Field] = ["There is no such wallet."];
        }
        else if (facts.Currency != currency.Code)
        {
            errors["currency"] = [$"Must be the currency of the wallets; '{party.Field}' is in {facts.Currency}."];
        }

        return facts;
    }
}
