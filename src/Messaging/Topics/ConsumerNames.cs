namespace Payments.Messaging.Topics;

/// <summary>
/// The names of all consumers: Kafka groups, and the names under which their watermarks are stored. Never renamed once used.
/// </summary>
public static class ConsumerNames
{
    public const string Payment = "payment-service";
    public const string Saga = "saga-service";
    public const string Wallet = "wallet-service";
}
