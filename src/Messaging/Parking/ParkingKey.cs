using Payments.Messaging.Envelope;

namespace Payments.Messaging.Parking;

/// <summary>What a message must stay in order with, for one consumer.</summary>
/// <param name="Topic">The logical topic: a key keeps its order while its topic is split.</param>
/// <param name="RoutingKey">The Kafka key.</param>
public readonly record struct ParkingKey(string Topic, string RoutingKey)
{
    public static ParkingKey Of(Message message) => new(message.Topic, message.RoutingKey);
}
