using Payments.CardProcessor.Books;
using Payments.CardProcessor.Faults;

namespace UnitTests.CardProcessor;

public sealed class FaultTests
{
    [Fact]
    public void The_header_says_what_is_to_go_wrong()
    {
        Assert.Equal(new AskedFaults(LatencyMs: 200, TimeoutAfterEffect: true), Parsed("latency=200, timeout-after-effect"));
        Assert.Equal(new AskedFaults(Decline: true, TimeoutAfterEffect: true), Parsed("decline,timeout-after-effect"));
        Assert.Equal(new AskedFaults(LatencyMs: 60_000, Error: true), Parsed("error-500,latency=60000"));
        Assert.Equal(new AskedFaults(Down: true), AskedFaults.Parse("down", hasEffect: false, out _));

        static AskedFaults? Parsed(string text) => AskedFaults.Parse(text, hasEffect: true, out _);
    }

    [Theory]
    [InlineData("")]
    [InlineData("down,")]
    [InlineData("Down")]
    [InlineData("hang")]
    [InlineData("latency")]
    [InlineData("latency=")]
    [InlineData("latency=-1")]
    [InlineData("latency=1.5")]
    [InlineData("latency=60001")]
    [InlineData("latency=999999999999")]
    [InlineData("latency=1,latency=2")]
    [InlineData("down=1")]
    [InlineData("decline,decline")]
    [InlineData("down,error-500")]
    [InlineData("down,decline")]
    [InlineData("error-500,timeout-after-effect")]
    public void Nonsense_in_the_header_is_refused_with_a_reason(string text)
    {
        Assert.Null(AskedFaults.Parse(text, hasEffect: true, out var problem));
        Assert.False(string.IsNullOrEmpty(problem));
    }

    [Theory]
    [InlineData("decline")]
    [InlineData("timeout-after-effect")]
    public void A_look_up_has_no_effect_that_could_be_meant(string text) => Assert.Null(AskedFaults.Parse(text, hasEffect: false, out _));

    [Fact]
    public void A_percentage_draws_the_same_for_the_same_seed_and_key_and_about_as_many_as_it_says()
    {
        var settings = new FaultSettings(DeclinePercent: 30, TimeoutAfterEffectPercent: 10, Seed: 7);
        var requests = Enumerable.Range(0, 10_000)
            .Select(n => new ProcessorRequest.Authorise($"key-{n}", CardTokens.Ok, 1, "EUR")).ToList();

        var drawn = requests.Select(settings.Draw).ToList();

        Assert.Equal(drawn, requests.Select(settings.Draw));
        Assert.NotEqual(drawn, requests.Select((settings with { Seed = 8 }).Draw).Select(other => other with { Seed = 7 }));
        Assert.InRange(drawn.Count(d => d.Decline), 2_700, 3_300);
        Assert.InRange(drawn.Count(d => d.TimeoutAfterEffect), 850, 1_150);
        // One does not follow from the other.
        Assert.InRange(drawn.Count(d => d is { Decline: true, TimeoutAfterEffect: true }), 200, 400);
    }

    [Fact]
    public void Only_authorisations_are_declined_by_a_percentage()
    {
        var settings = new FaultSettings(DeclinePercent: 100);

        Assert.True(settings.Draw(new ProcessorRequest.Authorise("a", CardTokens.Ok, 1, "EUR")).Decline);
        Assert.False(settings.Draw(new ProcessorRequest.Void("b", Guid.Empty)).Decline);
    }

    [Fact]
    public void An_error_is_drawn_for_each_attempt_anew_so_that_retries_get_through()
    {
        var faults = new RequestFaults(ErrorPercent: 50, Seed: 3);

        Assert.All(
            Enumerable.Range(0, 100), n => Assert.Contains(Enumerable.Range(1, 30), attempt => !faults.FailsAt($"key-{n}", attempt)));
        Assert.InRange(Enumerable.Range(0, 10_000).Count(n => faults.FailsAt($"key-{n}", 1)), 4_700, 5_300);
    }

    [Fact]
    public void Settings_out_of_range_are_named()
    {
        var settings = new FaultSettings(LatencyMs: -1, DeclinePercent: 101, TimeoutAfterEffectPercent: -1, ErrorPercent: 1_000);

        Assert.Equal(["declinePercent", "errorPercent", "latencyMs", "timeoutAfterEffectPercent"], settings.Problems().Keys.Order());
        Assert.Empty(new FaultSettings(LatencyMs: 60_000, DeclinePercent: 100).Problems());
    }
}
