using SimulationTests.Plans;

namespace SimulationTests.Running;

/// <summary>Leaves out of a failing world what it fails without: operations, then kinds of faults, as long as anything can go.</summary>
internal static class Shrinking
{
    public static Outcome Smallest(Outcome failing)
    {
        for (var smaller = failing; smaller is not null; smaller = Smaller(failing))
        {
            failing = smaller;
        }

        return failing;
    }

    /// <summary>How the world is asked for.</summary>
    public static string Arguments(Plan plan)
    {
        var whole = Plan.Of(plan.Seed);
        var only = plan.Script.Length == whole.Script.Length ? "" : $" --only {string.Join(',', plan.Script.Select(o => o.Number))}";
        var missing = whole.Faults & ~plan.Faults;
        var without = missing == Faults.None ? "" : $" --without {missing.ToString().Replace(", ", ",", StringComparison.Ordinal)}";
        return $"--seed {plan.Seed}{only}{without} --trace";
    }

    private static Outcome? Smaller(Outcome failing) => Candidates(failing.Plan)
        .Select(plan => Outcome.Of(plan))
        .FirstOrDefault(outcome => outcome.Violation is not null);

    private static IEnumerable<Plan> Candidates(Plan plan)
    {
        foreach (var fault in Enum.GetValues<Faults>().Where(f => f is not (Faults.None or Faults.All) && plan.Faults.HasFlag(f)))
        {
            yield return plan.Reduced(plan.Faults & ~fault, _ => true);
        }

        if (plan.Script.Length > 1)
        {
            foreach (var operation in plan.Script)
            {
                yield return plan.Reduced(plan.Faults, o => o != operation);
            }
        }
    }
}
