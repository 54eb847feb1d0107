using Payments.SagaService.Cards;

namespace UnitTests.SagaService;

public sealed class BreakerStateTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly BreakerLimits Limits = new(5, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(4));

    [Fact]
    public void Five_failures_in_a_row_open_it_however_long_they_take()
    {
        var state = BreakerState.Closed;
        for (var failure = 1; failure <= 4; failure++)
        {
            state = state.Report(wasProbe: false, succeeded: false, Start.AddHours(failure), Limits);
            Assert.Equal(new BreakerState(failure, null, null), state);
        }

        Assert.Equal(new BreakerState(5, Start.AddHours(5).AddSeconds(60), null), state.Report(false, false, Start.AddHours(5), Limits));
    }

    [Fact]
    public void A_success_in_between_begins_the_count_anew() =>
        Assert.Equal(BreakerState.Closed, new BreakerState(4, null, null).Report(wasProbe: false, succeeded: true, Start, Limits));

    [Fact]
    public void While_it_is_open_nobody_is_let_through()
    {
        var open = Open();

        Assert.Equal((open, new BreakerPass.Refused(Start)), Asked(open, Start.AddTicks(-1)));
    }

    [Fact]
    public void Afterwards_one_probe_is_let_through_and_the_others_wait_for_what_it_finds()
    {
        var (probing, pass) = Asked(Open(), Start);

        Assert.Equal((new BreakerState(5, Start, Start.AddSeconds(4)), new BreakerPass.Through(IsProbe: true)), (probing, pass));
        Assert.Equal((probing, new BreakerPass.Refused(Start.AddSeconds(4))), Asked(probing, Start.AddSeconds(3)));
    }

    [Fact]
    public void A_probe_that_says_nothing_is_followed_by_another_one()
    {
        var (probing, _) = Asked(Open(), Start);

        Assert.Equal(new BreakerPass.Through(IsProbe: true), Asked(probing, Start.AddSeconds(4)).Pass);
    }

    [Fact]
    public void A_probe_that_succeeds_closes_it_and_one_that_fails_opens_it_again()
    {
        var (probing, _) = Asked(Open(), Start);

        Assert.Equal(BreakerState.Closed, probing.Report(wasProbe: true, succeeded: true, Start.AddSeconds(1), Limits));
        Assert.Equal(
            new BreakerState(5, Start.AddSeconds(61), null), probing.Report(wasProbe: true, succeeded: false, Start.AddSeconds(1), Limits));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Who_set_out_before_it_opened_has_no_say(bool succeeded) =>
        Assert.Equal(Open(), Open().Report(wasProbe: false, succeeded, Start, Limits));

    [Fact]
    public void It_reads_what_it_wrote_and_nothing_else()
    {
        foreach (var state in new[] { BreakerState.Closed, Open(), new BreakerState(5, Start, Start.AddSeconds(4)) })
        {
            Assert.Equal(state, BreakerState.TryDecode(state.Encode()));
        }

        foreach (var other in new[] { null, "", "5", "x||", "5|1", "5|x|", "5||999999999999999999", "-1||" })
        {
            Assert.Null(BreakerState.TryDecode(other));
        }
    }

    private static BreakerState Open() => new(5, Start, null);

    private static (BreakerState After, BreakerPass Pass) Asked(BreakerState state, DateTimeOffset now) => state.Enter(now, Limits);
}
