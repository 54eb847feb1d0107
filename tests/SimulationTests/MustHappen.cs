namespace SimulationTests;

/// <summary>What thousands of worlds must have met.</summary>
internal static class MustHappen
{
    public static readonly IReadOnlyList<string> All = [];
}
