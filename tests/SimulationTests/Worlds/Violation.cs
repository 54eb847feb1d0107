namespace SimulationTests.Worlds;

/// <summary>Something is not as it must be.</summary>
internal sealed class Violation(string message, Exception? inner = null) : Exception(message, inner)
{
    public static void Unless(bool holds, string message)
    {
        if (!holds)
        {
            throw new Violation(message);
        }
    }
}
