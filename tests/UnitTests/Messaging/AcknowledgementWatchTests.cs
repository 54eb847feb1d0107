using Payments.Messaging.Kafka;
using Payments.Messaging.Relay;

namespace UnitTests.Messaging;

public sealed class AcknowledgementWatchTests
{
    private const string Reader = "reader";
    private static readonly PartitionOf Place = new("read", 0);
    private static readonly PartitionOf Other = new("read", 1);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(500);

    private readonly RelayLedger _ledger = new(
        0,
        new Dictionary<PartitionOf, Published>(),
        new Dictionary<(string, PartitionOf), long>(),
        topic => topic == "read" ? [Reader] : []);

    private readonly AcknowledgementWatch _watch = new(TimeSpan.FromSeconds(10));
    private IReadOnlyList<PartitionOf>? _assigned;
    private TimeSpan _now = TimeSpan.FromHours(1);

    [Fact]
    public void What_a_reader_that_speaks_leaves_unacknowledged_for_ten_seconds_is_overdue()
    {
        _ledger.Delivered(5, Place, endOffset: 1);

        Assert.Equal([10.0], OverdueAfter(TimeSpan.FromSeconds(15), speaks: true));
    }

    [Fact]
    public void What_is_acknowledged_is_not_overdue_and_neither_is_what_nobody_reads()
    {
        _ledger.Delivered(5, Place, endOffset: 1);
        _ledger.Delivered(6, new PartitionOf("unread", 0), endOffset: 1);
        _ledger.Acknowledge(Reader, Place, 5);

        Assert.Empty(OverdueAfter(TimeSpan.FromMinutes(1), speaks: true));
    }

    [Fact]
    public void A_reader_that_comes_further_begins_its_time_anew()
    {
        _ledger.Delivered(100, Place, endOffset: 1);
        for (var position = 1; position < 100; position += 10)
        {
            _ledger.Acknowledge(Reader, Place, position);
            Assert.Empty(OverdueAfter(TimeSpan.FromSeconds(9), speaks: true));
        }
    }

    [Fact]
    public void The_time_of_a_silent_reader_does_not_run_and_begins_when_it_speaks_again()
    {
        _ledger.Delivered(5, Place, endOffset: 1);

        Assert.Empty(OverdueAfter(TimeSpan.FromHours(1), speaks: false));

        // It was last found silent one step before.
        Assert.Equal([9.5], OverdueAfter(TimeSpan.FromSeconds(15), speaks: true));
    }

    [Fact]
    public void Where_it_does_not_help_the_pauses_double_up_to_ten_minutes()
    {
        _ledger.Delivered(5, Place, endOffset: 1);

        Assert.Equal(
            [10.0, 30, 70, 150, 310, 630, 1_230, 1_830, 2_430],
            OverdueAfter(TimeSpan.FromMinutes(45), speaks: true, whenOverdue: PublishAgain));
    }

    [Fact]
    public void After_it_has_helped_the_next_wait_is_a_short_one()
    {
        _ledger.Delivered(5, Place, endOffset: 1);
        Assert.Equal([10.0, 30], OverdueAfter(TimeSpan.FromSeconds(40), speaks: true, whenOverdue: PublishAgain));

        _ledger.Acknowledge(Reader, Place, 5);
        Assert.Empty(OverdueAfter(TimeSpan.FromSeconds(40), speaks: true));
        _ledger.Delivered(6, Place, endOffset: 9);
        Assert.Equal([10.0], OverdueAfter(TimeSpan.FromSeconds(15), speaks: true));
    }

    [Fact]
    public void Only_the_partition_that_stands_is_overdue()
    {
        _ledger.Delivered(5, Place, endOffset: 1);
        _ledger.Delivered(6, Other, endOffset: 1);
        _ledger.Acknowledge(Reader, Other, 6);
        Assert.Equal([(Reader, Place, 0L)], _ledger.Unacknowledged());

        var overdue = new HashSet<PartitionOf>();
        OverdueAfter(TimeSpan.FromSeconds(15), speaks: true, whenOverdue: overdue.UnionWith);
        Assert.Equal([Place], overdue);
    }

    [Fact]
    public void The_time_of_a_partition_that_no_member_has_does_not_run_and_begins_when_one_gets_it()
    {
        _ledger.Delivered(5, Place, endOffset: 1);
        _ledger.Delivered(6, Other, endOffset: 1);
        _ledger.Acknowledge(Reader, Other, 6);

        // A member was killed; the one that is left speaks for its own partition while the group waits for the other's session to end.
        _assigned = [Other];
        Assert.Empty(OverdueAfter(TimeSpan.FromMinutes(1), speaks: true));

        _assigned = [Other, Place];
        Assert.Equal([9.5], OverdueAfter(TimeSpan.FromSeconds(15), speaks: true));
    }

    [Fact]
    public void The_patience_is_longer_than_the_session_of_a_member_that_is_gone()
    {
        var kafka = new KafkaOptions { BootstrapServers = "broker:9092" };

        Assert.Equal(TimeSpan.FromSeconds(15), AcknowledgementWatch.PatienceFor(kafka));
        Assert.Equal(TimeSpan.FromSeconds(50), AcknowledgementWatch.PatienceFor(kafka with { SessionTimeoutMs = 45_000 }));
    }

    // As the relay does it: back to what is acknowledged, and delivered once more.
    private void PublishAgain(IReadOnlySet<PartitionOf> overdue)
    {
        var end = _ledger.Published[Place].EndOffset;
        _ledger.GoBack(overdue.ToDictionary(p => p, _ => end));
        Assert.Empty(_ledger.Unacknowledged());
        Assert.Empty(_watch.Overdue(_ledger, _now));
        _ledger.Delivered(5, Place, end + 1);
    }

    /// <summary>The seconds after which something was overdue.</summary>
    private List<double> OverdueAfter(TimeSpan time, bool speaks, Action<IReadOnlySet<PartitionOf>>? whenOverdue = null)
    {
        var found = new List<double>();
        for (var start = _now; _now - start < time; _now += Step)
        {
            if (speaks)
            {
                _watch.Observe(Reader, _assigned, _now);
            }

            if (_watch.Overdue(_ledger, _now) is { Count: > 0 } overdue)
            {
                found.Add((_now - start).TotalSeconds);
                whenOverdue?.Invoke(overdue);
            }
        }

        return found;
    }
}
