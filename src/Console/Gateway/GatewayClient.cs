using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Payments.Contracts.Operators;
using Payments.ServiceDefaults.Callers;

namespace Payments.Console.Gateway;

/// <summary>Asks the gateway, and orders. Trouble is part of the answer, since every page has to show it.</summary>
public sealed class GatewayClient(
    IHttpClientFactory clients, GatewayHealth health, IConfiguration configuration, IHostEnvironment environment, TimeProvider clock)
{
    /// <summary>The name of the HTTP client, and of the service in the configuration.</summary>
    public const string Service = "gateway";

    /// <summary>A dry run of many messages takes its time; the gateway itself gives up a little earlier.</summary>
    public static readonly TimeSpan OrderWithin = TimeSpan.FromSeconds(45);

    private const string ApprovalGate =
        "It is about so much that a second person must agree. It waits under Approvals; nothing has been done yet.";

    private static readonly TimeSpan AskWithin = TimeSpan.FromSeconds(5);

    // The gateway accepts this one in Development only, so elsewhere a forgotten key is told by the banner.
    private readonly string _apiKey = configuration["Console:ApiKey"] ?? (environment.IsDevelopment() ? "dev-key" : "");

    /// <summary>Asks with the console's own key, which may look: whoever watches the same thing shares the answer.</summary>
    public Task<Answer<T>> GetAsync<T>(string path, CancellationToken cancel)
        where T : class =>
        SendAsync<T>(() => new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative)), null, AskWithin, cancel);

    /// <summary>Asks in a session.</summary>
    internal Task<Answer<T>> GetAsync<T>(string path, string? session, CancellationToken cancel)
        where T : class =>
        SendAsync<T>(() => new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative)), session ?? "", AskWithin, cancel);

    /// <summary>Orders something in a session; never with the console's own key.</summary>
    internal Task<Answer<TAnswer>> PostAsync<TOrder, TAnswer>(string path, TOrder order, Sender sender, CancellationToken cancel)
        where TAnswer : class => SendAsync<TAnswer>(() => Order(path, order, sender), sender.Session ?? "", OrderWithin, cancel);

    /// <summary>Whether it is a session still. When the gateway cannot tell, it is.</summary>
    internal async Task<bool> IsSessionAsync(string? session, CancellationToken cancel) =>
        session is not null
        && await GetAsync<MeAnswer>(OperatorPaths.Me, session, cancel) is not { Trouble.Kind: TroubleKind.SignedOut };

    private static HttpRequestMessage Order<TOrder>(string path, TOrder order, Sender sender)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative))
        {
            Content = JsonContent.Create(order, (JsonTypeInfo<TOrder>)GatewayJson.Default.GetTypeInfo(typeof(TOrder))!),
        };
        if (sender.IdempotencyKey is { } key)
        {
            request.Headers.Add(PlatformHeaders.IdempotencyKey, key);
        }

        if (sender.Approval is { } approval)
        {
            request.Headers.Add(PlatformHeaders.Approval, approval.ToString("D"));
        }

        return request;
    }

    // Session: null for the console's own key, empty for somebody who is nobody.
    private async Task<Answer<T>> SendAsync<T>(Func<HttpRequestMessage> make, string? session, TimeSpan within, CancellationToken cancel)
        where T : class
    {
        using var deadline = new CancellationTokenSource(within, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, deadline.Token);
        var answer = await TrySendAsync<T>(make, session, cancel, either.Token);
        health.Report(answer.Trouble is { Kind: TroubleKind.Unreachable or TroubleKind.KeyRefused } trouble ? trouble : null);
        return answer;
    }

    private async Task<Answer<T>> TrySendAsync<T>(
        Func<HttpRequestMessage> make, string? session, CancellationToken cancel, CancellationToken either)
        where T : class
    {
        using var request = make();
        if (session is null)
        {
            request.Headers.TryAddWithoutValidation(PlatformHeaders.ApiKey, _apiKey);
        }
        else if (session.Length > 0)
        {
            request.Headers.Authorization = new("Bearer", session);
        }

        var client = clients.CreateClient(Service);
        try
        {
            using var response = await client.SendAsync(request, either);
            return !response.IsSuccessStatusCode ? new(null, await TroubleAsync(response, session is not null, either))
                : NeedsApproval(response) ? new(null, new(TroubleKind.NeedsApproval, ApprovalGate))
                : response.StatusCode is HttpStatusCode.NoContent or HttpStatusCode.Accepted && typeof(T) == typeof(NoAnswer)
                    ? new((T)(object)NoAnswer.It, null)
                : new(await response.Content.ReadFromJsonAsync((JsonTypeInfo<T>)GatewayJson.Default.GetTypeInfo(typeof(T))!, either), null);
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException || IsTimeout(fault, cancel))
        {
            return new(null, new(TroubleKind.Unreachable, $"The gateway at {client.BaseAddress?.Authority} does not answer."));
        }
        catch (JsonException)
        {
            return new(null, new(TroubleKind.Refused, "The gateway's answer makes no sense to this version of the console."));
        }
    }

    // The order is written down, and not carried out: the service says under which id.
    private static bool NeedsApproval(HttpResponseMessage response) =>
        response.StatusCode == HttpStatusCode.Accepted && response.Headers.Contains(PlatformHeaders.Approval);

    private static bool IsTimeout(Exception fault, CancellationToken cancel) =>
        fault is OperationCanceledException && !cancel.IsCancellationRequested;

    private static async Task<Trouble> TroubleAsync(HttpResponseMessage response, bool isOfPerson, CancellationToken cancel)
    {
        var problem = response.Content.Headers.ContentType?.MediaType == "application/problem+json"
            ? await response.Content.ReadFromJsonAsync(GatewayJson.Default.ProblemView, cancel)
            : null;
        var fields = problem?.Errors?.SelectMany(field => field.Value).ToList();
        var message = fields is { Count: > 0 }
            ? string.Join(' ', fields)
            : problem?.Detail ?? problem?.Title ?? $"The gateway answered with status {(int)response.StatusCode}.";
        return response.StatusCode switch
        {
            HttpStatusCode.NotFound => new(TroubleKind.NotFound, message),
            HttpStatusCode.Unauthorized when isOfPerson => new(TroubleKind.SignedOut, message),
            HttpStatusCode.Forbidden when isOfPerson => new(TroubleKind.Refused, message),
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden =>
                new(TroubleKind.KeyRefused, $"The gateway does not accept the console's API key: {message}"),
            >= HttpStatusCode.InternalServerError => new(TroubleKind.Unreachable, message),
            _ => new(TroubleKind.Refused, message),
        };
    }
}

/// <summary>Who orders, and how the order is known again.</summary>
/// <param name="Session">The token of an operator's session; null for nobody's.</param>
/// <param name="IdempotencyKey">The same again for the same order; null for what has no effect, or needs none.</param>
/// <param name="Approval">The order of somebody else that this, the same, approves.</param>
internal readonly record struct Sender(string? Session, string? IdempotencyKey, Guid? Approval);
