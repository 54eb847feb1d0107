using System.Text.Json;
using Payments.Domain;
using Payments.Domain.Payments;
using Payments.Hosting;
using Payments.ServiceDefaults.Callers;
using Payments.ServiceDefaults.Errors;

namespace Payments.PaymentService.Payments;

/// <summary><c>POST /api/payments</c></summary>
internal static class RequestPayment
{
    private const string Wallet = "wallet";
    private const string Card = "card";

    /// <param name="Method"><c>wallet</c> or <c>card</c>.</param>
    /// <param name="Amount">Minor units, from 1.</param>
    /// <param name="PayerWalletId">With method <c>wallet</c> only.</param>
    /// <param name="Card">With method <c>card</c> only.</param>
    public sealed record Request(
        string Method,
        string PayeeWalletId,
        long Amount,
        string Currency,
        string? PayerWalletId = null,
        CardInput? Card = null,
        string? Reference = null);

    /// <param name="Token">The card as its processor's vault knows it; never its number.</param>
    public sealed record CardInput(string Token);

    public static async Task<IResult> Handle(
        Request request, HttpContext context, CallerIdentity caller, IdempotencyKey key, NewPayments payments, CancellationToken cancel)
    {
        var input = new MoneyInput();
        var amount = input.Amount(request.Amount, request.Currency);
        var payee = new Party("payeeWalletId", input.Wallet("payeeWalletId", request.PayeeWalletId));
        input.Reference(request.Reference);
        var order = request.Method switch
        {
            Wallet => OfWallet(request, payee, amount, input),
            Card => OfCard(request, payee, amount, input),
            _ => null,
        };
        if (order is null)
        {
            input.Errors["method"] = [$"Must be '{Wallet}' or '{Card}'."];
        }

        if (order is null || input.Errors.Count > 0)
        {
            return Problems.Invalid(input.Errors);
        }

        var repeatable = new IdempotentRequest(
            context, caller, key, JsonSerializer.SerializeToUtf8Bytes(request, PaymentJson.Default.RequestPayment));
        return await payments.AcceptAsync(order, caller, repeatable, context, cancel);
    }

    private static PaymentOrder OfWallet(Request request, Party payee, Money amount, MoneyInput input)
    {
        var payer = new Party("payerWalletId", input.Wallet("payerWalletId", request.PayerWalletId ?? ""));
        if (request.Card is not null)
        {
            input.Errors["card"] = [$"Must be absent with method '{Wallet}'."];
        }

        return new(
            payer, payee, amount, request.Reference, facts => new PaymentSource.OfWallet(payer.Wallet, UserId.Parse(facts!.UserId)));
    }

    private static PaymentOrder OfCard(Request request, Party payee, Money amount, MoneyInput input)
    {
        if (request.PayerWalletId is not null)
        {
            input.Errors["payerWalletId"] = [$"Must be absent with method '{Card}'."];
        }

        if (request.Card is null)
        {
            input.Errors["card"] = [$"Must be given with method '{Card}'."];
        }

        if (!CardToken.TryParse(request.Card?.Token, out var token) && request.Card is not null)
        {
            input.Errors["card.token"] = [$"Must be 1 to {CardToken.LengthMax} letters, digits, '_' or '-'."];
        }

        return new(null, payee, amount, request.Reference, _ => new PaymentSource.OfCard(token));
    }
}
