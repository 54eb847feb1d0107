namespace Payments.Broker.Apis;

/// <summary>Who the broker is: the only one of its cluster, and where it can be reached.</summary>
internal sealed record BrokerNode(string Host, int Port, TimeProvider Clock)
{
    /// <summary>Its number in the cluster.</summary>
    public const int Id = 1;

    public string ClusterId { get; } = $"embedded-{Guid.CreateVersion7(Clock.GetUtcNow())}";
}
