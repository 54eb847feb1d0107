using System.Collections.Concurrent;
using Payments.Console.Gateway;

namespace Payments.Console.Live;

/// <summary>
/// The questions that pages keep asking. However many consoles show the same page, the gateway is asked once a second; what nobody looks
/// at is not asked.
/// </summary>
public sealed class LiveAnswers(GatewayClient gateway, TimeProvider clock, IHostApplicationLifetime lifetime)
{
    private readonly ConcurrentDictionary<string, object> _questions = new(StringComparer.Ordinal);

    /// <summary>Calls <paramref name="show"/> with every answer, on a thread of the pool, until disposed.</summary>
    /// <param name="path">Path and query at the gateway.</param>
    public LiveAnswer<T>.Watcher Watch<T>(string path, Action<Answer<T>> show)
        where T : class
    {
        while (true)
        {
            var question = (LiveAnswer<T>)_questions.GetOrAdd(
                path, _ => new LiveAnswer<T>(cancel => gateway.GetAsync<T>(path, cancel), clock, lifetime.ApplicationStopping));
            if (question.TryWatch(show, () => _questions.TryRemove(KeyValuePair.Create(path, (object)question))) is { } watcher)
            {
                return watcher;
            }
        }
    }
}
