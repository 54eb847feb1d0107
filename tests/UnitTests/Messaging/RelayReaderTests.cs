using Payments.Messaging.Relay;

namespace UnitTests.Messaging;

public sealed class RelayReaderTests
{
    private static readonly PartitionOf Read = new("read", 0);
    private static readonly PartitionOf Other = new("read", 1);
    private static readonly PartitionOf Unread = new("unread", 0);

    [Fact]
    public void The_relay_has_come_for_good_only_as_far_as_every_loss_of_the_broker_would_let_it()
    {
        var ledger = new RelayLedger(
            0,
            new Dictionary<PartitionOf, Published>(),
            new Dictionary<(string, PartitionOf), long>(),
            topic => topic == "read" ? ["fast", "slow"] : []);
        ledger.Delivered(4, Read, endOffset: 1);
        ledger.Delivered(7, Other, endOffset: 1);
        ledger.Delivered(9, Unread, endOffset: 1);
        Assert.Equal(0, ledger.NeverAgainUpTo());

        foreach (var reader in new[] { "fast", "slow" })
        {
            ledger.Acknowledge(reader, Read, 4);
        }

        ledger.Acknowledge("fast", Other, 7);
        ledger.Acknowledge("slow", Other, 6);
        Assert.Equal(6, ledger.NeverAgainUpTo());

        // As far as it would go back to.
        var lost = new Dictionary<PartitionOf, long> { [Read] = 0, [Other] = 0, [Unread] = 0 };
        ledger.GoBack(lost);
        Assert.Equal(6, ledger.Start().After);
        Assert.Equal(6, ledger.NeverAgainUpTo());

        ledger.Acknowledge("slow", Other, 7);
        ledger.Passed(20);
        Assert.Equal(20, ledger.NeverAgainUpTo());
    }
}
