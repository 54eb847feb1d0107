using Payments.ServiceDefaults.Errors;

namespace Payments.CardProcessor.Faults;

/// <summary>
/// Stands before everything under <c>/v1</c> and makes go wrong what goes wrong before an effect; the rest is for the endpoint.
/// </summary>
internal sealed class FaultMiddleware(RequestDelegate next, FaultStore store, ProcessorOptions options, TimeProvider clock)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var faults = new FaultsOfRequest(
            Asked(context.Request), options.FaultControls ? await store.ReadAsync(context.RequestAborted) : FaultSettings.None);
        context.Features.Set(faults);
        if (faults.Latency > TimeSpan.Zero)
        {
            await Task.Delay(faults.Latency, clock, context.RequestAborted);
        }

        if (faults.Down)
        {
            await Outage.ExecuteAsync(context);
        }
        else if (faults.Asked.Error)
        {
            await Failure.ExecuteAsync(context);
        }
        else
        {
            await next(context);
        }
    }

    public static IResult Outage => Problems.Unavailable("The processor is down.");

    public static IResult Failure => Problems.Refused(
        StatusCodes.Status500InternalServerError, ProblemCodes.Internal, "The processor failed, before anything was done.");

    private AskedFaults Asked(HttpRequest request) => request.Headers[AskedFaults.Header] switch
    {
        [] => AskedFaults.None,
        _ when !options.FaultControls => throw new InvalidRequestException(AskedFaults.Header, "Fault controls are off here."),
        var values => AskedFaults.Parse(values.ToString(), HttpMethods.IsPost(request.Method), out var problem)
            ?? throw new InvalidRequestException(AskedFaults.Header, problem!),
    };
}
