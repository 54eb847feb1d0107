using Microsoft.AspNetCore.Diagnostics;
using Payments.ServiceDefaults.Errors;

namespace Payments.Gateway.Operators;

/// <summary>
/// The gateway asks no other database than the operators'. While it is away whoever wants to sign in, or comes in a session, is told just
/// that.
/// </summary>
internal sealed partial class OperatorsAway(ILogger<OperatorsAway> log) : IExceptionHandler
{
    private const int RetryAfterSeconds = 5;

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (!OperatorsDatabase.IsAway(exception))
        {
            return false;
        }

        LogAway(httpContext.Request.Method, httpContext.Request.Path, exception);
        await Problems.Unavailable(
            "The operators' database is unavailable: nobody can sign in, and no session can be checked. Payments with API keys go on.",
            RetryAfterSeconds).ExecuteAsync(httpContext);
        return true;
    }

    [LoggerMessage(8004, LogLevel.Warning, "{Method} {Path} answered 503: the operators' database is away.")]
    private partial void LogAway(string method, string path, Exception exception);
}
