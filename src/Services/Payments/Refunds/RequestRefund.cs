using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Payments.Contracts.Payments;
using Payments.Domain;
using Payments.Domain.Payments;
using Payments.EventStore.Aggregates;
using Payments.Hosting;
using Payments.PaymentService.Payments;
using Payments.ServiceDefaults.Callers;
using Payments.ServiceDefaults.Errors;

namespace Payments.PaymentService.Refunds;

/// <summary><c>POST /api/payments/{paymentId}/refunds</c></summary>
internal static class RequestRefund
{
    /// <summary>
    /// Amount and currency may be left out, and then mean all that has not been refunded yet; so neither may be null, which is rather what
    /// got lost on its way.
    /// </summary>
    public sealed record Request
    {
        /// <summary>Minor units, from 1; with <see cref="Currency"/>.</summary>
        [DisallowNull]
        public long? Amount { get; init; }

        [DisallowNull]
        public string? Currency { get; init; }

        /// <summary>The caller's own words for it, at most 140 characters.</summary>
        public string? Reason { get; init; }
    }

    public static async Task<IResult> Handle(
        string paymentId,
        Request request,
        HttpContext context,
        CallerIdentity caller,
        IdempotencyKey key,
        CommandHandler<Payment, PaymentEvent> payments,
        RefundQueries refunds,
        TimeProvider clock,
        CancellationToken cancel)
    {
        var input = new MoneyInput();
        var amount = AmountOf(request, input);
        input.Text("reason", request.Reason);
        if (input.Errors.Count > 0)
        {
            return Problems.Invalid(input.Errors);
        }

        if (!Guid.TryParseExact(paymentId, "D", out var id))
        {
            return PaymentQueries.NotFound(paymentId);
        }

        var refund = new RefundId(Guid.CreateVersion7(clock.GetUtcNow()));
        var command = new PaymentCommand.RequestRefund(refund, amount, request.Reason);
        var repeatable = new IdempotentRequest(
            context, caller, key, JsonSerializer.SerializeToUtf8Bytes(request, PaymentJson.Default.RequestRefund));
        var answer = default(KeptAnswer);
        var outcome = await payments.HandleAsync(
            new(
                PaymentAggregate.Definition.Stream(id),
                new Cause(id, null, caller.ClientId, Activity.Current?.Id),
                (payment, _) => Payment.Decide(payment, command))
            {
                Claim = decided => (answer = Answer(decided, refund)) is { } first ? repeatable.ClaimWith(first) : null,
            },
            cancel);
        return outcome switch
        {
            CommandOutcome<Payment>.Repeated repeated => repeatable.Repeat(repeated.First),
            CommandOutcome<Payment>.Refused { Reason.Code: RefusalCodes.PaymentNotFound } => await refunds.IsRefundAsync(id, cancel)
                ? Problems.Unprocessable(RefusalCodes.RefundOfRefund, $"{id} is a refund; what was refunded is not refunded again.")
                : PaymentQueries.NotFound(paymentId),
            _ => answer!.ToResult(context),
        };
    }

    private static Money? AmountOf(Request request, MoneyInput input)
    {
        switch (request)
        {
            case { Amount: { } minor, Currency: { } currency }:
                return input.Amount(minor, currency);
            case { Amount: not null }:
                input.Errors["currency"] = ["Must be given with 'amount'."];
                return null;
            case { Currency: not null }:
                input.Errors["amount"] = ["Must be given with 'currency'."];
                return null;
            default:
                return null;
        }
    }

    // What is not there claims nothing: bad input writes nothing.
    private static KeptAnswer? Answer(CommandOutcome<Payment> outcome, RefundId refund) => outcome switch
    {
        CommandOutcome<Payment>.Done { State: var payment } => KeptAnswer.Of(
            StatusCodes.Status202Accepted,
            JsonSerializer.SerializeToUtf8Bytes(Accepted(payment, refund), PaymentJson.Default.AcceptedRefund),
            $"/api/payments/{payment.Terms.Payment}/refunds/{refund}"),
        CommandOutcome<Payment>.Refused { Reason.Code: RefusalCodes.PaymentNotFound } => null,
        CommandOutcome<Payment>.Refused { Reason: var reason } =>
            KeptAnswer.Refusal(StatusCodes.Status422UnprocessableEntity, reason.Code, reason.Message),
        _ => throw new InvalidOperationException($"{outcome} has no answer."),
    };

    private static AcceptedRefund Accepted(Payment payment, RefundId refund)
    {
        var amount = payment.Refunds[refund];
        return new(refund.Value, payment.Terms.Payment.Value, "pending", amount.Minor, amount.Currency.Code);
    }
}
