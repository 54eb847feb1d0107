using System.Text.Json;
using Payments.Domain.Cards;
using Payments.Domain.Payments;
using Payments.Domain.Sagas;
using Payments.Domain.Wallets;

namespace Payments.Contracts.Wire;

/// <summary>The stored name, schema version and JSON of every event and command.</summary>
/// <remarks>
/// Names are literals, never CLR names: code may be renamed, history may not. When the JSON of a type changes, its schema version is raised
/// in this table, a step in <see cref="History"/> lifts the older one, and a golden file keeps what was written until then.
/// </remarks>
public static class WireFormat
{
    /// <summary>Commands start with this in their stored name; everything else is an event.</summary>
    public const string CommandPrefix = "command.";

    private static readonly JsonSerializerOptions Json = DomainJson.Options(WireJson.Default);

    private static readonly WireCatalog Catalog = new(
    [
        Stored<WalletEvent.Opened>("wallet.opened.v1"),
        Stored<WalletEvent.Deposited>("wallet.deposited.v1"),
        Stored<WalletEvent.Withdrawn>("wallet.withdrawn.v1", schema: 2),
        Stored<WalletEvent.FundsHeld>("wallet.funds-held.v1", schema: 2),
        Stored<WalletEvent.FundsInsufficient>("wallet.funds-insufficient.v1", schema: 2),
        Stored<WalletEvent.HoldRefused>("wallet.hold-refused.v1"),
        Stored<WalletEvent.HoldReleased>("wallet.hold-released.v1", schema: 2),
        Stored<WalletEvent.HoldExpired>("wallet.hold-expired.v1"),
        Stored<WalletEvent.HoldNotOpen>("wallet.hold-not-open.v1"),
        Stored<WalletEvent.HoldCaptured>("wallet.hold-captured.v1", schema: 2),
        Stored<WalletEvent.CaptureRefused>("wallet.capture-refused.v1"),
        Stored<WalletEvent.FundsCredited>("wallet.funds-credited.v1", schema: 2),
        Stored<WalletEvent.FeeCharged>("wallet.fee-charged.v1"),
        Stored<WalletEvent.CreditRefused>("wallet.credit-refused.v1", schema: 2),
        Stored<WalletEvent.FeeReturned>("wallet.fee-returned.v1"),
        Stored<WalletEvent.CreditReversed>("wallet.credit-reversed.v1"),
        Stored<WalletEvent.CreditReversalRefused>("wallet.credit-reversal-refused.v1"),
        Stored<WalletEvent.Frozen>("wallet.frozen.v1"),
        Stored<WalletEvent.Unfrozen>("wallet.unfrozen.v1"),
        Stored<WalletEvent.OverdraftSet>("wallet.overdraft-set.v1"),
        Stored<WalletCommand.Hold>("command.wallet.hold-funds.v1", schema: 2),
        Stored<WalletCommand.Release>("command.wallet.release-hold.v1", schema: 2),
        Stored<WalletCommand.Capture>("command.wallet.capture-hold.v1", schema: 2),
        Stored<WalletCommand.Credit>("command.wallet.credit-funds.v1", schema: 2),
        Stored<WalletCommand.ReverseCredit>("command.wallet.reverse-credit.v1"),
        Stored<PaymentEvent.Requested>("payment.requested.v1", schema: 2),
        Stored<PaymentEvent.Completed>("payment.completed.v1"),
        Stored<PaymentEvent.Failed>("payment.failed.v1"),
        Stored<PaymentEvent.RefundRequested>("payment.refund-requested.v1"),
        Stored<PaymentEvent.RefundCompleted>("payment.refund-completed.v1"),
        Stored<PaymentEvent.RefundFailed>("payment.refund-failed.v1"),
        Stored<PaymentCommand.Complete>("command.payment.complete.v1"),
        Stored<PaymentCommand.Fail>("command.payment.fail.v1"),
        Stored<PaymentCommand.CompleteRefund>("command.payment.complete-refund.v1"),
        Stored<PaymentCommand.FailRefund>("command.payment.fail-refund.v1"),
        Stored<SagaEvent.Started>("saga.started.v1", schema: 2),
        Stored<SagaEvent.Moved>("saga.moved.v1"),
        Stored<SagaEvent.Retried>("saga.retried.v1"),
        Stored<SagaEvent.StepRefused>("saga.step-refused.v1"),
        Stored<SagaEvent.WentOverdue>("saga.went-overdue.v1"),
        Stored<SagaEvent.CompensationRequested>("saga.compensation-requested.v1"),
        Stored<SagaEvent.OperatorActed>("saga.operator-acted.v1"),
        Stored<SagaEvent.CardAnswered>("saga.card-answered.v1"),
        Stored<CardCommand.Authorise>("command.card.authorise.v1"),
        Stored<CardCommand.Capture>("command.card.capture.v1"),
        Stored<CardCommand.Void>("command.card.void.v1"),
        Stored<CardCommand.Refund>("command.card.refund.v1"),
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

    private static WireType Stored<T>(string name, int schema = 1) => new(typeof(T), name, Json.GetTypeInfo(typeof(T)), schema);

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
