using Microsoft.AspNetCore.Http;

namespace Payments.ServiceDefaults.Callers;

/// <summary>Who calls, as the gateway found. An endpoint takes it as a parameter; it is never part of the public contract.</summary>
/// <param name="ClientId">The API client, or <see cref="Internal"/> for a call that did not come through the gateway.</param>
/// <param name="CorrelationId">The request's <c>X-Correlation-Id</c>.</param>
public readonly record struct CallerIdentity(string ClientId, string CorrelationId)
{
    public const string Internal = "internal";

    /// <summary>The client that operators are who have signed in at the gateway; who it is, is in <c>X-Operator</c>.</summary>
    public const string SignedIn = "operator";

    public static CallerIdentity Of(HttpContext context) => new(
        context.Request.Headers[PlatformHeaders.ClientId] is [{ Length: > 0 } client, ..] ? client : Internal,
        Correlation.IdOf(context));

    /// <summary>Binds an endpoint's parameter.</summary>
    public static ValueTask<CallerIdentity> BindAsync(HttpContext context) => new(Of(context));
}
