using Payments.EventStore.Contract;
using Payments.Messaging.Consuming;
using Payments.Messaging.Envelope;
using Payments.Messaging.Topics;

namespace SimulationTests;

/// <summary>
/// Found by the simulation: a member that did not know yet that it had lost a partition, and then a broker that lost messages.
/// </summary>
public sealed class GapTests
{
    [Fact]
    public void A_consumer_goes_on_after_a_gap_that_another_member_has_closed_in_the_database()
    {
        var progress = new Progress("saga-service");
        progress.Reset([Mark(1)]);
        Assert.Equal(MessageDisposition.AfterGap, progress.Begin().Place(Message(position: 4, previous: 3)));

        progress.Refresh([Mark(3)]); // Another one has handled what is missing here, and the broker has it no more.
        Assert.True(Assert.Single(progress.Report(gapsOnly: true)).Gap); // Told until it is closed: a relay may not have heard it.
        var batch = progress.Begin();
        Assert.Equal(MessageDisposition.Fresh, batch.Place(Message(position: 4, previous: 3)));
        Assert.Equal(
            [new WatermarkMove("saga-service", PlatformTopics.PaymentEvents.Name, 0, "payments", 3, 4)], batch.Moves("saga-service"));
        Assert.Empty(progress.Report(gapsOnly: true));
    }

    [Fact]
    public void A_gap_is_told_no_more_when_another_member_has_handled_what_lies_beyond_it()
    {
        var progress = new Progress("saga-service");
        progress.Reset([Mark(1)]);
        progress.Begin().Place(Message(position: 4, previous: 3));
        progress.Refresh([Mark(4)]);
        Assert.Empty(progress.Report(gapsOnly: true));
    }

    [Fact]
    public void An_older_word_of_the_database_takes_nothing_back()
    {
        var progress = new Progress("saga-service");
        progress.Reset([Mark(5)]);
        progress.Refresh([Mark(3)]);
        Assert.Equal(MessageDisposition.Duplicate, progress.Begin().Place(Message(position: 5, previous: 3)));
    }

    private static Watermark Mark(long position) => new("saga-service", PlatformTopics.PaymentEvents.Name, 0, "payments", position);

    private static Message Message(long position, long previous) => new(
        PlatformTopics.PaymentEvents.Name,
        0,
        position,
        "user/alice",
        new MessageHeaders
        {
            Id = Guid.CreateVersion7(),
            Type = "payment.requested.v1",
            Schema = 1,
            Source = "payments",
            Position = position,
            Previous = previous,
            Stream = "payment/1",
            Version = 1,
            Correlation = Guid.CreateVersion7(),
            Actor = "test",
            Recorded = DateTimeOffset.UnixEpoch,
        },
        "{}"u8.ToArray());
}
