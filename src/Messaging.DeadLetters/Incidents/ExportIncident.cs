using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using Microsoft.AspNetCore.Http;
using Payments.Contracts.DeadLetters;
using Payments.EventStore.Contract;
using Payments.EventStore.Postgres;
using Payments.Messaging.Consuming;
using Payments.Messaging.Envelope;
using Payments.Operations.History;

namespace Payments.Messaging.DeadLetters.Incidents;

/// <summary><c>GET dead-letters/{id}/capsule</c>: a file, for whoever mends the fault.</summary>
internal static class ExportIncident
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
        var (events, fromTheFirst) = await EventsAsync(store, stream, cancel);
        var (history, missing) = letter.CorrelationId is { } correlation
            ? await others.AskAsync(correlation, await HistoryEndpoint.ReadAsync(store.Name, reads, correlation, cancel), cancel)
            : ([], []);

        // The letter last: by then all persons are known whom its error may name.
        var persons = new PersonalData();
        var until = letter.LastFailedAt ?? letter.ParkedAt;
        var past = events.Take(EventsMax).TakeWhile(e => e.RecordedAt <= until).Select(e => Pack(persons, e)).ToList();
        var told = history.Select(e => e with { Actor = persons.Actor(e.Actor), Data = Json(persons, e.Data.GetRawText()) }).ToList();
        var capsule = new IncidentFile(
            IncidentFile.FormatNow,
            clock.GetUtcNow(),
            store.Name,
            letter.Consumer,
            Pack(persons, letter, content),
            stream?.ToString(),
            past,
            IsWhole: fromTheFirst && (events.Count <= EventsMax || past.Count < EventsMax),
            told,
            missing,
            content.Headers.GetValueOrDefault(HeaderNames.TraceParent));
        return Results.File(capsule.Write(), "application/json", $"incident-{store.Name}-{id}.json");
    }

    // What is not in the database any more is in an archive.
    private static async Task<(IReadOnlyList<StoredEvent> Events, bool FromTheFirst)> EventsAsync(
        IEventStore store, StreamId? stream, CancellationToken cancel)
    {
        if (stream is not { } of)
        {
            return ([], true);
        }

        var events = await store.ReadStreamAsync(of, VersionRange.All, EventsMax + 1, cancel);
        return (events, events is [var first, ..] ? first.StreamVersion == 1 : await store.StreamVersionAsync(of, cancel) == 0);
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

    private static CapsuleLetter Pack(PersonalData persons, DeadLetterView letter, LetterContent content) => new(
        letter.Id,
        letter.Status,
        letter.Topic,
        letter.Partition,
        letter.Offset,
        letter.RoutingKey is { } key ? persons.Key(key) : null,
        content.Headers.ToDictionary(h => h.Key, h => persons.Header(h.Key, h.Value)),
        Payloads.Text(content.Payload) is { } payload ? persons.Json(payload) : null,
        content.Payload.Length,
        letter.Attempts,
        letter.ParkedAt,
        letter.FirstFailedAt,
        letter.LastFailedAt,
        letter.ErrorType,
        letter.Error is { } error ? persons.Error(error) : null,
        letter.Fingerprint,
        content.Stack is { } stack ? persons.Error(stack) : null);

    private static CapsuleEvent Pack(PersonalData persons, StoredEvent e) => new(
        e.Position,
        e.StreamVersion,
        e.EventId,
        e.Type,
        e.SchemaVersion,
        e.RecordedAt,
        e.Metadata.CorrelationId,
        e.Metadata.CausationId,
        persons.Actor(e.Metadata.Actor),
        Json(persons, Encoding.UTF8.GetString(e.Data.Span)));

    private static JsonElement Json(PersonalData persons, string json) => JsonDocument.Parse(persons.Json(json)).RootElement;
}
