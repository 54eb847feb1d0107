using System.Collections;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Payments.ServiceDefaults.Callers;

/// <summary>Takes a well-formed correlation id from the request or makes one, passes it on, returns it, logs it on every line.</summary>
internal sealed class CorrelationMiddleware(RequestDelegate next, TimeProvider clock, ILogger<CorrelationMiddleware> log)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var id = Correlation.WellFormed(context.Request.Headers[PlatformHeaders.CorrelationId])
            ?? Guid.CreateVersion7(clock.GetUtcNow()).ToString("D");
        context.Request.Headers[PlatformHeaders.CorrelationId] = id;
        context.Response.OnStarting(Return, context);
        using (log.BeginScope(new Correlation.Scope(id)))
        {
            await next(context);
        }
    }

    // At the start of the response, because an error clears the headers set before and a proxied answer brings its own.
    private static Task Return(object state)
    {
        var context = (HttpContext)state;
        context.Response.Headers[PlatformHeaders.CorrelationId] = context.Request.Headers[PlatformHeaders.CorrelationId];
        return Task.CompletedTask;
    }
}

internal static class Correlation
{
    private const int LengthMax = 64;

    public static string IdOf(HttpContext context) => context.Request.Headers[PlatformHeaders.CorrelationId].ToString();

    /// <summary>The id when it is safe to log and to return, else null.</summary>
    public static string? WellFormed(IReadOnlyList<string?> values) =>
        values is [{ Length: > 0 and <= LengthMax } id] && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') ? id : null;

    /// <summary>A log scope of one pair, without a dictionary a request.</summary>
    public sealed class Scope(string id) : IReadOnlyList<KeyValuePair<string, object?>>
    {
        public int Count => 1;

        public KeyValuePair<string, object?> this[int index] => new("correlationId", id);

        public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
        {
            yield return this[0];
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        public override string ToString() => id;
    }
}
