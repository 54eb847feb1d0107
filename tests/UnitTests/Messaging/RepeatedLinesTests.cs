using Payments.Messaging.Kafka;
using UnitTests.Messaging.Broker;

namespace UnitTests.Messaging;

public sealed class RepeatedLinesTests
{
    private readonly SteppedClock _clock = new();

    [Fact]
    public void The_first_line_of_a_kind_is_written_and_then_one_in_half_a_minute_that_counts_the_others()
    {
        var lines = new RepeatedLines(_clock);

        Assert.Equal(0, lines.Next("no broker"));
        Assert.Equal(0, lines.Next("no topic"));
        for (var i = 0; i < 100; i++)
        {
            Assert.Null(lines.Next("no broker"));
        }

        _clock.Advance(RepeatedLines.Pause);
        Assert.Equal(100, lines.Next("no broker"));
        Assert.Null(lines.Next("no broker"));
        Assert.Equal(0, lines.Next("no topic"));
    }

    [Fact]
    public void Kinds_without_end_take_no_memory_without_end()
    {
        var lines = new RepeatedLines(_clock);
        for (var i = 0; i < 10_000; i++)
        {
            Assert.NotNull(lines.Next($"kind {i}"));
        }
    }
}
