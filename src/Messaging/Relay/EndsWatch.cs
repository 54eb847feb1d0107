using Confluent.Kafka;
using Payments.Messaging.Topics;

namespace Payments.Messaging.Relay;

/// <summary>
/// Asks the broker, every few seconds beside the relay's work, where partitions end. Behind the books: it has lost messages, or the whole
/// topic, which somebody has created again. Nothing else may tell of it for long, where nothing is sent.
/// </summary>
internal sealed class EndsWatch(ProgressListener listener, TimeProvider clock)
{
    private static readonly TimeSpan AskEvery = TimeSpan.FromSeconds(5);

    /// <summary>Short: a relay that stops waits for it.</summary>
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(2);

    private long _askedAt = clock.GetTimestamp();
    private Dictionary<PartitionOf, long> _books = [];
    private Task<Dictionary<PartitionOf, long>>? _asked;

    /// <summary>Called by the bookkeeper, all the time.</summary>
    /// <returns>The partitions that end before where the books have them, as last asked.</returns>
    /// <exception cref="KafkaException">A topic or partition is not there.</exception>
    public IReadOnlyList<PartitionOf> Behind(RelayLedger ledger)
    {
        if (_asked is { IsCompleted: true } answered)
        {
            _asked = null;
            return answered switch
            {
                { IsCompletedSuccessfully: true } => [.. answered.Result.Where(e => e.Value < _books[e.Key]).Select(e => e.Key)],
                { Exception.InnerException: KafkaException away } when !TopicKeeper.IsMissingTopic(away) => [], // Asked again.
                _ => throw answered.Exception!.InnerException!,
            };
        }

        if (_asked is null && clock.GetElapsedTime(_askedAt) >= AskEvery)
        {
            _askedAt = clock.GetTimestamp();
            _books = ledger.Published.ToDictionary(p => p.Key, p => p.Value.EndOffset); // Now: what comes meanwhile only adds to it.
            _asked = Task.Run(() => listener.Ends(_books.Keys, AnswerWithin));
        }

        return [];
    }

    /// <summary>Whoever owns the listener closes it next: it must not be asked any more.</summary>
    public async Task StopAsync()
    {
        if (_asked is { } asked)
        {
            await ((Task)asked).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
