using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Payments.EventStore.Contract;
using Payments.Hosting;
using Payments.Messaging.Parking;
using Payments.Operations.Audit;
using Payments.ServiceDefaults.Callers;
using Payments.ServiceDefaults.Errors;

namespace Payments.Messaging.DeadLetters;

/// <param name="RoutingKey">The Kafka key whose messages fail, for example <c>user/alice</c>.</param>
/// <param name="Seconds">1 to 3600: how long they do.</param>
public sealed record PlantRequest(string RoutingKey, int Seconds);

/// <summary><c>PUT planted-failures</c>, in development only: a consumer fails for one key for a while, as a bug would make it.</summary>
public static class PlantedFailureEndpoint
{
    private const int KeyLengthMax = 200;
    private const int SecondsMax = 3_600;

    /// <summary>Adds it to the admin routes of a service, where the environment is Development.</summary>
    public static void MapPlantedFailures(this IEndpointRouteBuilder admin)
    {
        if (!admin.ServiceProvider.GetRequiredService<IHostEnvironment>().IsDevelopment())
        {
            return;
        }

        admin.MapPut("/planted-failures", PlantAsync).RequireRole(OperatorRole.Admin);
    }

    private static async Task<IResult> PlantAsync(
        PlantRequest request, PlantedFailures planted, OperatorName by, IEventStore store, TimeProvider clock, CancellationToken cancel)
    {
        if (request.RoutingKey is not { Length: > 0 and <= KeyLengthMax })
        {
            return Problems.Invalid("routingKey", $"Must be 1 to {KeyLengthMax} characters.");
        }

        if (request.Seconds is < 1 or > SecondsMax)
        {
            return Problems.Invalid("seconds", $"Must be 1 to {SecondsMax}.");
        }

        var act = new OperatorAct(
            clock.GetUtcNow(),
            by.Value,
            "failure-planted",
            "for development",
            After: new JsonObject { ["routingKey"] = request.RoutingKey, ["seconds"] = request.Seconds },
            Subject: $"key/{request.RoutingKey}");
        await store.AppendAsync(new AppendUnit { Rows = [act.ToRow()] }, cancel);
        planted.Plant(request.RoutingKey, TimeSpan.FromSeconds(request.Seconds));
        return Results.NoContent();
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PlantRequest))]
internal sealed partial class PlantedFailureJson : JsonSerializerContext;
