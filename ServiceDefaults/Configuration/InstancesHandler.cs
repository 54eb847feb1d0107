namespace Payments.ServiceDefaults;

/// <summary>
/// Of a service's instances, asks the one that answered last, and where nobody listens the next one. What may have arrived is never sent
/// again: whether that is safe only the caller knows.
/// </summary>
/// <param name="addresses">More than one.</param>
internal sealed class InstancesHandler(IReadOnlyList<Uri> addresses) : DelegatingHandler
{
    private int _current;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var first = Volatile.Read(ref _current);
        for (var tried = 1; ; tried++)
        {
            var index = (first + tried - 1) % addresses.Count;
            request.RequestUri = new Uri(addresses[index], request.RequestUri!.PathAndQuery);
            try
            {
                var answer = await base.SendAsync(request, cancellationToken);
                Volatile.Write(ref _current, index);
                return answer;
            }
            catch (Exception nobody) when (
                tried < addresses.Count && IsNoConnection(nobody) && !cancellationToken.IsCancellationRequested)
            {
                // Nothing was sent: the next one, then.
            }
        }
    }

    // At this place a time that is over is the connection's: the client's own comes as a cancellation.
    private static bool IsNoConnection(Exception trouble) => trouble is
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError }
        or OperationCanceledException { InnerException: TimeoutException };
}
