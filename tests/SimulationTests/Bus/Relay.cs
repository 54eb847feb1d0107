using Confluent.Kafka;
using Payments.EventStore.Contract;
using Payments.Messaging.Relay;
using Payments.Messaging.Topics;
using SimulationTests.Worlds;

namespace SimulationTests.Bus;

/// <summary>
/// Brings a log to the broker, with the books, routes and envelopes of the real relay. Sending and bookkeeping are steps here, so that a
/// crash can fall between any two of them.
/// </summary>
internal sealed class Relay(World world, IEventStore log) : Actor(world, $"relay of {log.Name}")
{
    private static readonly TimeSpan BooksEvery = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan StartsAfter = TimeSpan.FromSeconds(1);

    /// <summary>What is in the database: all that a crash leaves.</summary>
    private RelayLedger _kept = new(
        0, new Dictionary<PartitionOf, Published>(), new Dictionary<(string, PartitionOf), long>(), PlatformTopics.ReadersOf);
    private HashSet<PartitionOf> _lost = [];
    private Run? _run;
    private DateTimeOffset _startsAt;

    public override DateTimeOffset? NextAt =>
        _run is not { } run ? _startsAt
        : World.LastPosition(log.Name) > run.ReadUpTo ? World.Clock.Now
        : run.HasNews ? run.BooksAt
        : null;

    public void Crash()
    {
        if (_run is not null)
        {
            _run = null;
            _lost = [];
            _startsAt = World.Clock.Now + StartsAfter;
        }
    }

    /// <summary>Takes everything for lost that is published and not acknowledged.</summary>
    public void Suspect() => _lost = [.. _kept.Published.Keys];

    /// <summary>A consumer says how far it has come. A relay that is not running does not hear it.</summary>
    public void Hear(ConsumerProgress progress)
    {
        if (progress.Source == log.Name)
        {
            _run?.Reports.Enqueue(progress);
        }
    }

    public override void Step()
    {
        if (_run is not { } run)
        {
            Start();
        }
        else if (World.LastPosition(log.Name) > run.ReadUpTo && (World.Clock.Now < run.BooksAt || World.Dice.Chance(800)))
        {
            Send(run);
        }
        else
        {
            KeepRecords(run);
        }
    }

    private void Start()
    {
        var ledger = Copy(_kept);
        var ends = ledger.Published.Keys.Union(_lost).ToDictionary(p => p, p => World.Broker.End(p.Topic, p.Partition));
        var lost = ends
            .Where(end => _lost.Contains(end.Key) || end.Value < ledger.Published.GetValueOrDefault(end.Key).EndOffset)
            .ToDictionary();
        if (lost.Count > 0)
        {
            ledger.GoBack(lost);
            _kept = Copy(ledger);
            World.Saw("relay went back");
        }

        _lost = [];
        _run = new Run(ledger, World.Clock.Now + BooksEvery);
        if (World.Trace.KeepsText)
        {
            World.Trace.Say(
                Name,
                $"starts from position {ledger.Checkpoint}, with losses on {lost.Count} partitions");
        }
    }

    private void Send(Run run)
    {
        foreach (var e in Result(log.ReadAllAsync(run.ReadUpTo, World.Dice.Between(1, 12), EventFilter.None, CancellationToken.None)))
        {
            run.ReadUpTo = e.Position;
            if (Routes.TopicOf(e) is not { } topic)
            {
                continue;
            }

            var partition = new PartitionOf(topic.Name, PaymentEventsPartitioner.PartitionOf(topic, e.Metadata.RoutingKey!));
            var previous = run.Last.GetValueOrDefault(partition);
            if (e.Position <= previous)
            {
                continue;
            }

            run.Last[partition] = e.Position;
            var lineage = Result(log.LineageAsync(CancellationToken.None).AsTask());
            var message = topic.Readers.Count > 0 ? EventMessage.Encode(log.Name, lineage, e, previous) : Envelope.Unread;
            var offset = World.Broker.Produce(partition.Topic, partition.Partition, message);
            run.Unconfirmed.Add((run.InFlight.Add(e.Position, partition), offset + 1));
        }
    }

    private void KeepRecords(Run run)
    {
        foreach (var (sent, endOffset) in run.Unconfirmed)
        {
            // A broker whose answer was lost: it has the message, and nobody knows at which offset.
            sent.Delivered(sent.Position % 7 == 0 ? Offset.Unset : new Offset(endOffset - 1));
        }

        run.Unconfirmed.Clear();
        var isSound = run.InFlight.SettleInto(run.Ledger);
        if (isSound)
        {
            run.Ledger.Passed(run.ReadUpTo);
        }
        else
        {
            _lost.UnionWith(run.Ledger.Published.Keys);
        }

        Hear(run);
        _kept = Copy(run.Ledger);
        run.BooksAt = World.Clock.Now + BooksEvery;
        if (_lost.Count > 0)
        {
            _run = null;
            _startsAt = World.Clock.Now;
        }
    }

    private void Hear(Run run)
    {
        while (run.Reports.TryDequeue(out var progress))
        {
            foreach (var p in progress.Partitions)
            {
                var partition = new PartitionOf(p.Topic, p.Partition);
                run.Ledger.Acknowledge(progress.Consumer, partition, p.Position);
                if (progress.Gap)
                {
                    World.Saw("gap told to a relay");
                    _lost.Add(partition);
                }
            }
        }
    }

    private static RelayLedger Copy(RelayLedger ledger) =>
        new(ledger.Checkpoint, ledger.Published, ledger.Acknowledged, PlatformTopics.ReadersOf);

    private sealed class Run(RelayLedger ledger, DateTimeOffset booksAt)
    {
        public RelayLedger Ledger => ledger;

        public Dictionary<PartitionOf, long> Last { get; } = new(ledger.Start().Last);

        public InFlight InFlight { get; } = new();

        public List<(InFlight.Sent Sent, long EndOffset)> Unconfirmed { get; } = [];

        public Queue<ConsumerProgress> Reports { get; } = new();

        public long ReadUpTo { get; set; } = ledger.Checkpoint;

        public DateTimeOffset BooksAt { get; set; } = booksAt;

        public bool HasNews => Unconfirmed.Count > 0 || InFlight.Count > 0 || Reports.Count > 0 || ReadUpTo > Ledger.Checkpoint;
    }
}
