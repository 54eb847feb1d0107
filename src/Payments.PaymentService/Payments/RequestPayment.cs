using System.Diagnostics;
using System.Text.Json;
using Payments.Domain;
using Payments.Domain.Payments;
using Payments.EventStore;
using Payments.EventStore.Aggregates;
using Payments.ServiceDefaults;
using Payments.Services;

namespace Payments.PaymentService.Payments;

/// <summary><c>POST /api/payments</c></summary>
internal static class RequestPayment
{
    /// <param name="Method"><c>wallet</c>.</param>
    /// <param name="Amount">Minor units, from 1.</param>
    public sealed record Request(string Method, string PayerWalletId, string PayeeWalletId, long Amount, string Currency, string? Reference = null);

    public static async Task<IResult> Handle(
        Request request,
        HttpContext context,
        CallerIdentity caller,
        IdempotencyKey key,
        WalletDirectory directory,
        IEventStore store,
        Aggregates<Payment, PaymentEvent> payments,
        TimeProvider clock,
        CancellationToken cancel)
    {
        var input = new MoneyInput();
        var amount = input.Amount(request.Amount, request.Currency);
        var payer = input.Wallet("payerWalletId", request.PayerWalletId);
        var payee = input.Wallet("payeeWalletId", request.PayeeWalletId);
        input.Reference(request.Reference);
        if (request.Method != "wallet")
        {
            input.Errors["method"] = ["Must be 'wallet'."];
        }

        if (input.Errors.Count > 0)
        {
            return Problems.Invalid(input.Errors);
        }

        var (payerFacts, payeeFacts) = (await directory.FindAsync(payer, cancel), await directory.FindAsync(payee, cancel));
        Check(input, amount, payer == payee, payerFacts, payeeFacts);
        if (input.Errors.Count > 0)
        {
            return Problems.Invalid(input.Errors);
        }

        var now = clock.GetUtcNow();
        var id = new PaymentId(Guid.CreateVersion7(now));
        var terms = new PaymentTerms(
            id,
            new PaymentSource.OfWallet(payer, UserId.Parse(payerFacts!.UserId)),
            payee,
            UserId.Parse(payeeFacts!.UserId),
            amount,
            Money.Zero(amount.Currency),
            request.Reference);
        var repeatable = new IdempotentRequest(context, caller, key, JsonSerializer.SerializeToUtf8Bytes(request, PaymentJson.Default.Request));
        var answer = KeptAnswer.Of(
            StatusCodes.Status202Accepted,
            JsonSerializer.SerializeToUtf8Bytes(new AcceptedPayment(id.Value, "pending"), PaymentJson.Default.AcceptedPayment),
            $"/api/payments/{id}");
        var requested = Payment.Decide(null, new PaymentCommand.Request(terms)) as Decision<PaymentEvent>.Accepted
            ?? throw new InvalidOperationException("A new payment was refused after its checks.");
        var stream = PaymentAggregate.Definition.Stream(id.Value);
        var change = new Change<Payment, PaymentEvent>(PaymentAggregate.Definition, stream, before: default);
        change.Add(requested.Events, new Cause(id.Value, null, caller.ClientId, Activity.Current?.Id), now);

        // The id is new, so there is nothing to load and nobody to wait for.
        var unit = new AppendUnit { Streams = [change.ToAppend()], Rows = [.. change.Rows()], Claim = repeatable.ClaimWith(answer) };
        switch (await store.AppendAsync(unit, cancel))
        {
            case AppendResult.Appended:
                payments.Keep([KeyValuePair.Create(stream, change.After)]);
                return answer.ToResult(context);
            case AppendResult.AlreadyClaimed claimed:
                return repeatable.Repeat(claimed.Existing);
            case var other:
                throw new InvalidOperationException($"A new payment could not be stored: {other}.");
        }
    }

    private static void Check(MoneyInput input, Money amount, bool same, WalletFacts? payer, WalletFacts? payee)
    {
        if (same)
        {
            input.Errors["payeeWalletId"] = ["Must be another wallet than the payer's."];
        }

        foreach (var (field, facts) in new[] { ("payerWalletId", payer), ("payeeWalletId", payee) })
        {
            if (facts is null)
            {
                input.Errors[field] = ["There is no such wallet."];
            }
            else if (facts.Currency != amount.Currency.Code)
            {
                input.Errors["currency"] = [$"Must be the currency of both wallets; '{field}' is in {facts.Currency}."];
            }
        }
    }
}
