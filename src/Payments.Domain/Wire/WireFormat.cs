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
        new(typeof(WalletEvent.Withdrawn), "wallet.withdrawn.v1", WireJson.Default.Withdrawn),
        new(typeof(WalletEvent.FundsHeld), "wallet.funds-held.v1", WireJson.Default.FundsHeld),
        new(typeof(WalletEvent.FundsInsufficient), "wallet.funds-insufficient.v1", WireJson.Default.FundsInsufficient),
        new(typeof(WalletEvent.HoldReleased), "wallet.hold-released.v1", WireJson.Default.HoldReleased),
        new(typeof(WalletEvent.HoldCaptured), "wallet.hold-captured.v1", WireJson.Default.HoldCaptured),
        new(typeof(WalletEvent.FundsCredited), "wallet.funds-credited.v1", WireJson.Default.FundsCredited),
        new(typeof(WalletEvent.CreditRefused), "wallet.credit-refused.v1", WireJson.Default.CreditRefused),
        new(typeof(WalletCommand.Hold), "command.wallet.hold-funds.v1", WireJson.Default.HoldCommand),
        new(typeof(WalletCommand.Release), "command.wallet.release-hold.v1", WireJson.Default.ReleaseCommand),
        new(typeof(WalletCommand.Capture), "command.wallet.capture-hold.v1", WireJson.Default.CaptureCommand),
        new(typeof(WalletCommand.Credit), "command.wallet.credit-funds.v1", WireJson.Default.CreditCommand),
        new(typeof(PaymentEvent.Requested), "payment.requested.v1", WireJson.Default.PaymentRequested),
        new(typeof(PaymentEvent.Completed), "payment.completed.v1", WireJson.Default.PaymentCompleted),
        new(typeof(PaymentEvent.Failed), "payment.failed.v1", WireJson.Default.PaymentFailed),
        new(typeof(PaymentCommand.Complete), "command.payment.complete.v1", WireJson.Default.CompleteCommand),
        new(typeof(PaymentCommand.Fail), "command.payment.fail.v1", WireJson.Default.FailCommand),
        new(typeof(SagaEvent.Started), "saga.started.v1", WireJson.Default.SagaStarted),
        new(typeof(SagaEvent.Moved), "saga.moved.v1", WireJson.Default.SagaMoved),
        new(typeof(SagaEvent.WentOverdue), "saga.went-overdue.v1", WireJson.Default.SagaWentOverdue),
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
            _ => throw new WireFormatException($"'{name}' is no {typeof(TEvent).Name}."),
        };

    // A command is stored in the saga's stream under its own name, so that the relay sends it as it is.
    private static object Content(object message) => message switch
    {
        SagaEvent.WalletCommanded c => c.Command,
        SagaEvent.PaymentCommanded c => c.Command,
        _ => message,
    };
}

/// <summary>Stored or received bytes that this reader cannot understand.</summary>
public sealed class WireFormatException(string message, Exception? inner = null) : FormatException(message, inner);
