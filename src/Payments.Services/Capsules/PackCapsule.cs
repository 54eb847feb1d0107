using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using Microsoft.AspNetCore.Http;
using Payments.EventStore;
using Payments.EventStore.Postgres;
using Payments.Messaging;
using Payments.Messaging.Consuming;
using Payments.Services.DeadLetters;
using Payments.Services.History;

namespace Payments.Services.Capsules;

/// <summary><c>GET dead-letters/{id}/capsule</c>: a file, for whoever mends the fault.</summary>
internal static class PackCapsule
{
    /// <summary>Of the aggregate; a wallet in use has fewer between two months that are archived.</summary>
    private const int EventsMax = 20_000;

    public static async Task<IResult> Handle<TState, TEvent>(
        long id,
        LogDatabase database,
        IEventStore store,
        ConsumerDefinition<TState, TEvent> consumer,
        OtherHistories others,
        ReplicaReads reads,
        TimeProvider clock,
        CancellationToken cancel)
        where TState : class
    {
        if (await ShowDeadLetter.FindAsync(database, id, cancel) is not { } letter)
        {
            return ShowDeadLetter.NotFound(id);
        }

        var content = await LetterContent.ReadAsync(database, id, cancel);
        var stream = StreamOf(letter, content, consumer);
        var until = letter.LastFailedAt ?? letter.ParkedAt;
        var events = stream is { } of
            ? await store.ReadStreamAsync(of, VersionRange.All, EventsMax + 1, cancel)
            : [];
        var (history, missing) = letter.CorrelationId is { } correlation
            ? await others.AskAsync(correlation, await HistoryEndpoint.ReadAsync(store.Name, reads, correlation, cancel), cancel)
            : ([], []);

        var persons = new PersonalData();
        var (payload, headers) = (Payloads.Text(content.Payload), content.Headers);
        var capsule = new IncidentCapsule(
            IncidentCapsule.FormatNow,
            clock.GetUtcNow(),
            store.Name,
            letter.Consumer,
            Letter: null!, // Last: by then all persons are known whom its error may name.
            stream?.ToString(),
            [.. events.Take(EventsMax).TakeWhile(e => e.RecordedAt <= until).Select(e => Masked(persons, e))],
            IsWhole: events.Count <= EventsMax,
            [.. history.Select(e => e with { Actor = persons.Actor(e.Actor), Data = Masked(persons, e.Data.GetRawText()) })],
            missing,
            headers.GetValueOrDefault(HeaderNames.TraceParent));
        capsule = capsule with
        {
            Letter = new CapsuleLetter(
                letter.Id,
                letter.Status,
                letter.Topic,
                letter.Partition,
                letter.Offset,
                letter.RoutingKey is { } key ? persons.Key(key) : null,
                headers.ToDictionary(h => h.Key, h => persons.Header(h.Key, h.Value)),
                payload is null ? null : persons.Json(payload),
                content.Payload.Length,
                letter.Attempts,
                letter.ParkedAt,
                letter.FirstFailedAt,
                letter.LastFailedAt,
                letter.ErrorType,
                letter.Error is { } error ? persons.Error(error) : null,
                letter.Fingerprint,
                content.Stack is { } stack ? persons.Error(stack) : null),
        };
        return Results.File(capsule.Write(), "application/json", $"incident-{store.Name}-{id}.json");
    }

    // By the consumer's own reading of it; where that is what fails, by what it is ordered by or belongs to.
    private static StreamId? StreamOf<TState, TEvent>(
        DeadLetterView letter, LetterContent content, ConsumerDefinition<TState, TEvent> consumer)
        where TState : class
    {
        var record = new ConsumeResult<byte[], byte[]>
        {
            Topic = letter.Topic,
            Partition = letter.Partition,
            Offset = letter.Offset,
            Message = new()
            {
                Key = Encoding.UTF8.GetBytes(letter.RoutingKey ?? ""),
                Headers = [.. content.Headers.Select(h => new Header(h.Key, Encoding.UTF8.GetBytes(h.Value)))],
                Value = content.Payload,
            },
        };
        try
        {
            return MessageCodec.Read(record) is MessageReading.Readable { Message: var message }
                ? consumer.Interpret(message)?.Stream
                : null;
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            var aggregate = consumer.Aggregate;
            return letter.RoutingKey?.Split('/') is [var type, var key] && type == aggregate.StreamType ? new StreamId(type, key)
                : letter.CorrelationId is { } correlation ? aggregate.Stream(correlation)
                : null;
        }
    }

    private static CapsuleEvent Masked(PersonalData persons, StoredEvent e) => new(
        e.Position,
        e.StreamVersion,
        e.EventId,
        e.Type,
        e.SchemaVersion,
        e.RecordedAt,
        e.Metadata.CorrelationId,
        e.Metadata.CausationId,
        persons.Actor(e.Metadata.Actor),
        Masked(persons, Encoding.UTF8.GetString(e.Data.Span)));

    private static JsonElement Masked(PersonalData persons, string json) => JsonDocument.Parse(persons.Json(json)).RootElement;
}
