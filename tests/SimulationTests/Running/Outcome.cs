using SimulationTests.Plans;
using SimulationTests.Worlds;

namespace SimulationTests.Running;

/// <summary>How one world ended.</summary>
/// <param name="Violation">What was not as it must be; null when all was well.</param>
/// <param name="Lines">The trace as text, when it was asked for.</param>
internal sealed record Outcome(
    Plan Plan, string? Violation, ulong Hash, int Steps, long Events, IReadOnlyCollection<string> Seen, IReadOnlyList<string> Lines)
{
    public static Outcome Of(Plan plan, bool keepsText = false)
    {
        var world = new World(plan, keepsText);
        string? violation = null;
        try
        {
            world.Run();
        }
        catch (Violation found)
        {
            violation = found.Message;
        }
        catch (Exception bug) when (bug is not OutOfMemoryException)
        {
            violation = bug.ToString(); // The edge of a world: whatever is thrown is what it was made to find.
        }

        var events = world.LastPosition("payments") + world.LastPosition("wallets") + world.LastPosition("sagas");
        return new Outcome(plan, violation, world.Trace.Hash, world.Steps, events, world.Seen, world.Trace.Lines);
    }
}
