using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.Features;
using Npgsql;
using Payments.Gateway.ApiKeys;
using Payments.Gateway.Operators;
using Payments.ServiceDefaults.Configuration;

namespace Payments.Gateway.Proxying;

/// <summary>
/// Who sets faults of the card processor's stand-in is in the trail like any act of an operator. The stand-in knows nothing of operators,
/// and keeps no trail: so the door does, and only when the change is made.
/// </summary>
internal sealed class CardFaultTrail(NpgsqlDataSource operators, IConfiguration configuration, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(5);

    private readonly HttpClient _processor = new(new SocketsHttpHandler { UseProxy = false })
    {
        BaseAddress = configuration.ServiceAddress(ProxyRoutes.CardProcessor),
        Timeout = AnswerWithin,
    };

    /// <summary>Lets a request through to the stand-in.</summary>
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (HttpMethods.IsGet(context.Request.Method))
        {
            await next(context);
            return;
        }

        var by = context.Features.GetRequiredFeature<ApiClient>();
        var act = new AccessAct(
            by.Person ?? by.Id,
            "card-faults-set",
            "for development",
            "card-processor/faults",
            await InForceAsync(context.RequestAborted),
            await AskedAsync(context.Request));
        await using var connection = await operators.OpenConnectionAsync(context.RequestAborted);
        await using var transaction = await connection.BeginTransactionAsync(context.RequestAborted);
        await AccessTrail.WriteAsync(connection, act, clock.GetUtcNow(), context.RequestAborted);
        await next(context);
        if (context.Response.StatusCode == StatusCodes.Status200OK)
        {
            await transaction.CommitAsync(CancellationToken.None);
        }
    }

    public void Dispose() => _processor.Dispose();

    /// <returns>Null when the processor does not tell: then it will not take the change either.</returns>
    private async Task<JsonNode?> InForceAsync(CancellationToken cancel)
    {
        try
        {
            return JsonNode.Parse(await _processor.GetStringAsync("/admin/faults", cancel));
        }
        catch (Exception trouble) when (trouble is HttpRequestException or OperationCanceledException && !cancel.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <returns>Null for what is no JSON: the processor refuses it.</returns>
    private static async Task<JsonNode?> AskedAsync(HttpRequest request)
    {
        if (HttpMethods.IsDelete(request.Method))
        {
            return new JsonObject();
        }

        request.EnableBuffering(); // No larger than any body may be.
        try
        {
            return await JsonNode.ParseAsync(request.Body, cancellationToken: request.HttpContext.RequestAborted);
        }
        catch (JsonException)
        {
            return null;
        }
        finally
        {
            request.Body.Position = 0;
        }
    }
}
