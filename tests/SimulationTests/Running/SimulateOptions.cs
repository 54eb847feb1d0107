using System.CommandLine;
using Payments.Tools;
using SimulationTests.Plans;

namespace SimulationTests.Running;

/// <summary>The arguments of <c>./payments simulate</c>.</summary>
/// <param name="Without">Faults that are left out.</param>
/// <param name="Only">The numbers of the operations that are kept; null for all.</param>
internal sealed record SimulateOptions(
    int Seeds, int FirstSeed, int? Minutes, bool Trace, bool Seen, Faults Without, IReadOnlySet<int>? Only, int Workers)
{
    public static Command Command(Func<SimulateOptions, int> run)
    {
        var seeds = new NumberOption("--seeds", 1_000, 0, int.MaxValue, "how many seeds; one where only --seed is given");
        var seed = new NumberOption("--seed", 1, 0, int.MaxValue, "the first seed");
        var minutes = new NumberOption("--minutes", null, 0, int.MaxValue, "as many seeds as can be done in this time");
        var trace = new Option<bool>("--trace") { Description = "with one seed: print what happens, a line a step" };
        var seen = new Option<bool>("--seen") { Description = "with many seeds: print what they have met, and how many of them" };
        var without = new Option<Faults>("--without")
        {
            HelpName = "fault,…",
            Description = $"leave these out: {string.Join(", ", Enum.GetValues<Faults>().Except([Faults.None, Faults.All]))}",
        };
        var only = new Option<HashSet<int>?>("--only")
        {
            HelpName = "number,…",
            Description = "leave out all operations of the script but these",
            Arity = ArgumentArity.ExactlyOne,
            CustomParser = result =>
                [.. result.Tokens[0].Value.Split(',').Select(text => NumberOption.Parse(result, text, "--only", 0, int.MaxValue))],
        };
        var workers = new NumberOption("--workers", Environment.ProcessorCount, 0, int.MaxValue, "worlds at the same time");
        var command = new Command("simulate", """
            Runs worlds in which payments, wallets and sagas are real, and all around them is simulated with what can go wrong there.

            Broker, store, clock, clients and card processor are simulated. One world a seed, one thread a world. Ends at the first seed
            that violates something, leaves out of its world what it fails without, and prints the trace of what is left.
            docs/simulation.md says what is real, what is simulated and what is checked.
            Exit code: 0 nothing was violated, 1 something was, 2 the arguments make no sense or it could not be built.
            """) { seeds, seed, minutes, trace, seen, without, only, workers };
        command.SetAction(parsed =>
        {
            var limit = parsed.GetResult(minutes) is null ? (int?)null : parsed.GetValue(minutes);
            var isOneSeed = limit is null && parsed.GetResult(seed) is { Implicit: false } && parsed.GetResult(seeds) is { Implicit: true };
            return run(new(
                isOneSeed ? 1 : parsed.GetValue(seeds), parsed.GetValue(seed), limit, parsed.GetValue(trace), parsed.GetValue(seen),
                parsed.GetValue(without), parsed.GetValue(only), parsed.GetValue(workers)));
        });
        return command;
    }

    public Plan PlanOf(int seed)
    {
        var plan = Plan.Of(seed);
        return plan.Reduced(plan.Faults & ~Without, o => Only is null || Only.Contains(o.Number));
    }
}
