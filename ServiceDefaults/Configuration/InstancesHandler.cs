namespace Payments.ServiceDefaults.Configuration;

/// <summary>
/// Of a service's instances, asks the one that answered last, and where nobody listens the next one. One that is silent is left for the
/// next call; a request that changes nothing goes on to the next instance at once. What may have arrived and changes something is never
/// sent again: whether that is safe only the caller knows.
/// </summary>
/// <param name="addresses">More than one.</param>
/// <param name="silenceMax">How long a request that changes nothing waits for one instance; null: as long as the caller does, for those
/// who ask for a long poll.</param>
internal sealed class InstancesHandler(IReadOnlyList<Uri> addresses, TimeSpan? silenceMax) : DelegatingHandler
{
    private int _current;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var isSafe = request.Method == HttpMethod.Get || request.Method == HttpMethod.Head;
        var first = Volatile.Read(ref _current);
        for (var tried = 1; ; tried++)
        {
            var index = (first + tried - 1) % addresses.Count;
            var isLast = tried == addresses.Count;
            request.RequestUri = new Uri(addresses[index], request.RequestUri!.PathAndQuery);
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            if (isSafe && !isLast && silenceMax is { } silence)
            {
                patience.CancelAfter(silence);
            }

            try
            {
                var answer = await base.SendAsync(request, patience.Token);
                Volatile.Write(ref _current, index);
                return answer;
            }
            catch (Exception nobody) when (!isLast && IsNoConnection(nobody) && !cancellationToken.IsCancellationRequested)
            {
                // Nothing was sent: the next one, then.
            }
            catch (OperationCanceledException) when (!isLast && isSafe && !cancellationToken.IsCancellationRequested)
            {
                // Silent. The request changes nothing, wherever it arrives.
            }
            catch (OperationCanceledException)
            {
                Volatile.Write(ref _current, (index + 1) % addresses.Count);
                throw;
            }
        }
    }

    // At this place a time that is over is the connection's: the client's own comes as a cancellation.
    private static bool IsNoConnection(Exception trouble) => trouble is
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError }
        or OperationCanceledException { InnerException: TimeoutException };
}
