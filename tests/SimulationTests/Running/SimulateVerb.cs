using System.CommandLine;
using System.CommandLine.Help;
using System.Diagnostics;

namespace SimulationTests.Running;

/// <summary>
/// <c>./payments simulate</c>: runs worlds until all seeds are done, the time is over, or one fails; then shows what that one needs to
/// fail.
/// </summary>
internal static class SimulateVerb
{
    private static readonly TimeSpan ProgressEvery = TimeSpan.FromSeconds(5);

    /// <returns>0: no violation. 1: a violation. 2: the arguments make no sense.</returns>
    public static int Run(string[] args)
    {
        var parsed = new Command("./payments") { new HelpOption(), SimulateOptions.Command(Run) }.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            Console.Error.WriteLine(string.Join(Environment.NewLine, parsed.Errors.Select(mistake => mistake.Message)));
            return 2;
        }

        return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
    }

    private static int Run(SimulateOptions options)
    {
        if (options is { Seeds: 1, Minutes: null })
        {
            return Report(Outcome.Of(options.PlanOf(options.FirstSeed), options.Trace), options);
        }

        var watch = Stopwatch.StartNew();
        var runs = new SeedRuns(options);
        using (var timer = new Timer(_ => Console.Error.WriteLine(Progress(runs, watch)), null, ProgressEvery, ProgressEvery))
        {
            runs.Run();
        }

        Console.WriteLine(Progress(runs, watch));
        if (options.Seen)
        {
            runs.Seen.OrderBy(s => s.Key, StringComparer.Ordinal).ToList().ForEach(s => Console.WriteLine($"{s.Value,9:N0}  {s.Key}"));
        }

        return runs.Failed is { } failed ? Report(failed, options) : 0;
    }

    private static string Progress(SeedRuns runs, Stopwatch watch)
    {
        var seconds = Math.Max(watch.Elapsed.TotalSeconds, 0.001);
        var found = runs.Failed is null ? "no violation" : "a violation";
        return $"{runs.Done:N0} seeds in {seconds:0.0} s ({runs.Done / seconds:N0} a second), {runs.Steps:N0} steps, " +
            $"{runs.Events:N0} events, {found}";
    }

    private static int Report(Outcome outcome, SimulateOptions options)
    {
        if (outcome.Violation is null)
        {
            outcome.Lines.ToList().ForEach(Console.WriteLine);
            Console.WriteLine(
                $"Seed {outcome.Plan.Seed}: no violation in {outcome.Steps} steps and {outcome.Events} events; trace {outcome.Hash:x16}.");
            return 0;
        }

        var smallest = Shrinking.Smallest(outcome);
        foreach (var line in Outcome.Of(smallest.Plan, keepsText: true).Lines)
        {
            Console.WriteLine(line);
        }

        Console.WriteLine();
        Console.WriteLine($"Seed {outcome.Plan.Seed} fails: {outcome.Violation}");
        Console.WriteLine($"Replay:   ./payments simulate --seed {outcome.Plan.Seed}{(options.Trace ? " --trace" : "")}");
        Console.WriteLine($"Smallest: ./payments simulate {Shrinking.Arguments(smallest.Plan)}");
        Console.WriteLine($"          faults: {smallest.Plan.Faults}; fails: {smallest.Violation}");
        foreach (var operation in smallest.Plan.Script)
        {
            Console.WriteLine($"          {operation}");
        }

        return 1;
    }
}
