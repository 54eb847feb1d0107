using Payments.Contracts.DeadLetters;
using Payments.Messaging.DeadLetters;
using Payments.Messaging.DeadLetters.Replays;
using UnitTests.Randomness;

namespace UnitTests.Messaging;

public sealed class ReplayRulesTests
{
    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(1, 2, 4)]
    [InlineData(4, 2, 1)]
    [InlineData(5, 3, 20)]
    [InlineData(24, 3, 1)]
    [InlineData(25, 4, 100)]
    [InlineData(9_000, 4, 100)]
    public void It_goes_up_from_one_to_five_to_twenty_five_to_all(int done, int stage, int batch)
    {
        var counts = Counts(applied: done);

        Assert.Equal(stage, ReplayRules.StageOf(counts));
        Assert.Equal(batch, ReplayRules.BatchOf(counts, ratePerSecond: 500));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(10, 2)]
    [InlineData(499, 99)]
    [InlineData(10_000, 100)]
    public void A_slow_one_takes_few_at_a_time(int ratePerSecond, int batch) =>
        Assert.Equal(batch, ReplayRules.BatchOf(Counts(applied: 100), ratePerSecond));

    [Theory]
    [InlineData(0, 1, 99, ReplayStep.Stop)]
    [InlineData(0, 1, 100, ReplayStep.Commit)]
    [InlineData(1, 0, 0, ReplayStep.Commit)]
    [InlineData(1, 2, 20, ReplayStep.GoOn)] // In the middle of a stage nobody looks.
    [InlineData(4, 1, 20, ReplayStep.Commit)] // 20 % is not more than 20 %.
    [InlineData(3, 2, 20, ReplayStep.Stop)]
    [InlineData(20, 5, 20, ReplayStep.Commit)]
    [InlineData(20, 6, 20, ReplayStep.Stop)] // In the last stage everybody looks at every step.
    [InlineData(80, 20, 20, ReplayStep.GoOn)]
    [InlineData(79, 20, 20, ReplayStep.Stop)]
    [InlineData(1_000, 1, 0, ReplayStep.Stop)]
    public void Too_many_failures_are_seen_after_each_stage_and_in_the_last_at_once(
        int applied, int failed, int percent, ReplayStep step) =>
        Assert.Equal(step, ReplayRules.After(Counts(applied, failed), percent));

    [Fact]
    public void What_was_skipped_proves_nothing()
    {
        var counts = Counts(applied: 0) with { Skipped = 500 };

        Assert.Equal((1, 1), (ReplayRules.StageOf(counts), ReplayRules.BatchOf(counts, 500)));
        Assert.Equal(9_500, counts.Pending);
    }

    [Fact]
    public void One_that_is_resumed_after_it_had_stopped_goes_up_from_one_again()
    {
        var counts = Counts(applied: 80, failed: 40) with { RampApplied = 80, RampFailed = 40 };

        Assert.Equal((1, 1), (ReplayRules.StageOf(counts), ReplayRules.BatchOf(counts, 500)));
        Assert.Equal(ReplayStep.Commit, ReplayRules.After(counts.WithApplied(), 20));
        Assert.Equal(ReplayStep.Stop, ReplayRules.After(counts.WithFailed(), 20));
    }

    [Fact]
    public void However_failures_fall_never_more_are_done_than_a_stage_beyond_the_limit()
    {
        var random = Seed.NewRandom();
        for (var run = 0; run < 200; run++)
        {
            var (percent, chance) = (random.Next(0, 100), random.NextDouble());
            var counts = new ReplayCounts(2_000, 0, 0, 0, 0, 0);
            var step = ReplayStep.GoOn;
            while (counts.Pending > 0 && step != ReplayStep.Stop)
            {
                counts = random.NextDouble() < chance ? counts.WithFailed() : counts.WithApplied();
                step = ReplayRules.After(counts, percent);
            }

            var isTooMany = counts.Failed * 100 > percent * counts.Done;
            Assert.Equal(isTooMany, step == ReplayStep.Stop);
            if (counts.Done > 25 && isTooMany)
            {
                Assert.True((counts.Failed - 1) * 100 <= percent * (counts.Done - 1), $"{counts} at {percent} %");
            }
        }
    }

    [Fact]
    public void A_selection_is_known_by_its_hash()
    {
        var selection = new FrozenSelection([(1, 0), (2, 3)]);

        Assert.Equal("82f7a442", selection.Hash[..8]);
        Assert.Equal(selection.Hash, new FrozenSelection([(1, 0), (2, 3)]).Hash);
        Assert.NotEqual(selection.Hash, new FrozenSelection([(1, 0), (2, 4)]).Hash);
        Assert.NotEqual(selection.Hash, new FrozenSelection([(1, 0)]).Hash);
        Assert.NotEqual(selection.Hash, new FrozenSelection([(2, 3), (1, 0)]).Hash);
    }

    [Theory]
    [InlineData(null, null, false, "selection")]
    [InlineData("", null, false, "selection.ids")]
    [InlineData("1 2 1", null, false, "selection.ids")]
    [InlineData("1", "abc", false, "selection")]
    [InlineData("1", null, true, "selection")]
    [InlineData(null, "", false, "selection")]
    [InlineData("1 2", null, false, null)]
    [InlineData(null, "abc", false, null)]
    [InlineData(null, null, true, null)]
    public void A_selection_is_by_one_thing(string? ids, string? group, bool filter, string? field) => Assert.Equal(
        field,
        new DeadLetterSelection
        {
            Ids = ids?.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(long.Parse).ToList(),
            Group = group,
            Filter = filter ? new DeadLetterFilter() : null,
        }.Problem()?.Field);

    private static ReplayCounts Counts(int applied, int failed = 0) => new(10_000, applied, failed, 0, 0, 0);
}
