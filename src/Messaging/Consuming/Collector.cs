using Confluent.Kafka;

namespace Payments.Messaging.Consuming;

/// <summary>Collects batches from a Kafka consumer on a thread of its own.</summary>
/// <remarks>
/// The Kafka client's wait for a message blocks. On the thread pool, which starts with one thread a core, a few waiting consumers would
/// hold up every request of the process.
/// </remarks>
internal sealed class Collector<TRecord> : IDisposable
{
    private readonly SemaphoreSlim _asked = new(0);
    private readonly Func<List<TRecord>> _collect;
    private TaskCompletionSource<List<TRecord>> _answer = new();
    private volatile bool _closed;

    /// <param name="collect">Blocks until there is something, or for a short while.</param>
    public Collector(string name, Func<List<TRecord>> collect)
    {
        _collect = collect;
        new Thread(Run) { IsBackground = true, Name = name }.Start();
    }

    /// <summary>The next batch, perhaps empty. One caller at a time.</summary>
    /// <exception cref="KafkaException">As the consumer throws it.</exception>
    public Task<List<TRecord>> NextAsync()
    {
        var answer = _answer = new TaskCompletionSource<List<TRecord>>(TaskCreationOptions.RunContinuationsAsynchronously);
        _asked.Release();
        return answer.Task;
    }

    public void Dispose()
    {
        _closed = true;
        _asked.Release();
    }

    private void Run()
    {
        while (true)
        {
            _asked.Wait();
            if (_closed)
            {
                _asked.Dispose();
                return;
            }

            try
            {
                _answer.SetResult(_collect());
            }
            catch (Exception failure)
            {
                _answer.SetException(failure); // Thrown again where the batch is awaited.
            }
        }
    }
}
