using SimulationTests.Plans;
using SimulationTests.Running;

namespace SimulationTests;

/// <summary>Some thousands of worlds, and what all of them together must have met.</summary>
public sealed class SeedTests(ManyWorlds worlds) : IClassFixture<ManyWorlds>
{
    [Fact]
    public void In_thousands_of_worlds_nothing_is_as_it_must_not_be() => Assert.Null(worlds.Violation);

    /// <summary>Else the simulation could become weak, and nobody would see it.</summary>
    [Fact]
    public void Everything_that_can_happen_happens_in_some_of_them() =>
        Assert.Equal([], MustHappen.All.Except(worlds.Seen).Order());
}

public sealed class ManyWorlds
{
    /// <summary>How many, from which seed on: <c>PAYMENTS_SIMULATED_SEEDS</c> and <c>PAYMENTS_TEST_SEED</c> say otherwise.</summary>
    private const int Usually = 3_000;

    public ManyWorlds()
    {
        var first = int.Parse(Environment.GetEnvironmentVariable("PAYMENTS_TEST_SEED") ?? "1");
        var count = int.Parse(Environment.GetEnvironmentVariable("PAYMENTS_SIMULATED_SEEDS") ?? $"{Usually}");
        var gate = new Lock();
        var seen = new HashSet<string>();
        Parallel.For(first, first + count, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, (seed, loop) =>
        {
            var outcome = Outcome.Of(Plan.Of(seed));
            lock (gate)
            {
                seen.UnionWith(outcome.Seen);
                if (outcome.Violation is not null && Violation is null)
                {
                    Violation = $"Seed {seed}: {outcome.Violation}\nReplay: ./payments simulate --seed {seed}";
                    loop.Stop();
                }
            }
        });
        Seen = seen;
    }

    /// <summary>What was not as it must be, and how to see it again; null when all was well.</summary>
    public string? Violation { get; private set; }

    public IReadOnlySet<string> Seen { get; }
}
