using Payments.Domain.Payments;

namespace Payments.Domain.Sagas;

/// <summary>What one saga carries out: fixed at its start.</summary>
/// <param name="Operation">The payment's or refund's id, and the saga's own.</param>
/// <param name="Payment">The payment that is made, or that is refunded.</param>
/// <param name="Amount">What this saga moves: the payment's amount, or the part that goes back.</param>
public sealed record SagaTerms(OperationId Operation, PaymentTerms Payment, Money Amount)
{
    public static SagaTerms Of(PaymentTerms payment) => new(OperationId.For(payment.Payment), payment, payment.Amount);

    public static SagaTerms Of(RefundTerms refund) => new(OperationId.For(refund.Refund), refund.Payment, refund.Amount);
}
