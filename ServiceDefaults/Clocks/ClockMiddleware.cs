using Microsoft.AspNetCore.Http;
using Payments.ServiceDefaults.Errors;

namespace Payments.ServiceDefaults.Clocks;

/// <summary>An instance whose clock is far off takes no writes: 503, and another instance may. Questions are answered.</summary>
internal sealed class ClockMiddleware(RequestDelegate next, IProblemDetailsService problems, DatabaseClock? clock = null)
{
    private const int RetryAfterSeconds = 5;

    public async Task InvokeAsync(HttpContext context)
    {
        var method = context.Request.Method;
        if (clock is null || clock.TakesPartWith()
            || HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method))
        {
            await next(context);
            return;
        }

        var problem = Problems.Details(
            StatusCodes.Status503ServiceUnavailable,
            ProblemCodes.ClockOff,
            $"This instance's clock is {ClockLimits.Words(clock.Skew)}, so it takes no requests that change something. " +
            "Nothing was done. Repeat the request as it is.",
            retryAfterSeconds: RetryAfterSeconds);
        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        await problems.WriteAsync(new ProblemDetailsContext { HttpContext = context, ProblemDetails = problem });
    }
}
