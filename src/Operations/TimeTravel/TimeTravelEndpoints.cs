using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Payments.Contracts.Events;
using Payments.EventStore.Aggregates;
using Payments.EventStore.Contract;
using Payments.Hosting;
using Payments.ServiceDefaults.Errors;
using Payments.ServiceDefaults.Requests;

namespace Payments.Operations.TimeTravel;

/// <summary>A state at a version or a moment, and what changed between two of them: for operators.</summary>
public static class TimeTravelEndpoints
{
    /// <summary>Events listed between two moments at most.</summary>
    public const int EventsMax = 1_000;

    /// <summary>
    /// Adds <c>GET {id}/state[?version=|?at=]</c> and <c>GET {id}/diff?from=&amp;to=</c> to the admin routes of an aggregate.
    /// </summary>
    public static void MapTimeTravel<TState, TEvent>(this IEndpointRouteBuilder admin)
        where TState : class
    {
        admin.MapGet("/{id:guid}/state", StateAsync<TState, TEvent>);
        admin.MapGet("/{id:guid}/diff", DiffAsync<TState, TEvent>);
    }

    private static async Task<IResult> StateAsync<TState, TEvent>(
        Guid id,
        string? version,
        string? at,
        IEventStore store,
        AggregateDefinition<TState, TEvent> definition,
        CancellationToken cancel)
        where TState : class
    {
        if (version is not null && at is not null)
        {
            return Problems.Invalid("version", "Give either at or version, not both.");
        }

        if (!TryParse(version ?? at, out var moment))
        {
            return NoMoment(version is not null ? "version" : "at");
        }

        return await AnswerAsync(async () =>
            await new TimeTravel<TState, TEvent>(store, definition)
                .StateAsync(definition.Stream(id), moment, cancel) is { Version: > 0 } past
                ? Results.Json(View(definition, definition.Stream(id), past), TimeTravelJson.Default.StateView)
                : NotFound(definition.Stream(id)));
    }

    private static async Task<IResult> DiffAsync<TState, TEvent>(
        Guid id,
        string? from,
        string? to,
        IEventStore store,
        AggregateDefinition<TState, TEvent> definition,
        CancellationToken cancel)
        where TState : class
    {
        if (from is null || !TryParse(from, out var first))
        {
            return NoMoment("from");
        }

        if (!TryParse(to, out var second))
        {
            return NoMoment("to");
        }

        return await AnswerAsync(async () =>
        {
            var (stream, travel) = (definition.Stream(id), new TimeTravel<TState, TEvent>(store, definition));
            var earlier = await travel.StateAsync(stream, first, cancel);
            var before = View(definition, stream, earlier);
            var after = View(definition, stream, await travel.StateAsync(stream, second, cancel, earlier));
            if (before.Version + after.Version == 0 && await store.StreamVersionAsync(stream, cancel) == 0)
            {
                return NotFound(stream);
            }

            var range = new VersionRange(Math.Min(before.Version, after.Version), Math.Max(before.Version, after.Version));
            var events = await store.ReadStreamAsync(stream, range, EventsMax, cancel);
            return Results.Json(
                new StateDiffView(
                    before,
                    after,
                    StateDiff.Between(before.State, after.State),
                    [.. events.Select(Passed)],
                    range.UpTo - range.After > events.Count),
                TimeTravelJson.Default.StateDiffView);
        });
    }

    // Card tokens are masked.
    private static StateView View<TState, TEvent>(AggregateDefinition<TState, TEvent> definition, StreamId stream, PastState<TState> past)
        where TState : class => new(
            stream.ToString(),
            past.Version,
            past.RecordedAt,
            past.State is { } state ? TokenMask.Hide(JsonNode.Parse(definition.Snapshots!.Encode(state))) : null);

    private static PassedEvent Passed(StoredEvent e) => new(
        e.StreamVersion, e.Position, e.EventId, e.Type, e.Metadata.CorrelationId, e.RecordedAt,
        TokenMask.Hide(JsonDocument.Parse(e.Data).RootElement));

    private static async Task<IResult> AnswerAsync(Func<Task<IResult>> answer)
    {
        try
        {
            return await answer();
        }
        catch (StreamArchivedException archived)
        {
            return Problems.Conflict("archived", archived.Message);
        }
    }

    // A number is a version, anything else a moment; nothing is now.
    private static bool TryParse(string? text, out Moment moment)
    {
        moment = Moment.Now;
        if (text is null)
        {
            return true;
        }

        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version))
        {
            moment = new Moment.Version(version);
            return true;
        }

        var isTime = RequestMoment.TryParse(text, out var at);
        moment = new Moment.Time(at);
        return isTime;
    }

    private static ProblemHttpResult NoMoment(string field) =>
        Problems.Invalid(field, "Must be a version such as 12, or a moment with date, time and offset, such as 2026-01-31T00:00:00Z.");

    private static ProblemHttpResult NotFound(StreamId stream) => Problems.NotFound("not_found", $"There was no {stream} then.");
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(StateView))]
[JsonSerializable(typeof(StateDiffView))]
internal sealed partial class TimeTravelJson : JsonSerializerContext;
