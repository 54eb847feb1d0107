using Payments.EventStore.Contract;
using Payments.EventStore.Memory;
using Payments.Messaging.Parking;

namespace IntegrationTests.Parking;

public sealed class MemoryParkingTests : ParkingContract
{
    private protected override ParkingRig NewRig()
    {
        var parked = new MemoryParkedMessages();
        var clock = new SteppedClock();
        return new ParkingRig(new MemoryEventStore("test", clock, rows => Apply(parked, rows)), parked, clock);
    }

    private static void Apply(MemoryParkedMessages parked, IReadOnlyList<ProjectionRow> rows)
    {
        if (rows.Any(r => r.Projection == "nobody"))
        {
            throw new InvalidOperationException("No such projection.");
        }

        parked.Apply(rows);
    }
}
