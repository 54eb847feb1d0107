using System.Globalization;
using SimulationTests.Plans;

namespace SimulationTests.Running;

/// <summary>The arguments of <c>./payments simulate</c>.</summary>
/// <param name="Without">Faults that are left out.</param>
/// <param name="Only">The numbers of the operations that are kept; null for all.</param>
internal sealed record SimulateOptions(
    int Seeds, int FirstSeed, int? Minutes, bool Trace, bool Seen, Faults Without, IReadOnlySet<int>? Only, int Workers)
{
    /// <exception cref="FormatException">An argument that makes no sense; the message says which.</exception>
    public static SimulateOptions Read(string[] args)
    {
        var options = new SimulateOptions(1_000, 1, null, false, false, Faults.None, null, Environment.ProcessorCount);
        for (var i = 0; i < args.Length; i++)
        {
            var name = args[i];
            options = name switch
            {
                "--trace" => options with { Trace = true },
                "--seen" => options with { Seen = true },
                "--seeds" => options with { Seeds = Number(name, Value(args, ref i)) },
                "--seed" => options with { FirstSeed = Number(name, Value(args, ref i)) },
                "--minutes" => options with { Minutes = Number(name, Value(args, ref i)) },
                "--workers" => options with { Workers = Number(name, Value(args, ref i)) },
                "--without" => options with { Without = Names(Value(args, ref i)) },
                "--only" => options with { Only = Value(args, ref i).Split(',').Select(n => Number(name, n)).ToHashSet() },
                _ => throw new FormatException($"There is no '{name}'."),
            };
        }

        return args.Contains("--seed") && !args.Contains("--seeds") && options.Minutes is null ? options with { Seeds = 1 } : options;
    }

    public Plan PlanOf(int seed)
    {
        var plan = Plan.Of(seed);
        return plan.Reduced(plan.Faults & ~Without, o => Only is null || Only.Contains(o.Number));
    }

    private static string Value(string[] args, ref int i) =>
        ++i < args.Length ? args[i] : throw new FormatException($"'{args[i - 1]}' lacks its value.");

    private static int Number(string name, string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new FormatException($"{name} takes a number, not '{text}'.");

    private static Faults Names(string text) => text.Split(',').Select(Fault).Aggregate((all, fault) => all | fault);

    private static Faults Fault(string name) =>
        Enum.TryParse<Faults>(name, ignoreCase: true, out var fault) ? fault : throw new FormatException($"There is no fault '{name}'.");
}
