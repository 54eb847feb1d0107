using Payments.EventStore.Contract;
using Payments.Messaging.Parking;
using SimulationTests.Worlds;

namespace SimulationTests.Services;

/// <summary>
/// What consumers could not handle: what was planted, and what failed for a while and is tried again. There is nothing else of the kind.
/// </summary>
internal static class DeadLetters
{
    public static void Check(World world, string service, ProjectionRow stored)
    {
        var row = ParkingRow.Read(stored);
        world.SawIf(row is { Op: "park", Failure: null }, "parked behind another");
        world.SawIf(row is { Outcome: ParkingRow.Applied }, "parked message applied");
        world.SawIf(row is { Op: "fail" }, "parked message failed again");
        if (row is not { Failure: { } failure, RetryAt: null })
        {
            return;
        }

        world.Saw("dead letter of a planted message");
        if (failure.Type != "unreadable")
        {
            // Thrown where the oracle looks: here it would only reject the unit, and be tried again.
            world.Blame($"{service} has a dead letter: {failure.Message}");
        }
    }
}
