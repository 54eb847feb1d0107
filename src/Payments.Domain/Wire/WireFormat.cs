using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Payments.Domain.Payments;
using Payments.Domain.Sagas;
using Payments.Domain.Wallets;

namespace Payments.Domain.Wire;

/// <summary>The stored name, schema version and JSON of every event and command.</summary>
/// <remarks>Names are literals, never CLR names: code may be renamed, history may not.</remarks>
public static class WireFormat
{
    /// <summary>Commands start with this in their stored name; everything else is an event.</summary>
    public const string CommandPrefix = "command.";

    /// <summary>The schema version written today, by all types.</summary>
    public const int SchemaVersion = 1;

    private static readonly (Type Clr, string Name, JsonTypeInfo Json)[] Entries =
    [
        (typeof(WalletEvent.Opened), "wallet.opened.v1", WireJson.Default.WalletOpened),
        (typeof(WalletEvent.Deposited), "wallet.deposited.v1", WireJson.Default.Deposited),
        (typeof(WalletEvent.Withdrawn), "wallet.withdrawn.v1", WireJson.Default.Withdrawn),
        (typeof(WalletEvent.FundsHeld), "wallet.funds-held.v1", WireJson.Default.FundsHeld),
        (typeof(WalletEvent.FundsInsufficient), "wallet.funds-insufficient.v1", WireJson.Default.FundsInsufficient),
        (typeof(WalletEvent.HoldReleased), "wallet.hold-released.v1", WireJson.Default.HoldReleased),
        (typeof(WalletEvent.HoldCaptured), "wallet.hold-captured.v1", WireJson.Default.HoldCaptured),
        (typeof(WalletEvent.FundsCredited), "wallet.funds-credited.v1", WireJson.Default.FundsCredited),
        (typeof(WalletEvent.CreditRefused), "wallet.credit-refused.v1", WireJson.Default.CreditRefused),
        (typeof(WalletCommand.Hold), "command.wallet.hold-funds.v1", WireJson.Default.HoldCommand),
        (typeof(WalletCommand.Release), "command.wallet.release-hold.v1", WireJson.Default.ReleaseCommand),
        (typeof(WalletCommand.Capture), "command.wallet.capture-hold.v1", WireJson.Default.CaptureCommand),
        (typeof(WalletCommand.Credit), "command.wallet.credit-funds.v1", WireJson.Default.CreditCommand),
        (typeof(PaymentEvent.Requested), "payment.requested.v1", WireJson.Default.PaymentRequested),
        (typeof(PaymentEvent.Completed), "payment.completed.v1", WireJson.Default.PaymentCompleted),
        (typeof(PaymentEvent.Failed), "payment.failed.v1", WireJson.Default.PaymentFailed),
        (typeof(PaymentCommand.Complete), "command.payment.complete.v1", WireJson.Default.CompleteCommand),
        (typeof(PaymentCommand.Fail), "command.payment.fail.v1", WireJson.Default.FailCommand),
        (typeof(SagaEvent.Started), "saga.started.v1", WireJson.Default.SagaStarted),
        (typeof(SagaEvent.Moved), "saga.moved.v1", WireJson.Default.SagaMoved),
        (typeof(SagaEvent.WentOverdue), "saga.went-overdue.v1", WireJson.Default.SagaWentOverdue),
    ];

    private static readonly FrozenDictionary<Type, (Type Clr, string Name, JsonTypeInfo Json)> ByType =
        Entries.ToFrozenDictionary(e => e.Clr);

    private static readonly FrozenDictionary<string, (Type Clr, string Name, JsonTypeInfo Json)> ByName =
        Entries.ToFrozenDictionary(e => e.Name, StringComparer.Ordinal);

    /// <summary>Every stored name, for the tests that keep a golden file of each.</summary>
    public static IEnumerable<string> Names => ByName.Keys;

    /// <summary>The stored name and UTF-8 JSON of an event or command.</summary>
    /// <exception cref="ArgumentException">The type has no stored name: a bug, found by the first test that writes it.</exception>
    public static (string Name, byte[] Json) Encode(object message)
    {
        var content = Content(message);
        return ByType.TryGetValue(content.GetType(), out var entry)
            ? (entry.Name, JsonSerializer.SerializeToUtf8Bytes(content, entry.Json))
            : throw new ArgumentException($"{content.GetType()} has no stored name.", nameof(message));
    }

    /// <summary>Reads what <see cref="Encode"/> wrote.</summary>
    /// <exception cref="WireFormatException">Unknown name or schema version, or JSON that does not fit: poison for a consumer.</exception>
    public static object Decode(string name, int schemaVersion, ReadOnlySpan<byte> json)
    {
        if (!ByName.TryGetValue(name, out var entry))
        {
            throw new WireFormatException($"Unknown type '{name}'.");
        }

        if (schemaVersion != SchemaVersion)
        {
            throw new WireFormatException($"'{name}' has no schema version {schemaVersion}; this reader knows {SchemaVersion}.");
        }

        try
        {
            return JsonSerializer.Deserialize(json, entry.Json) ?? throw new WireFormatException($"'{name}' is null.");
        }
        catch (JsonException fault)
        {
            throw new WireFormatException($"'{name}' does not fit its schema: {fault.Message}", fault);
        }
    }

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
