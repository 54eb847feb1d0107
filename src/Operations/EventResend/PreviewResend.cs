using Payments.EventStore.Contract;
using Payments.Messaging.Topics;

namespace Payments.Operations.EventResend;

/// <summary>Says what a replay would send and who would do anything with it, by the reading of the replay itself. Sends nothing.</summary>
internal sealed class PreviewResend(IEventStore store, ResendStore books, SplitSwitch split)
{
    private const int EventsMax = 100_000;
    private const int PageMax = 1_000;
    private const int SamplesMax = 10;

    public async Task<ReplayPreview> LookAsync(ReplayRequest request, CancellationToken cancel)
    {
        var head = await store.LastPositionAsync(cancel);
        var (from, upTo) = (request.Filter.FromPosition ?? 1, Math.Min(request.Filter.ToPosition ?? head, head));
        var acknowledged = await books.AcknowledgedAsync(cancel);
        var types = new Dictionary<(string Topic, string Type), (long Count, HashSet<string> WrittenTo)>();
        var consumers = new Dictionary<string, (long Messages, long Past)>();
        var samples = new List<PreviewedMessage>();
        var (messages, lookedAt) = (0L, from - 1);
        await foreach (var page in new ResendReading(store).PagesAsync(request.Filter, from - 1, upTo, PageMax, cancel))
        {
            lookedAt = page.UpTo;
            messages += page.Events.Count;
            foreach (var (e, place, _) in page.Events)
            {
                var (count, writtenTo) = types.TryGetValue((place.Topic, e.Type), out var known) ? known : (0, new HashSet<string>());
                writtenTo.UnionWith(TopicSplit.Physical(place, split.Phase).Select(p => p.Topic));
                types[(place.Topic, e.Type)] = (count + 1, writtenTo);
                foreach (var consumer in PlatformTopics.ReadersOf(place.Topic)
                    .Where(c => request.To?.Consumer is not { } only || only == c))
                {
                    var (all, past) = consumers.GetValueOrDefault(consumer);
                    var isPast = e.Position <= acknowledged.GetValueOrDefault((consumer, place));
                    consumers[consumer] = (all + 1, isPast ? past + 1 : past);
                }

                if (samples.Count < SamplesMax)
                {
                    samples.Add(new(
                        e.Position, e.Stream.ToString(), e.StreamVersion, e.Type, e.EventId, e.Metadata.CorrelationId, e.RecordedAt,
                        place.Topic, place.Partition));
                }
            }

            if (messages >= EventsMax)
            {
                break;
            }
        }

        return new ReplayPreview(
            messages,
            (double)messages / (request.RatePerSecond ?? ResendRules.RateDefault),
            lookedAt >= upTo,
            lookedAt,
            [
                .. types.OrderBy(t => t.Key.Topic, StringComparer.Ordinal).ThenBy(t => t.Key.Type, StringComparer.Ordinal)
                    .Select(t => new PreviewedType(
                        t.Key.Topic, [.. t.Value.WrittenTo.Order(StringComparer.Ordinal)], t.Key.Type, t.Value.Count)),
            ],
            [
                .. consumers.OrderBy(c => c.Key, StringComparer.Ordinal)
                    .Select(c => new PreviewedConsumer(c.Key, c.Value.Messages, c.Value.Past, c.Value.Messages - c.Value.Past)),
            ],
            samples);
    }
}
