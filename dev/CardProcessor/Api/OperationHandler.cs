using System.Diagnostics;
using Payments.CardProcessor.Books;
using Payments.CardProcessor.Faults;
using Payments.CardProcessor.Postgres;
using Payments.ServiceDefaults.Errors;

namespace Payments.CardProcessor.Api;

/// <summary>Carries a request out and answers, or does not.</summary>
internal sealed class OperationHandler(
    PostgresLedger books, ProcessorOptions options, TimeProvider clock, IHostApplicationLifetime lifetime)
{
    public async Task<IResult> HandleAsync(Input input, ProcessorRequest request, FaultsOfRequest faults, HttpContext context)
    {
        if (input.Errors.Count > 0)
        {
            return Problems.Invalid(input.Errors);
        }

        return await books.ExecuteAsync(request, faults.Draw(request)) switch
        {
            Reply.Answer answer => Answer(answer.Operation, context),
            Reply.Lost => await HangAsync(context.RequestAborted),
            Reply.Failed => FaultMiddleware.Failure,
            Reply.Unavailable => FaultMiddleware.Outage,
            Reply.KeyReused => Problems.Unprocessable(
                "idempotency_key_reused", "This Idempotency-Key was used before, with another request."),
            _ => throw new UnreachableException(),
        };
    }

    private static IResult Answer(Operation operation, HttpContext context)
    {
        if (operation is not { Kind: OperationKind.Authorise, Status: OperationStatus.Approved })
        {
            return Results.Json(operation, ProcessorJson.Default.Operation);
        }

        context.Response.Headers.Location = $"/v1/authorisations/{operation.AuthorisationId}";
        return Results.Json(operation, ProcessorJson.Default.Operation, statusCode: StatusCodes.Status201Created);
    }

    private async Task<IResult> HangAsync(CancellationToken clientLeft)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(clientLeft, lifetime.ApplicationStopping);
        try
        {
            await Task.Delay(TimeSpan.FromMilliseconds(options.HangMs), clock, either.Token);
        }
        catch (OperationCanceledException) when (!clientLeft.IsCancellationRequested)
        {
            // The host stops: to the client, that is the same.
        }

        return Problems.Refused(
            StatusCodes.Status504GatewayTimeout,
            ProblemCodes.GatewayTimeout,
            "No answer in time. What happened can be looked up by the key.");
    }
}
