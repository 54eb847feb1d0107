using SimulationTests.Plans;
using SimulationTests.Running;

namespace SimulationTests;

public sealed class ReplayTests
{
    [Fact]
    public void The_same_seed_twice_does_the_same_step_by_step()
    {
        for (var seed = 1; seed <= 50; seed++)
        {
            var (first, second) = (Outcome.Of(Plan.Of(seed), keepsText: true), Outcome.Of(Plan.Of(seed)));
            Assert.Equal((seed, first.Hash, first.Steps, first.Events), (seed, second.Hash, second.Steps, second.Events));
            Assert.Equal(first.Seen.Order(), second.Seen.Order());
        }
    }

    [Fact]
    public void Another_seed_does_something_else() =>
        Assert.Equal(200, Enumerable.Range(1, 200).Select(seed => Outcome.Of(Plan.Of(seed)).Hash).Distinct().Count());

    [Fact]
    public void A_trace_tells_each_stored_event_and_what_went_wrong_a_line_each()
    {
        var outcome = Outcome.Of(Plan.Of(4), keepsText: true);
        Assert.True(
            outcome.Lines.Count(l => l.Contains(" #", StringComparison.Ordinal)) == outcome.Events, string.Join('\n', outcome.Lines));
    }

    [Fact]
    public void What_shrinking_leaves_is_asked_for_by_the_arguments_it_prints()
    {
        var plan = Plan.Of(7).Reduced(Plan.Of(7).Faults & ~Faults.Stalls, o => o.Number != 1);
        var replayed = "";
        var command = SimulateOptions.Command(options =>
        {
            replayed = Describe(options.PlanOf(options.FirstSeed));
            return 0;
        });

        Assert.Equal((0, Describe(plan)), (command.Parse(Shrinking.Arguments(plan)).Invoke(), replayed));
    }

    private static string Describe(Plan plan) => $"{plan.Seed} {plan.Faults} {string.Join("; ", plan.Script)}";
}
