using System.Text;
using System.Text.Json;
using Payments.EventStore.Contract;
using Payments.EventStore.Memory;
using Payments.Messaging.Consuming;
using Payments.Messaging.DeadLetters.Replays.Rehearsal;
using Payments.Messaging.Parking;

namespace Payments.Messaging.DeadLetters.Incidents;

/// <summary>
/// Handles the message of a capsule once more, in memory and at the time of its last failure, on the aggregate as it was then. In a test it
/// fails until the fault is mended, and keeps it away afterwards: see docs/dead-letters.md.
/// </summary>
public static class IncidentReproduction
{
    /// <summary>What becomes of the message now. A failure that only the database would have seen does not show.</summary>
    /// <param name="consumer">The one that could not handle it, as its service has it.</param>
    /// <exception cref="ArgumentException">It is another consumer's, or does not hold all that it takes.</exception>
    public static async Task<Foretold> RunAsync<TState, TEvent>(
        IncidentFile capsule, ConsumerDefinition<TState, TEvent> consumer, CancellationToken cancel = default)
        where TState : class
    {
        if (consumer.Name != capsule.Consumer)
        {
            throw new ArgumentException($"It is about {capsule.Consumer}, not {consumer.Name}.", nameof(consumer));
        }

        if (!capsule.IsWhole || capsule.Letter.Payload is null)
        {
            throw new ArgumentException("It does not hold the whole message, or not all events before it.", nameof(capsule));
        }

        var clock = new StoppedClock(capsule.Letter.LastFailedAt ?? capsule.MadeAt);
        var store = new MemoryEventStore(capsule.Log, clock);
        if (capsule is { Stream: { } stream, Events.Count: > 0 })
        {
            var events = capsule.Events.Select(ToEvent).ToList();
            await store.AppendAsync(new AppendUnit { Streams = [new(StreamId.Parse(stream), ExpectedVersion.None, events)] }, cancel);
        }

        var dryRun = new DryRun<TState, TEvent>(
            consumer,
            store,
            new(store, consumer.Aggregate),
            new RetryPolicy(new RetryOptions { TriesInPlace = 1 }, new Random(0)),
            new EditRule((_, _) => Task.FromResult<byte[]?>(null)), // A capsule holds one payload, and nobody to ask.
            clock);
        return (await dryRun.RunAsync([ToParked(capsule.Letter)], [], cancel)).Single();
    }

    private static NewEvent ToEvent(CapsuleEvent e) => new(
        e.EventId,
        e.Type,
        e.Schema,
        JsonSerializer.SerializeToUtf8Bytes(e.Data, CapsuleJson.Default.JsonElement),
        new EventMetadata(e.CorrelationId, e.CausationId, e.Actor, null, null));

    private static ParkedMessage ToParked(CapsuleLetter letter) => new(
        letter.Id,
        letter.Topic,
        letter.Partition,
        letter.Offset,
        letter.RoutingKey is { } key ? new ParkingKey(letter.Topic, key) : null,
        letter.RoutingKey,
        letter.Headers,
        Encoding.UTF8.GetBytes(letter.Payload!),
        Revision: 1,
        letter.Attempts,
        IsDead: true);

    private sealed class StoppedClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
