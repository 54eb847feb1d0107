using System.Net.Sockets;
using Payments.ServiceDefaults.Errors;
using Yarp.ReverseProxy.Forwarder;

namespace Payments.Gateway.Proxying;

/// <summary>
/// Only what goes wrong between the gateway and an instance counts against the instance. What cannot even be sent (a header, a method, an
/// address that HttpClient refuses) is the fault of the request: a 400, and no step towards taking a healthy instance out.
/// </summary>
internal static class TransportFailures
{
    /// <summary>Behind the passive health checks, before the forwarding.</summary>
    public static async Task AloneCountAsync(HttpContext context, RequestDelegate next)
    {
        await next(context);
        if (context.GetForwarderErrorFeature() is not { Exception: { } fault } || IsOfTransport(fault))
        {
            return;
        }

        context.Features.Set<IForwarderErrorFeature>(null);
        if (!context.Response.HasStarted)
        {
            await Problems.Refused(400, ProblemCodes.InvalidRequest, "The request cannot be passed on as it is.").ExecuteAsync(context);
        }
    }

    private static bool IsOfTransport(Exception? fault) =>
        fault is IOException or SocketException or OperationCanceledException or TimeoutException
        || (fault is not null && IsOfTransport(fault.InnerException));
}
