using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Payments.Contracts;
using Payments.Contracts.Consumers;
using Payments.EventStore.Contract;
using Payments.Hosting;
using Payments.Messaging.ConsumerStatuses;
using Payments.Operations.Audit;
using Payments.ServiceDefaults.Callers;
using Payments.ServiceDefaults.Errors;

namespace Payments.Operations.Consumers;

/// <summary>What operators see of a service's consumer and relay, and how they hold the consumer and let it go on.</summary>
public static class ConsumerEndpoints
{
    /// <summary>
    /// Adds <c>GET consumers</c>, <c>POST consumers/pause</c> and <c>POST consumers/resume</c> to the admin routes of a service.
    /// </summary>
    /// <remarks>
    /// A pause holds what comes over Kafka, on all instances within two seconds. What is parked already goes on being tried again. It
    /// survives restarts, and nothing is lost however long it lasts: what the broker does not keep is sent again from the logs.
    /// </remarks>
    public static void MapConsumers(this IEndpointRouteBuilder admin)
    {
        admin.MapGet("/consumers", async (ConsumerQueries queries, CancellationToken cancel) =>
            Results.Json(await queries.ReadAsync(cancel), ConsumerJson.Default.ConsumersView));
        admin.MapPost("/consumers/pause", (
            ReasonRequest request, HttpContext context, CallerIdentity caller, OperatorName by, IdempotencyKey key,
            ConsumerControl steer, CancellationToken cancel) =>
            steer.HandleAsync(true, request, by, Repeatable(context, caller, key, request), context, cancel));
        admin.MapPost("/consumers/resume", (
            ReasonRequest request, HttpContext context, CallerIdentity caller, OperatorName by, IdempotencyKey key,
            ConsumerControl steer, CancellationToken cancel) =>
            steer.HandleAsync(false, request, by, Repeatable(context, caller, key, request), context, cancel));
    }

    private static IdempotentRequest Repeatable(
        HttpContext context, CallerIdentity caller, IdempotencyKey key, ReasonRequest request) =>
        new(context, caller, key, JsonSerializer.SerializeToUtf8Bytes(request, ConsumerJson.Default.ReasonRequest));
}

/// <summary>Pauses and resumes the consumer, with the act on record in the same unit.</summary>
internal sealed class ConsumerControl(IEventStore store, ConsumerQueries queries, ConsumerStatus standing, TimeProvider clock)
{
    public async Task<IResult> HandleAsync(
        bool pause, ReasonRequest request, OperatorName by, IdempotentRequest repeatable,
        HttpContext context, CancellationToken cancel)
    {
        if (!Reason.TryRead(request.Reason, out var reason))
        {
            return Reason.Invalid();
        }

        if (await repeatable.FindFirstAsync(store, cancel) is { } first)
        {
            return repeatable.Repeat(first);
        }

        if (await queries.PauseAsync(cancel) is var paused && paused is not null == pause)
        {
            return Already(paused);
        }

        var (now, consumer) = (clock.GetUtcNow(), standing.Consumer);
        var act = new OperatorAct(
            now,
            by.Value,
            pause ? "consumer-paused" : "consumer-resumed",
            reason,
            Before: new JsonObject { ["consumer"] = consumer, ["paused"] = !pause },
            After: new JsonObject { ["consumer"] = consumer, ["paused"] = pause },
            Subject: $"consumer/{consumer}");
        var row = new ConsumerPauseRow(consumer, pause, by.Value, now, reason);
        var answer = KeptAnswer.Of(StatusCodes.Status200OK, JsonSerializer.SerializeToUtf8Bytes(
            new SteeredConsumer(consumer, pause), ConsumerJson.Default.SteeredConsumer));
        try
        {
            var unit = new AppendUnit
            {
                Rows =
                [
                    act.ToRow(), new("consumer_pauses", JsonSerializer.SerializeToUtf8Bytes(row, ConsumerJson.Default.ConsumerPauseRow))
                ],
                Claim = repeatable.ClaimWith(answer),
            };
            return await store.AppendAsync(unit, cancel) is AppendResult.AlreadyClaimed claimed
                ? repeatable.Repeat(claimed.Existing)
                : answer.ToResult(context);
        }
        catch (StoreRejectedException)
        {
            return Already(await queries.PauseAsync(cancel)); // Somebody else was faster by a moment.
        }
    }

    private ProblemHttpResult Already(PauseView? paused) => paused is { } by
        ? Problems.Conflict("consumer_paused", $"{standing.Consumer} is paused by {by.By} since {by.At:u}.")
        : Problems.Conflict("consumer_running", $"{standing.Consumer} is not paused.");
}
