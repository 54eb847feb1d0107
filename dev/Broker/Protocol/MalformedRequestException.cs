namespace Payments.Broker.Protocol;

/// <summary>What a client sent is not Kafka's protocol as it is spoken here: its connection is closed, as a real broker does.</summary>
internal sealed class MalformedRequestException(string message) : Exception(message);
