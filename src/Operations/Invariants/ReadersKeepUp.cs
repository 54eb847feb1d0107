using System.Text.Json.Nodes;
using Npgsql;
using Payments.EventStore.Contract;
using Payments.Messaging.Relay;
using Payments.Messaging.Topics;

namespace Payments.Operations.Invariants;

/// <summary>
/// What is in the log was relayed and consumed: nobody has read beyond its end, and nobody stands still while events wait.
/// </summary>
/// <remarks>
/// The position a reader stands at is part of the subject. So a reader that moves is another subject, and a finding lasts as long as it
/// stands still.
/// </remarks>
public sealed class ReadersKeepUp(NpgsqlDataSource database, IEventStore store, InvariantOptions options)
{
    public const string Name = "readers-keep-up";

    /// <summary>Events read to find the first that a consumer waits for.</summary>
    private const int SearchedMax = 2_000;

    // Read before the log's end, no reader can be ahead of it for having been asked later. A paused projection stands still on purpose.
    private const string Readers =
        """
        select 'relay', null, null, (select position from relay_checkpoint), null
        union all
        select c.name, null, null, c.position, null from checkpoints c
        where not c.paused and not exists (select from projections p where p.inline and 'projection/' || p.name = c.name)
        union all
        select 'sealer', null, null, (select coalesce(max(last_position), 0) from seals), null
        """;

    private const string Consumers =
        """
        select a.consumer, coalesce(p.topic, a.topic), coalesce(p.partition, a.partition), coalesce(a.position, 0), p.position
        from relay_partitions p full join relay_acknowledgements a on a.topic = p.topic and a.partition = p.partition
        """;

    public Invariant Invariant => new()
    {
        Name = Name,
        Meaning = $"Nobody has read beyond the end of the log, and nobody stands still for {options.StalledMs / 1000} s while events wait.",
        Grace = TimeSpan.FromMilliseconds(options.StalledMs),
        Check = CheckAsync,
    };

    private sealed record ReaderPosition(string Reader, string? Topic, int? Partition, long Position, long? Published)
    {
        public string Place => Topic is null ? Reader : $"{Reader} on {Topic}/{Partition}";
    }

    private async Task<Seen> CheckAsync(Look look, CancellationToken cancel)
    {
        var positions = await ReadAsync(cancel);
        var head = await store.LastPositionAsync(cancel);
        var findings = new List<Finding>();
        foreach (var s in positions)
        {
            var upTo = s.Published ?? head;
            if (s.Position > head)
            {
                findings.Add(new Finding(
                    $"{s.Place} ahead at {s.Position}",
                    $"{s.Place} has read up to position {s.Position}, and the log ends at {head}: the log has lost its end.",
                    await EventAsync(head, cancel),
                    Details(s, head)));
            }
            else if (s.Position < upTo && await FirstWaitingAsync(s, upTo, cancel) is { } first)
            {
                findings.Add(new Finding(
                    $"{s.Place} at {s.Position}",
                    $"{s.Place} has not moved from position {s.Position} for {options.StalledMs / 1000} s while events up to {upTo} wait.",
                    first.Event,
                    Details(s, head)));
            }
        }

        return new Seen(positions.Count, findings);
    }

    // The last event that is still there.
    private async Task<EventReference?> EventAsync(long position, CancellationToken cancel) =>
        await store.ReadAllAsync(position - 1, 1, EventFilter.None, cancel) is [var e] ? EventReference.Of(e) : null;

    /// <summary>The first event that waits. Null when none does: what is beyond the reader's position is not for its partition.</summary>
    private async Task<(EventReference? Event, bool IsKnown)?> FirstWaitingAsync(ReaderPosition s, long upTo, CancellationToken cancel)
    {
        var events = await store.ReadAllAsync(s.Position, SearchedMax, EventFilter.None, cancel);
        foreach (var e in events)
        {
            if (s.Topic is null || (Routes.TopicOf(e) is { } topic && topic.Name == s.Topic
                && PaymentEventsPartitioner.PartitionOf(topic, e.Metadata.RoutingKey!) == s.Partition))
            {
                return (EventReference.Of(e), true);
            }
        }

        return events.Count > 0 && events[^1].Position < upTo ? (null, false) : null;
    }

    private async Task<List<ReaderPosition>> ReadAsync(CancellationToken cancel)
    {
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new(Readers));
        batch.BatchCommands.Add(new(Consumers));
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        var positions = new List<ReaderPosition>();
        while (await reader.ReadAsync(cancel))
        {
            positions.Add(new(reader.GetString(0), null, null, reader.GetInt64(3), null));
        }

        await reader.NextResultAsync(cancel);
        var acknowledged = new Dictionary<(string Consumer, string Topic, int Partition), long>();
        var published = new Dictionary<(string Topic, int Partition), long>();
        while (await reader.ReadAsync(cancel))
        {
            // What lies on the halves of a split topic is acknowledged where it would lie on the whole.
            var (topic, partition) = TopicSplit.Logical(new PartitionOf(reader.GetString(1), reader.GetInt32(2)));
            var upTo = reader.IsDBNull(4) ? 0 : reader.GetInt64(4);
            published[(topic, partition)] = Math.Max(upTo, published.GetValueOrDefault((topic, partition)));
            if (!reader.IsDBNull(0))
            {
                acknowledged[(reader.GetString(0), topic, partition)] = reader.GetInt64(3);
            }
        }

        // A reader that never said anything stands at the beginning.
        positions.AddRange(
            from p in published
            from consumer in PlatformTopics.ReadersOf(p.Key.Topic)
            let at = acknowledged.GetValueOrDefault((consumer, p.Key.Topic, p.Key.Partition))
            select new ReaderPosition(consumer, p.Key.Topic, p.Key.Partition, at, p.Value));
        return positions;
    }

    private static JsonObject Details(ReaderPosition s, long head) => new()
    {
        ["reader"] = s.Reader,
        ["topic"] = s.Topic,
        ["partition"] = s.Partition,
        ["position"] = s.Position,
        ["published"] = s.Published,
        ["logEndsAt"] = head,
    };
}
