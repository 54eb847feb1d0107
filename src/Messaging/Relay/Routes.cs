using Payments.EventStore.Contract;
using Payments.Messaging.Topics;

namespace Payments.Messaging.Relay;

/// <summary>Which topic an event or command goes to, by the first word of its stored name.</summary>
public static class Routes
{
    private static readonly (string Prefix, Topic Topic)[] ByPrefix =
    [
        ("command.wallet.", PlatformTopics.WalletCommands),
        ("command.payment.", PlatformTopics.PaymentCommands),
        ("wallet.", PlatformTopics.PaymentEvents),
        ("payment.", PlatformTopics.PaymentEvents),
        ("saga.", PlatformTopics.SagaEvents),
    ];

    /// <summary>The topic, or null for an event without a routing key: it stays in its own service.</summary>
    /// <exception cref="UnroutableEventException">
    /// A routed event of an unknown kind: a bug, and the relay stops rather than drop it.
    /// </exception>
    public static Topic? TopicOf(StoredEvent e)
    {
        if (e.Metadata.RoutingKey is null)
        {
            return null;
        }

        foreach (var (prefix, topic) in ByPrefix)
        {
            if (e.Type.StartsWith(prefix, StringComparison.Ordinal))
            {
                return topic;
            }
        }

        throw new UnroutableEventException(e);
    }
}

/// <summary>No topic takes an event that is to be sent: a bug, or an event of a newer version than this one.</summary>
public sealed class UnroutableEventException(StoredEvent e)
    : InvalidOperationException($"No topic takes '{e.Type}' (position {e.Position}).");
