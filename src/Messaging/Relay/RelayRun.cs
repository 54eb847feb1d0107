using System.Collections.Concurrent;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Payments.EventStore.Contract;
using Payments.Messaging.Kafka;
using Payments.Messaging.Lineages;
using Payments.Messaging.Topics;

namespace Payments.Messaging.Relay;

/// <summary>One run of the relay, from taking the lock to losing something: one task sends, another keeps the books.</summary>
internal sealed partial class RelayRun(
    IEventStore store,
    RelayLedgerStore books,
    RelayLedger ledger,
    AcknowledgementWatch watch,
    IProducer<byte[], byte[]> producer,
    BrokerNames names,
    ProgressListener listener,
    SplitSwitch split,
    RelayLimits limits,
    TimeProvider clock,
    ILogger log)
{
    private static readonly TimeSpan AnnounceEvery = TimeSpan.FromMilliseconds(500);

    private readonly InFlight _inFlight = new();
    private readonly Window _window = new(limits.UnacknowledgedBytesMax);
    private readonly ConcurrentQueue<ConsumerProgress> _heard = new();
    private readonly HashSet<PartitionOf> _lost = [];
    private readonly EndsWatch _ends = new(listener, clock);
    private LogLineage _lineage = LogLineage.Unnamed;
    private long _announcedAt;
    private long _readUpTo;
    private Error? _fault;

    /// <summary>Runs until cancelled, until something breaks (it throws), or until the broker is found to have lost messages.</summary>
    /// <returns>The partitions that may have lost something.</returns>
    public async Task<IReadOnlySet<PartitionOf>> RunAsync(CancellationToken cancel)
    {
        var start = ledger.Start();
        await FollowLineageAsync(cancel);
        foreach (var partition in ledger.Acknowledged.Keys.Select(k => k.Partition).Distinct())
        {
            _window.Acknowledge(partition, ledger.AcknowledgedByAll(partition) ?? 0);
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        Task[] tasks =
        [
            SendAsync(start, stop.Token),
            KeepRecordsAsync(stop.Token),
            Task.Factory.StartNew(
                () => listener.Listen(_heard, stop.Token), stop.Token, TaskCreationOptions.LongRunning, TaskScheduler.Default),
        ];
        var first = await Task.WhenAny(tasks);
        await stop.CancelAsync();
        await Task.WhenAll(tasks.Select(t =>
            t.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default)));
        await _ends.StopAsync();
        if (!cancel.IsCancellationRequested)
        {
            await first; // Throws what broke.
        }
        else
        {
            Settle();
            await books.WriteAsync(ledger, CancellationToken.None); // So that the next start repeats little.
        }

        return _lost;
    }

    private async Task SendAsync(StartingPoint start, CancellationToken cancel)
    {
        var senders = start.Last.ToDictionary(p => p.Key, p => Resume(p.Key, p.Value));
        await foreach (var batch in store.TailAsync(start.After, limits.BatchMax, cancel))
        {
            await FollowLineageAsync(cancel);
            foreach (var e in batch)
            {
                if (EventMessage.PlaceOf(e) is not { } place)
                {
                    continue;
                }

                if (!senders.TryGetValue(place, out var sender))
                {
                    var isRead = PlatformTopics.ReadersOf(place.Topic).Count > 0;
                    senders[place] = sender = new PartitionSender(PartitionMigration.Resume([], 0), isRead);
                }

                if (e.Position <= sender.Last)
                {
                    continue; // Acknowledged by all who read it, or already on the broker.
                }

                while (_inFlight.Count >= limits.InFlightMax || (sender.IsRead && !_window.IsOpen(place)))
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(1), clock, cancel);
                }

                var targets = sender.PartitionMigration.For(
                    TopicSplit.Physical(place, split.Phase), sender.Last, sender.IsRead ? _window.AcknowledgedOf(place) : null);
                Send(targets, e, sender.Last);
                sender.Last = e.Position;
                if (sender.IsRead)
                {
                    _window.Sent(place, e.Position, e.Data.Length + RelayLimits.EnvelopeBytes);
                }
            }

            Volatile.Write(ref _readUpTo, batch[^1].Position);
        }
    }

    private PartitionSender Resume(PartitionOf logical, long last)
    {
        var published = ledger.Published.Where(p => TopicSplit.Logical(p.Key) == logical).Select(p => (p.Key, p.Value.Position));
        var isRead = PlatformTopics.ReadersOf(logical.Topic).Count > 0;
        return new PartitionSender(PartitionMigration.Resume(published, last), isRead) { Last = last };
    }

    private void Send(IReadOnlyList<PartitionOf> targets, StoredEvent e, long previous)
    {
        Message<byte[], byte[]>? untraced = null;
        foreach (var target in targets)
        {
            var sent = _inFlight.Add(e.Position, target);
            var span = RelayTelemetry.StartSending(e, target);
            var message = span is null
                ? untraced ??= EventMessage.Encode(store.Name, _lineage, e, previous)
                : EventMessage.Encode(store.Name, _lineage, e, previous, sentBy: span.Id);
            producer.Produce(
                names.OnBroker(target),
                message,
                report =>
                {
                    RelayTelemetry.Ended(span, store.Name, target.Topic, report.Error.IsError ? report.Error.Code.ToString() : null);
                    if (report.Error.IsError)
                    {
                        _fault = report.Error;
                    }
                    else
                    {
                        sent.Delivered(report.Offset);
                    }
                });
        }
    }

    private async Task KeepRecordsAsync(CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(limits.BookkeepingEvery, clock);
        while (await timer.WaitForNextTickAsync(cancel))
        {
            if (_fault is { } fault)
            {
                throw new KafkaException(fault); // The producer gave a message up: nothing after it may be sent.
            }

            if (clock.GetElapsedTime(_announcedAt) >= AnnounceEvery)
            {
                Announce(null);
            }

            var sound = Settle();
            await HearAsync(cancel);
            LookForOverdue();
            _lost.UnionWith(_ends.Behind(ledger));
            await books.WriteAsync(ledger, cancel);
            if (!sound)
            {
                _lost.UnionWith(ledger.Published.Keys);
            }

            if (_lost.Count > 0)
            {
                return;
            }
        }
    }

    private bool Settle()
    {
        var readUpTo = Volatile.Read(ref _readUpTo);
        if (!_inFlight.SettleInto(ledger))
        {
            return false;
        }

        if (_inFlight.Count == 0)
        {
            ledger.Passed(readUpTo);
        }

        return true;
    }

    private void LookForOverdue()
    {
        foreach (var partition in watch.Overdue(ledger, Now()))
        {
            LogOverdue(log, store.Name, partition.Topic, partition.Partition, ledger.AcknowledgedByAll(partition) ?? 0);
            _lost.Add(partition);
        }
    }

    private TimeSpan Now() => clock.GetElapsedTime(0);

    private async Task HearAsync(CancellationToken cancel)
    {
        var lineage = Volatile.Read(ref _lineage);
        while (_heard.TryDequeue(out var progress))
        {
            watch.Observe(progress.Consumer, progress.AssignedPartitions(), Now());
            if (progress.Source != store.Name)
            {
                continue;
            }

            if (progress.Lineage is { } known && lineage.EndOf(known) is null)
            {
                LogRestored(log, store.Name, progress.Consumer, known, lineage.Latest.BeginsAfter);
                await books.NoteRestoreAsync(store.Name, lineage.Latest, progress.Consumer, clock.GetUtcNow(), cancel);
                continue;
            }

            var wentBack = ledger.Hear(progress, lineage);
            if (wentBack.Count > 0)
            {
                LogWentBack(log, store.Name, progress.Consumer, wentBack.Count);
                _lost.UnionWith(wentBack);
            }

            foreach (var p in progress.Partitions)
            {
                var partition = TopicSplit.Logical(new PartitionOf(p.Topic, p.Partition));
                _window.Acknowledge(partition, ledger.AcknowledgedByAll(partition) ?? 0);
                if (progress.Gap)
                {
                    _lost.Add(partition);
                }
            }
        }
    }

    /// <summary>Before anything of a new incarnation is sent, consumers are told of it.</summary>
    private async ValueTask FollowLineageAsync(CancellationToken cancel)
    {
        var lineage = await store.LineageAsync(cancel);
        if (ReferenceEquals(lineage, _lineage))
        {
            return;
        }

        Volatile.Write(ref _lineage, lineage);
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Announce(report =>
        {
            if (report.Error.IsError)
            {
                told.TrySetException(new KafkaException(report.Error));
            }
            else
            {
                told.TrySetResult();
            }
        });
        await told.Task.WaitAsync(cancel);
    }

    private void Announce(Action<DeliveryReport<byte[], byte[]>>? told)
    {
        _announcedAt = clock.GetTimestamp();
        var announcement = LineageAnnouncement.Of(store.Name, _lineage);
        producer.Produce(
            names.OnBroker(new PartitionOf(PlatformTopics.ConsumerProgress.Name, 0)),
            new Message<byte[], byte[]> { Key = announcement.Key, Value = announcement.ToJson() },
            told);
    }

    /// <summary>One logical partition, as the sender sees it.</summary>
    private sealed class PartitionSender(PartitionMigration carriers, bool isRead)
    {
        public PartitionMigration PartitionMigration => carriers;

        public bool IsRead => isRead;

        /// <summary>The last position that was put there.</summary>
        public long Last { get; set; }
    }

    [LoggerMessage(EventId = 123, Level = LogLevel.Warning,
        Message = "Readers of {Source} on {Topic}/{Partition} live and stay at position {Position}: what follows is sent again")]
    private static partial void LogOverdue(ILogger log, string source, string topic, int partition, long position);

    [LoggerMessage(EventId = 3010, Level = LogLevel.Warning,
        Message = "{Consumer} has gone back with messages of {Source} on {Partitions} partitions: its database was restored. "
            + "What it does not have is sent again")]
    private static partial void LogWentBack(ILogger log, string source, string consumer, int partitions);

    [LoggerMessage(EventId = 125, Level = LogLevel.Warning,
        Message = "{Source} was restored: {Consumer} knows incarnation {Incarnation}, which it does not have. It goes on after {Position}")]
    private static partial void LogRestored(ILogger log, string source, string consumer, Guid incarnation, long position);
}

/// <summary>The relay's limits.</summary>
/// <param name="BatchMax">Events read from the log at once.</param>
/// <param name="InFlightMax">Messages handed to the producer and not yet confirmed.</param>
/// <param name="UnacknowledgedBytesMax">
/// Per partition, what consumers have not acknowledged: below what an in-memory broker keeps; no limit on a real one.
/// </param>
/// <param name="BookkeepingEvery">How often the books are written; a crash repeats what was sent since.</param>
public sealed record RelayLimits(int BatchMax, int InFlightMax, long UnacknowledgedBytesMax, TimeSpan BookkeepingEvery)
{
    /// <summary>
    /// What key and headers add to the data of a message, at most: thirteen headers of text. Small batches hardly compress.
    /// </summary>
    internal const int EnvelopeBytes = 1_000;

    // What the embedded broker keeps of a partition includes headers, and two relays may write to one: a quarter each stays well inside.
    public static RelayLimits For(KafkaOptions kafka) =>
        new(1_000, 10_000, kafka.Embedded ? KafkaOptions.EmbeddedRetainedBytes / 4 : long.MaxValue, TimeSpan.FromMilliseconds(250));
}
