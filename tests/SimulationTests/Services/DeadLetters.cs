using System.Text.Json;
using Payments.EventStore;
using SimulationTests.Worlds;

namespace SimulationTests.Services;

/// <summary>What consumers could not handle. There is nothing of the kind but what was planted.</summary>
internal static class DeadLetters
{
    public static void Check(World world, string service, ProjectionRow row)
    {
        using var json = JsonDocument.Parse(row.Json);
        var type = json.RootElement.GetProperty("errorType").GetString();
        world.Saw("dead letter of a planted message");
        if (type != "unreadable")
        {
            // Thrown where the oracle looks: here it would only reject the unit, and be tried again.
            world.Blame($"{service} has a dead letter: {json.RootElement.GetProperty("error").GetString()}");
        }
    }
}
