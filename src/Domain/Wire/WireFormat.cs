using Payments.Domain.Cards;
using Payments.Domain.Payments;
using Payments.Domain.Sagas;
using Payments.Domain.Wallets;

namespace Payments.Domain.Wire;

/// <summary>The stored name, schema version and JSON of every event and command.</summary>
/// <remarks>
/// Names are literals, never CLR names: code may be renamed, history may not. When the JSON of a type changes, its schema version is raised
/// in this table, a step in <see cref="History"/> lifts the older one, and a golden file keeps what was written until then.
/// </remarks>
public static class WireFormat
{
    /// <summary>Commands start with this in their stored name; everything else is an event.</summary>
    public const string CommandPrefix = "command.";

    private static readonly WireCatalog Catalog = new(
    [
        new(typeof(WalletEvent.Opened), "wallet.opened.v1", WireJson.Default.WalletOpened),
        new(typeof(WalletEvent.Deposited), "wallet.deposited.v1", WireJson.Default.Deposited),
        new(typeof(WalletEvent.Withdrawn), "wallet.withdrawn.v1", WireJson.Default.Withdrawn, Schema: 2),
        new(typeof(WalletEvent.FundsHeld), "wallet.funds-held.v1", WireJson.Default.FundsHeld, Schema: 2),
        new(typeof(WalletEvent.FundsInsufficient), "wallet.funds-insufficient.v1", WireJson.Default.FundsInsufficient, Schema: 2),
        new(typeof(WalletEvent.HoldRefused), "wallet.hold-refused.v1", WireJson.Default.HoldRefused),
        new(typeof(WalletEvent.HoldReleased), "wallet.hold-released.v1", WireJson.Default.HoldReleased, Schema: 2),
        new(typeof(WalletEvent.HoldExpired), "wallet.hold-expired.v1", WireJson.Default.HoldExpired),
        new(typeof(WalletEvent.HoldNotOpen), "wallet.hold-not-open.v1", WireJson.Default.HoldNotOpen),
        new(typeof(WalletEvent.HoldCaptured), "wallet.hold-captured.v1", WireJson.Default.HoldCaptured, Schema: 2),
        new(typeof(WalletEvent.CaptureRefused), "wallet.capture-refused.v1", WireJson.Default.CaptureRefused),
        new(typeof(WalletEvent.FundsCredited), "wallet.funds-credited.v1", WireJson.Default.FundsCredited, Schema: 2),
        new(typeof(WalletEvent.FeeCharged), "wallet.fee-charged.v1", WireJson.Default.FeeCharged),
        new(typeof(WalletEvent.CreditRefused), "wallet.credit-refused.v1", WireJson.Default.CreditRefused, Schema: 2),
        new(typeof(WalletEvent.FeeReturned), "wallet.fee-returned.v1", WireJson.Default.FeeReturned),
        new(typeof(WalletEvent.CreditReversed), "wallet.credit-reversed.v1", WireJson.Default.CreditReversed),
        new(typeof(WalletEvent.CreditReversalRefused), "wallet.credit-reversal-refused.v1", WireJson.Default.CreditReversalRefused),
        new(typeof(WalletEvent.Frozen), "wallet.frozen.v1", WireJson.Default.Frozen),
        new(typeof(WalletEvent.Unfrozen), "wallet.unfrozen.v1", WireJson.Default.Unfrozen),
        new(typeof(WalletEvent.OverdraftSet), "wallet.overdraft-set.v1", WireJson.Default.OverdraftSet),
        new(typeof(WalletCommand.Hold), "command.wallet.hold-funds.v1", WireJson.Default.HoldCommand, Schema: 2),
        new(typeof(WalletCommand.Release), "command.wallet.release-hold.v1", WireJson.Default.ReleaseCommand, Schema: 2),
        new(typeof(WalletCommand.Capture), "command.wallet.capture-hold.v1", WireJson.Default.CaptureCommand, Schema: 2),
        new(typeof(WalletCommand.Credit), "command.wallet.credit-funds.v1", WireJson.Default.CreditCommand, Schema: 2),
        new(typeof(WalletCommand.ReverseCredit), "command.wallet.reverse-credit.v1", WireJson.Default.ReverseCreditCommand),
        new(typeof(PaymentEvent.Requested), "payment.requested.v1", WireJson.Default.PaymentRequested, Schema: 2),
        new(typeof(PaymentEvent.Completed), "payment.completed.v1", WireJson.Default.PaymentCompleted),
        new(typeof(PaymentEvent.Failed), "payment.failed.v1", WireJson.Default.PaymentFailed),
        new(typeof(PaymentEvent.RefundRequested), "payment.refund-requested.v1", WireJson.Default.RefundRequested),
        new(typeof(PaymentEvent.RefundCompleted), "payment.refund-completed.v1", WireJson.Default.RefundCompleted),
        new(typeof(PaymentEvent.RefundFailed), "payment.refund-failed.v1", WireJson.Default.RefundFailed),
        new(typeof(PaymentCommand.Complete), "command.payment.complete.v1", WireJson.Default.CompleteCommand),
        new(typeof(PaymentCommand.Fail), "command.payment.fail.v1", WireJson.Default.FailCommand),
        new(typeof(PaymentCommand.CompleteRefund), "command.payment.complete-refund.v1", WireJson.Default.CompleteRefundCommand),
        new(typeof(PaymentCommand.FailRefund), "command.payment.fail-refund.v1", WireJson.Default.FailRefundCommand),
        new(typeof(SagaEvent.Started), "saga.started.v1", WireJson.Default.SagaStarted, Schema: 2),
        new(typeof(SagaEvent.Moved), "saga.moved.v1", WireJson.Default.SagaMoved),
        new(typeof(SagaEvent.Retried), "saga.retried.v1", WireJson.Default.SagaRetried),
        new(typeof(SagaEvent.StepRefused), "saga.step-refused.v1", WireJson.Default.SagaStepRefused),
        new(typeof(SagaEvent.WentOverdue), "saga.went-overdue.v1", WireJson.Default.SagaWentOverdue),
        new(typeof(SagaEvent.CompensationRequested), "saga.compensation-requested.v1", WireJson.Default.SagaCompensationRequested),
        new(typeof(SagaEvent.OperatorActed), "saga.operator-acted.v1", WireJson.Default.SagaOperatorActed),
        new(typeof(SagaEvent.CardAnswered), "saga.card-answered.v1", WireJson.Default.SagaCardAnswered),
        new(typeof(CardCommand.Authorise), "command.card.authorise.v1", WireJson.Default.AuthoriseCommand),
        new(typeof(CardCommand.Capture), "command.card.capture.v1", WireJson.Default.CardCaptureCommand),
        new(typeof(CardCommand.Void), "command.card.void.v1", WireJson.Default.VoidCommand),
        new(typeof(CardCommand.Refund), "command.card.refund.v1", WireJson.Default.CardRefundCommand),
    ],
    History.Steps);

    /// <summary>Every stored name with the schema version written today, for the tests that keep a golden file of each version.</summary>
    public static IEnumerable<(string Name, int Schema)> Names => Catalog.Names;

    /// <summary>The stored name, schema version and UTF-8 JSON of an event or command.</summary>
    /// <exception cref="ArgumentException">The type has no stored name: a bug, found by the first test that writes it.</exception>
    public static (string Name, int Schema, byte[] Json) Encode(object message) => Catalog.Encode(Content(message));

    /// <summary>Reads what <see cref="Encode"/> writes today or wrote in the past.</summary>
    /// <exception cref="WireFormatException">Unknown name or schema version, or JSON that does not fit: poison for a consumer.</exception>
    public static object Decode(string name, int schemaVersion, ReadOnlySpan<byte> json) => Catalog.Decode(name, schemaVersion, json);

    /// <summary>Reads an event of one family, for a fold. A saga's commands are wrapped as the facts that they were sent.</summary>
    public static TEvent Decode<TEvent>(string name, int schemaVersion, ReadOnlySpan<byte> json)
        where TEvent : class => Decode(name, schemaVersion, json) switch
        {
            TEvent e => e,
            WalletCommand c when new SagaEvent.WalletCommanded(c) is TEvent e => e,
            PaymentCommand c when new SagaEvent.PaymentCommanded(c) is TEvent e => e,
            CardCommand c when new SagaEvent.CardCommanded(c) is TEvent e => e,
            _ => throw new WireFormatException($"'{name}' is no {typeof(TEvent).Name}."),
        };

    // A command is stored in the saga's stream under its own name, so that the relay sends it as it is.
    private static object Content(object message) => message switch
    {
        SagaEvent.WalletCommanded c => c.Command,
        SagaEvent.PaymentCommanded c => c.Command,
        SagaEvent.CardCommanded c => c.Command,
        _ => message,
    };
}

/// <summary>Stored or received bytes that this reader cannot understand.</summary>
public sealed class WireFormatException(string message, Exception? inner = null) : FormatException(message, inner);
