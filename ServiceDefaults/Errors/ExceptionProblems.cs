using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Payments.ServiceDefaults.Errors;

/// <summary>The edge of a request: bad input names its field, trouble asks to come back, a bug is logged, its details untold.</summary>
internal sealed partial class ExceptionProblems(IProblemDetailsService problems, ILogger<ExceptionProblems> log) : IExceptionHandler
{
    private const string TroubleDetail =
        "A part that this needs does not answer. Repeat the request as it is: its idempotency key makes that safe.";
    private const string BugDetail = "An unexpected error. It has been logged.";

    public async ValueTask<bool> TryHandleAsync(HttpContext context, Exception exception, CancellationToken cancellationToken)
    {
        if (context.RequestAborted.IsCancellationRequested && exception is OperationCanceledException or IOException)
        {
            context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;   // Nobody is there to read a body.
            return true;
        }

        await problems.WriteAsync(new ProblemDetailsContext { HttpContext = context, ProblemDetails = Describe(context, exception) });
        return true;
    }

    private ProblemDetails Describe(HttpContext context, Exception exception)
    {
        switch (exception)
        {
            case BadHttpRequestException bad:
                return BadRequestReader.Read(bad);
            case NpgsqlException { IsTransient: true } or PostgresException { SqlState: ['5', '7', 'P', ..] } or TimeoutException:
                LogTrouble(context.Request.Method, context.Request.Path, exception);
                return Problems.Unavailable(TroubleDetail).ProblemDetails;
            default:
                LogBug(context.Request.Method, context.Request.Path, exception);
                return Problems.Details(StatusCodes.Status500InternalServerError, ProblemCodes.Internal, BugDetail);
        }
    }

    [LoggerMessage(1009, LogLevel.Warning, "{Method} {Path} answered 503: a dependency is in trouble.")]
    private partial void LogTrouble(string method, string path, Exception exception);

    [LoggerMessage(1010, LogLevel.Error, "{Method} {Path} answered 500: an exception that nobody expected.")]
    private partial void LogBug(string method, string path, Exception exception);
}
