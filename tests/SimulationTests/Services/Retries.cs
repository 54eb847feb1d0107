using Payments.Messaging.Parking;
using SimulationTests.Worlds;

namespace SimulationTests.Services;

/// <summary>Tries parked messages of a service again when their time has come, now in one of its processes and now in another.</summary>
internal sealed class Retries(World world, Service service, MemoryParkedMessages parked) : Actor(world, $"retries of {service.Name}")
{
    public override DateTimeOffset? NextAt => parked.NextDue(service.Name);

    public override void Step() => service.Retry();
}
