using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Payments.EventStore.Contract;
using Payments.ServiceDefaults.Errors;

namespace Payments.Hosting;

/// <summary>Trouble with the event store or with another service: 503, and the same request with the same key may be sent again.</summary>
internal sealed partial class StoreProblems(ILogger<StoreProblems> log) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        // HttpClient's own time limit is a cancellation with a TimeoutException inside.
        if (exception is not (StoreUnavailableException or HttpRequestException
            or TaskCanceledException { InnerException: TimeoutException }))
        {
            return false;
        }

        LogTrouble(log, httpContext.Request.Method, httpContext.Request.Path, exception);
        await Problems
            .Unavailable("A part that this needs does not answer. Repeat the request as it is: its idempotency key makes that safe.")
            .ExecuteAsync(httpContext);
        return true;
    }

    [LoggerMessage(EventId = 4007, Level = LogLevel.Warning, Message = "{Method} {Path} answered 503")]
    private static partial void LogTrouble(ILogger log, string method, string path, Exception trouble);
}
