using Payments.EventStore.Contract;
using Payments.Messaging.Envelope;
using Payments.Messaging.Relay;
using Payments.Messaging.Topics;

namespace Payments.Messaging.Consuming;

/// <summary>How a message stands to what a consumer has already stored.</summary>
public enum MessageDisposition
{
    Fresh,

    /// <summary>At or below the watermark: its effects are stored.</summary>
    Duplicate,

    /// <summary>Its predecessor is above the watermark: something in between is missing and must come first.</summary>
    AfterGap,

    /// <summary>An answer that was handled and is to be heard once more. It moves no watermark.</summary>
    Again,

    /// <summary>Whether the source still has it, or knows it already, is to be heard from its relay first.</summary>
    Unsettled,

    /// <summary>The source was restored to a moment before it, and has another event there: it must never be carried out.</summary>
    Lost,

    /// <summary>A replay that is for another consumer, or ahead of this one: the ordinary flow brings what it needs.</summary>
    NotNow,

    /// <summary>
    /// It waits for what nobody can ever send: a message before it, of a source that writes nothing to this topic. Dropping it would lose
    /// it.
    /// </summary>
    Stray,
}

/// <summary>A consumer's watermarks in memory: what is stored, and within a batch what is about to be.</summary>
public sealed class Progress(string consumer)
{
    private readonly Dictionary<(PartitionOf Partition, string Source), long> _positions = [];

    /// <summary>Where something is missing, with the last position that was met beyond it.</summary>
    private readonly Dictionary<(PartitionOf Partition, string Source), long> _gaps = [];

    /// <summary>The logs that are read, as their relays have said they are, and when they said it.</summary>
    private readonly Dictionary<string, (LogLineage Lineage, DateTimeOffset SaidAt)> _sources = [];

    /// <summary>Sources of which something came that is not settled, with the moment when the last of it was sent.</summary>
    private Dictionary<string, DateTimeOffset> _unsettled = [];

    private Guid? _incarnation;
    private bool _metGap;

    private string Consumer => consumer;

    /// <summary>Forgets everything and takes what the database says: after the start, and whenever an outcome is not known.</summary>
    public void Reset(IEnumerable<Watermark> stored)
    {
        _positions.Clear();
        _gaps.Clear(); // Perhaps on partitions that are another member's now.
        foreach (var w in stored)
        {
            _positions[(new PartitionOf(w.Topic, w.Partition), w.Source)] = w.Position;
        }
    }

    /// <summary>Takes what the database says beside what is known: another member may have come further.</summary>
    /// <remarks>
    /// A gap is closed when everything that was met beyond it is stored. When only what was missing is, it is still told: what was met
    /// beyond it was dropped here, and is to be sent again.
    /// </remarks>
    /// <returns>Whether another member has come further where something seemed to be missing.</returns>
    public bool Refresh(IEnumerable<Watermark> stored)
    {
        var further = false;
        foreach (var w in stored)
        {
            var key = (new PartitionOf(w.Topic, w.Partition), w.Source);
            var known = _positions.GetValueOrDefault(key);
            _positions[key] = Math.Max(w.Position, known);
            further |= w.Position > known && _gaps.ContainsKey(key);
        }

        foreach (var closed in _gaps.Where(g => g.Value <= _positions.GetValueOrDefault(g.Key)).ToList())
        {
            _gaps.Remove(closed.Key);
        }

        return further;
    }

    /// <summary>What relays have said counts no more.</summary>
    /// <param name="incarnation">That of our own database: told with all that is acknowledged.</param>
    public void ForgetSources(Guid incarnation)
    {
        _incarnation = incarnation;
        _sources.Clear();
        _unsettled = [];
    }

    /// <summary>A relay has said what its log consists of, and this is stored.</summary>
    /// <param name="saidAt">By the clock of the relay.</param>
    public void Learn(string source, LogLineage lineage, DateTimeOffset saidAt) => _sources[source] = (lineage, saidAt);

    /// <summary>The lineage of a log as it was learned; null when its relay has not spoken yet.</summary>
    public LogLineage? LineageOf(string source) => _sources.TryGetValue(source, out var known) ? known.Lineage : null;

    /// <summary>The watermarks of a source that lie beyond a position, moved back to it.</summary>
    public IReadOnlyList<WatermarkMove> Beyond(string source, long position) =>
    [
        .. _positions.Where(p => p.Key.Source == source && p.Value > position).Select(p => new WatermarkMove(
            consumer, p.Key.Partition.Topic, p.Key.Partition.Partition, source, p.Value, position)),
    ];

    /// <summary>Watermarks were moved back, and this is stored.</summary>
    public void GoBack(IEnumerable<WatermarkMove> moves)
    {
        foreach (var move in moves)
        {
            var key = (new PartitionOf(move.Topic, move.Partition), move.Source);
            _positions[key] = move.To;
            _gaps.Remove(key); // What was met beyond it was of the lost timeline.
        }
    }

    /// <summary>Sources of which something came that is not settled since this was last asked, with when the last of it was sent.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset> TakeUnsettled()
    {
        var unsettled = _unsettled;
        _unsettled = [];
        return unsettled;
    }

    /// <summary>Whether a message came after a gap since this was last asked.</summary>
    public bool TakeMetGap()
    {
        var met = _metGap;
        _metGap = false;
        return met;
    }

    /// <summary>Starts a batch: what it moves is only kept by <see cref="Confirm"/>.</summary>
    public Batch Begin() => new(this);

    /// <summary>The moves of a batch are stored.</summary>
    public void Confirm(Batch batch)
    {
        foreach (var (key, position) in batch.Moved)
        {
            _positions[key] = position;
        }
    }

    /// <summary>What to tell the relays: all watermarks by source, and apart from them the partitions where something is missing.</summary>
    /// <remarks>
    /// A gap is told until it is closed: a relay that is just starting would not hear it, and nothing else may ever come. Sources that have
    /// no relay are told nothing: whoever writes to a topic can invent any number of them.
    /// </remarks>
    public IEnumerable<ConsumerProgress> Report(bool gapsOnly)
    {
        var known = gapsOnly ? _gaps.Keys.Select(g => KeyValuePair.Create(g, _positions.GetValueOrDefault(g))) : _positions;
        return known
            .Where(p => PlatformTopics.IsWrittenBy(p.Key.Partition.Topic, p.Key.Source))
            .GroupBy(p => p.Key.Source)
            .Select(of => Report(
                of.Key, [.. of.Select(p => new PartitionProgress(p.Key.Partition.Topic, p.Key.Partition.Partition, p.Value))], gapsOnly))
            .Concat(gapsOnly ? [] : _sources.Keys.Except(_positions.Keys.Select(p => p.Source)).Select(s => Report(s, [], gap: false)));
    }

    private ConsumerProgress Report(string source, IReadOnlyList<PartitionProgress> partitions, bool gap) =>
        new(consumer, source, partitions, gap, LineageOf(source)?.Latest.Id, _incarnation);

    /// <summary>The progress that one transaction makes.</summary>
    public sealed class Batch(Progress before)
    {
        private readonly Dictionary<(PartitionOf Partition, string Source), long> _moved = [];

        public IReadOnlyDictionary<(PartitionOf Partition, string Source), long> Moved => _moved;

        /// <summary>Places a message; a fresh one moves the batch's watermark.</summary>
        /// <param name="sentAt">When it was sent, by the clock of the relay.</param>
        public MessageDisposition Place(Message message, DateTimeOffset sentAt = default)
        {
            if (message.Headers.ReplayFor is { } other && other != before.Consumer)
            {
                return MessageDisposition.NotNow;
            }

            var key = (new PartitionOf(message.Topic, message.Partition), message.Headers.Source);
            var position = _moved.TryGetValue(key, out var moved) ? moved : before._positions.GetValueOrDefault(key);
            if (message.Headers.Incarnation is { } incarnation && Judge(message, incarnation, sentAt) is { } elsewhere)
            {
                if (elsewhere is MessageDisposition.Unsettled)
                {
                    before._gaps[key] = Math.Max(message.Headers.Position, before._gaps.GetValueOrDefault(key));
                }

                return elsewhere;
            }

            if (message.Headers.Position <= position)
            {
                return message.Headers.Again is null ? MessageDisposition.Duplicate : MessageDisposition.Again;
            }

            if (message.Headers.Previous > position)
            {
                if (!PlatformTopics.IsWrittenBy(message.Topic, message.Headers.Source))
                {
                    return MessageDisposition.Stray;
                }

                if (message.Headers.Replay is not null)
                {
                    return MessageDisposition.NotNow;
                }

                before._metGap = true;
                before._gaps[key] = Math.Max(message.Headers.Position, before._gaps.GetValueOrDefault(key));
                return MessageDisposition.AfterGap;
            }

            before._gaps.Remove(key);
            _moved[key] = message.Headers.Position;
            return MessageDisposition.Fresh;
        }

        // A message names the incarnation of its position. Whether that is how the log is now, its relay knows; and what the relay said
        // after it was sent knows of it.
        private MessageDisposition? Judge(Message message, Guid incarnation, DateTimeOffset sentAt)
        {
            var source = message.Headers.Source;
            var isKnown = before._sources.TryGetValue(source, out var known);
            if (isKnown && (known.Lineage.At(message.Headers.Position) is not { } right || right == incarnation))
            {
                return null;
            }

            if (!PlatformTopics.IsWrittenBy(message.Topic, source))
            {
                return MessageDisposition.Stray; // There is no relay that could say so.
            }

            if (message.Headers.Replay is not null)
            {
                return MessageDisposition.NotNow; // Whoever wants it asks for it again.
            }

            if (isKnown && known.SaidAt >= sentAt)
            {
                return MessageDisposition.Lost;
            }

            before._unsettled[source] = before._unsettled.TryGetValue(source, out var other) && other > sentAt ? other : sentAt;
            return MessageDisposition.Unsettled;
        }

        public IReadOnlyList<WatermarkMove> Moves(string consumer) =>
        [
            .. _moved.Select(m => new WatermarkMove(
                consumer, m.Key.Partition.Topic, m.Key.Partition.Partition, m.Key.Source,
                before._positions.GetValueOrDefault(m.Key), m.Value)),
        ];
    }
}
