using System.Collections.Frozen;
using Payments.Domain.Payments;
using static Payments.Domain.Sagas.SagaSteps;

namespace Payments.Domain.Sagas;

/// <summary>Every kind of saga of the platform, each readable from top to bottom.</summary>
public sealed class SagaDefinitions
{
    private readonly FrozenDictionary<string, SagaDefinition> _byName;

    public SagaDefinitions(SagaTimeouts timeouts)
    {
        var toWallet = new SagaStep[]
        {
            new(HoldOfPayer(timeouts), Undo: ReleasePayer(timeouts)),
            new(CreditPayee(timeouts), Undo: ReversePayee(timeouts)),
            new(CapturePayer(timeouts)),
        };
        All =
        [
            new(SagaNames.WalletPayment, [.. toWallet], CompletePayment, FailPayment),
            new(SagaNames.Transfer, [.. toWallet], CompletePayment, FailPayment),
            new(
                SagaNames.CardPayment,
                [
                    new(AuthoriseCard(timeouts), Undo: VoidCard(timeouts)),
                    new(CaptureCard(timeouts), Undo: RefundCard(timeouts), UndoCoversEarlier: true),
                    new(CreditPayee(timeouts)),
                ],
                CompletePayment,
                FailPayment),
            new(
                SagaNames.WalletRefund,
                [
                    new(HoldOfPayee(timeouts), Undo: ReleasePayee(timeouts)),
                    new(CreditPayer(timeouts), Undo: ReversePayer(timeouts)),
                    new(CapturePayee(timeouts)),
                ],
                CompleteRefund,
                FailRefund),
            new(
                SagaNames.CardRefund,
                [
                    new(HoldOfPayee(timeouts), Undo: ReleasePayee(timeouts)),
                    new(RefundCard(timeouts), IsPivot: true),
                    new(CapturePayee(timeouts)),
                ],
                CompleteRefund,
                FailRefund),
            new(
                SagaNames.CardPaymentCreditFirst,
                [
                    new(AuthoriseCard(timeouts), Undo: VoidCard(timeouts)),
                    new(CreditPayee(timeouts), Undo: ReversePayee(timeouts)),
                    new(CaptureCard(timeouts)),
                ],
                CompletePayment,
                FailPayment),
        ];
        _byName = All.ToFrozenDictionary(d => d.Name, StringComparer.Ordinal);
    }

    public IReadOnlyList<SagaDefinition> All { get; }

    /// <exception cref="ArgumentException">A stored saga of a kind that this version does not know.</exception>
    public SagaDefinition Named(string name) =>
        _byName.GetValueOrDefault(name) ?? throw new ArgumentException($"There is no saga '{name}'.", nameof(name));

    /// <summary>The saga that a signal begins; null when it begins none.</summary>
    public static (string Definition, SagaTerms Terms)? StartedBy(Signal signal) => signal switch
    {
        Signal.OfPayment { Event: PaymentEvent.Requested { Terms: var terms } } => (
            terms.Source switch
            {
                PaymentSource.OfWallet => SagaNames.WalletPayment,
                PaymentSource.OfTransfer => SagaNames.Transfer,
                PaymentSource.OfCard => SagaNames.CardPayment,
                var other => throw new UnreachableStateException(other, signal),
            },
            SagaTerms.Of(terms)),
        Signal.OfPayment { Event: PaymentEvent.RefundRequested { Terms: var refund } } => (
            refund.Payment.Source is PaymentSource.OfCard ? SagaNames.CardRefund : SagaNames.WalletRefund, SagaTerms.Of(refund)),
        _ => null,
    };

    private static SagaEvent.PaymentCommanded CompletePayment(SagaTerms t) => new(new PaymentCommand.Complete(t.Payment.Payment));

    private static SagaEvent.PaymentCommanded FailPayment(SagaTerms t, string code) =>
        new(new PaymentCommand.Fail(t.Payment.Payment, code));

    private static SagaEvent.PaymentCommanded CompleteRefund(SagaTerms t) =>
        new(new PaymentCommand.CompleteRefund(t.Payment.Payment, new RefundId(t.Operation.Value)));

    private static SagaEvent.PaymentCommanded FailRefund(SagaTerms t, string code) =>
        new(new PaymentCommand.FailRefund(t.Payment.Payment, new RefundId(t.Operation.Value), code));
}
