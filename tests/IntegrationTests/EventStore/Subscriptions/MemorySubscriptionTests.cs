using Payments.EventStore.Contract;
using Payments.EventStore.Memory;
using Payments.EventStore.Subscriptions;

namespace IntegrationTests.EventStore.Subscriptions;

public sealed class MemorySubscriptionTests : SubscriptionContract
{
    public MemorySubscriptionTests() => Checkpoints = new MemoryCheckpoints(Store, TimeProvider.System);

    protected override IEventStore Store { get; } = new MemoryEventStore("test", TimeProvider.System);

    protected override ICheckpoints Checkpoints { get; }

    protected override ILeadership Leadership { get; } = new MemoryLeadership();
}
