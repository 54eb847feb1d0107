using Payments.Contracts.Payments;
using Payments.Domain.Payments;
using Payments.Messaging.DeadLetters;
using Payments.Operations;
using Payments.Operations.Exports;
using Payments.PaymentService.Analytics;
using Payments.PaymentService.Refunds;
using Payments.ServiceDefaults.Callers;

namespace Payments.PaymentService.Payments;

/// <summary>Every route of this service on one page.</summary>
internal static class PaymentEndpoints
{
    public static void MapPayments(this WebApplication app)
    {
        var api = app.MapGroup("/api/payments").WithTags("Payments");
        api.MapPost("/", RequestPayment.Handle).WithName("requestPayment")
            .WithSummary("Requests a payment from a wallet or a card; it goes on in the background.")
            .Produces<AcceptedPayment>(StatusCodes.Status202Accepted).ProducesProblem(400).ProducesProblem(422);
        api.MapGet("/", PaymentQueries.List).WithName("listPayments")
            .WithSummary("Payments, newest first, by status, failure code and wallet.")
            .Produces<PaymentPage>().ProducesProblem(400);
        api.MapGet("/{paymentId}", PaymentQueries.Get).WithName("getPayment")
            .WithSummary("A payment; ?wait=5s answers as soon as it has ended.")
            .Produces<PaymentView>().ProducesProblem(400).ProducesProblem(404);
        api.MapGet("/{paymentId}/history", PaymentQueries.History).WithName("getPaymentHistory")
            .WithSummary("Everything that happened to a payment, in all services, in causal order.")
            .Produces<PaymentHistory>().ProducesProblem(404);

        api.MapPost("/{paymentId}/refunds", RequestRefund.Handle).WithName("requestRefund")
            .WithSummary("Gives a completed payment back, in part or whole; it goes on in the background.")
            .Produces<AcceptedRefund>(StatusCodes.Status202Accepted).ProducesProblem(400).ProducesProblem(404).ProducesProblem(422);
        api.MapGet("/{paymentId}/refunds", RefundQueries.List).WithName("listRefunds")
            .WithSummary("The refunds of a payment, oldest first.")
            .Produces<RefundList>().ProducesProblem(404);
        api.MapGet("/{paymentId}/refunds/{refundId}", RefundQueries.Get).WithName("getRefund")
            .WithSummary("A refund; ?wait=5s answers as soon as it has ended.")
            .Produces<RefundView>().ProducesProblem(400).ProducesProblem(404);

        app.MapPost("/api/transfers", RequestTransfer.Handle).WithTags("Payments").WithName("requestTransfer")
            .WithSummary("Moves money from one wallet to another, without a fee; a payment with method 'transfer'.")
            .Produces<AcceptedPayment>(StatusCodes.Status202Accepted).ProducesProblem(400).ProducesProblem(422);

        app.MapGet("/api/analytics/payments", PaymentAnalytics.Get).WithTags("Analytics").WithName("getPaymentAnalytics")
            .WithSummary("Count and volume of payments by minute, currency and outcome; the last hour, or up to a day.")
            .Produces<PaymentCounts>().ProducesProblem(400);

        var admin = app.MapAdmin("/api/admin/payments");
        admin.MapGet("/overview", Overview.Get);
        admin.MapGet("/failures", PaymentFailures.Get);
        admin.MapOperations<Payment, PaymentEvent>();
        admin.MapEventExport(
            "e.correlation_id in (select r.correlation_id from events r where r.event_type = 'payment.requested.v1' " +
            "and $1 in (r.data #>> '{terms,payee}', r.data #>> '{terms,source,owner}', r.data #>> '{terms,payer}'))");
        admin.MapDeadLetters<Payment, PaymentEvent>();
    }
}
