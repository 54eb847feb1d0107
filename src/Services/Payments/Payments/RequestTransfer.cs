using System.Text.Json;
using Payments.Domain;
using Payments.Domain.Payments;
using Payments.Hosting;
using Payments.ServiceDefaults.Callers;
using Payments.ServiceDefaults.Errors;

namespace Payments.PaymentService.Payments;

/// <summary><c>POST /api/transfers</c>: a payment without a fee and without a refund.</summary>
internal static class RequestTransfer
{
    /// <param name="Amount">Minor units, from 1.</param>
    public sealed record Request(string FromWalletId, string ToWalletId, long Amount, string Currency, string? Reference = null);

    public static async Task<IResult> Handle(
        Request request, HttpContext context, CallerIdentity caller, IdempotencyKey key, NewPayments payments, CancellationToken cancel)
    {
        var input = new MoneyInput();
        var amount = input.Amount(request.Amount, request.Currency);
        var from = new Party("fromWalletId", input.Wallet("fromWalletId", request.FromWalletId));
        var to = new Party("toWalletId", input.Wallet("toWalletId", request.ToWalletId));
        input.Reference(request.Reference);
        if (input.Errors.Count > 0)
        {
            return Problems.Invalid(input.Errors);
        }

        var order = new PaymentOrder(
            from, to, amount, request.Reference, payer => new PaymentSource.OfTransfer(from.Wallet, UserId.Parse(payer!.UserId)));
        var repeatable = new IdempotentRequest(
            context, caller, key, JsonSerializer.SerializeToUtf8Bytes(request, PaymentJson.Default.RequestTransfer));
        return await payments.AcceptAsync(order, caller, repeatable, context, cancel);
    }
}
