using Payments.ServiceDefaults.Clocks;

namespace UnitTests.ServiceDefaults;

public sealed class DatabaseClockTests
{
    private static readonly DateTimeOffset Noon = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly Machine _machine = new() { Wall = Noon };

    [Fact]
    public void Before_it_was_measured_it_is_the_machines_and_nothing_is_said_of_it()
    {
        var clock = new DatabaseClock(_machine);

        Assert.Equal((Noon, false, TimeSpan.Zero), (clock.GetUtcNow(), clock.IsMeasured, clock.Skew));
    }

    [Theory]
    [InlineData(3 * 24 * 3600)]
    [InlineData(-24 * 3600)]
    [InlineData(5)]
    public void It_shows_the_databases_time_however_far_off_the_machines_is(int secondsAhead)
    {
        var clock = new DatabaseClock(_machine);
        Measure(clock, Noon.AddSeconds(-secondsAhead), roundTripMs: 0);

        Assert.Equal(Noon.AddSeconds(-secondsAhead), clock.GetUtcNow());
        _machine.Pass(TimeSpan.FromSeconds(10));
        Assert.Equal(Noon.AddSeconds(10 - secondsAhead), clock.GetUtcNow());
        Assert.Equal(secondsAhead, clock.Skew.TotalSeconds, 0.01);
        Assert.Equal(Math.Abs(secondsAhead) <= 60, clock.TakesPartWith());
        Assert.False(clock.IsTolerated());
    }

    [Fact]
    public void A_machine_whose_clock_is_set_while_it_runs_shows_the_same_time_as_before_and_says_so_at_once()
    {
        var clock = new DatabaseClock(_machine);
        Measure(clock, Noon, roundTripMs: 1);

        _machine.Wall += TimeSpan.FromHours(49);
        Assert.Equal(Noon.AddMilliseconds(0.5), clock.GetUtcNow(), TimeSpan.FromMilliseconds(1));
        Assert.False(clock.TakesPartWith());

        _machine.Wall -= TimeSpan.FromHours(49);
        Assert.True(clock.TakesPartWith() && clock.IsTolerated());
    }

    [Fact]
    public void The_small_steps_of_a_time_service_do_nothing()
    {
        var clock = new DatabaseClock(_machine);
        Measure(clock, Noon, roundTripMs: 1);
        foreach (var stepMs in new[] { 3, -5, 120, -400 })
        {
            _machine.Wall += TimeSpan.FromMilliseconds(stepMs);
            Assert.True(clock.IsTolerated());
        }
    }

    [Fact]
    public void Half_the_way_there_and_back_is_taken_off()
    {
        var clock = new DatabaseClock(_machine);
        Measure(clock, Noon, roundTripMs: 40);

        Assert.Equal(Noon.AddMilliseconds(20), clock.GetUtcNow());
    }

    [Fact]
    public void A_slow_answer_spoils_nothing_that_is_known_better()
    {
        var clock = new DatabaseClock(_machine);
        Measure(clock, Noon, roundTripMs: 1);
        _machine.Pass(TimeSpan.FromSeconds(1));
        var before = clock.GetUtcNow();

        // The answer was given at the beginning of its four seconds.
        Measure(clock, before, roundTripMs: 4_000);

        Assert.Equal(before.AddSeconds(4), clock.GetUtcNow());
        Assert.True(clock.IsTolerated());
    }

    [Fact]
    public void Also_a_slow_answer_counts_when_the_database_shows_another_time()
    {
        var clock = new DatabaseClock(_machine);
        Measure(clock, Noon, roundTripMs: 1);

        Measure(clock, Noon.AddHours(1), roundTripMs: 2_000); // Failed over to a server with another clock.

        Assert.Equal(Noon.AddHours(1).AddSeconds(1), clock.GetUtcNow());
    }

    [Fact]
    public void A_slow_answer_alone_does_not_make_a_clock_wrong()
    {
        var clock = new DatabaseClock(_machine);
        Measure(clock, Noon, roundTripMs: 10_000); // Given at the beginning: 5 s of what looks like skew are doubt.

        Assert.Equal(TimeSpan.Zero, clock.Skew);
    }

    private void Measure(DatabaseClock clock, DateTimeOffset answer, int roundTripMs)
    {
        var asked = clock.GetTimestamp();
        _machine.Pass(TimeSpan.FromMilliseconds(roundTripMs));
        clock.Measured(asked, answer);
    }

    private sealed class Machine : TimeProvider
    {
        private long _monotonic;

        public DateTimeOffset Wall { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => Wall;

        public override long GetTimestamp() => _monotonic;

        public void Pass(TimeSpan time)
        {
            Wall += time;
            _monotonic += time.Ticks;
        }
    }
}
