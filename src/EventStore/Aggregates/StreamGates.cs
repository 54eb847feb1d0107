using Payments.EventStore.Contract;

namespace Payments.EventStore.Aggregates;

/// <summary>Lets the writers of this process decide on a stream one after the other, in the order in which they came.</summary>
/// <remarks>
/// Without it the version check still keeps the stream right, but writers of a busy one refuse each other: most attempts are in vain, and a
/// batch over many busy streams never finds all of them as it left them. Between processes only the version check stands.
/// </remarks>
internal sealed class StreamGates
{
    private readonly Lock _gate = new();
    private readonly Dictionary<StreamId, TaskCompletionSource> _lastInLine = [];

    /// <summary>Waits until all writers who came before have left these streams. Dispose to leave.</summary>
    /// <remarks>One takes its place in every line in one moment: so no two can wait for each other.</remarks>
    public async Task<IDisposable> EnterAsync(IEnumerable<StreamId> streams, CancellationToken cancel)
    {
        var pass = new Pass(this, [.. streams.Distinct()]);
        List<Task> before = [];
        lock (_gate)
        {
            foreach (var stream in pass.Streams)
            {
                if (_lastInLine.TryGetValue(stream, out var last))
                {
                    before.Add(last.Task);
                }

                _lastInLine[stream] = pass.Left;
            }
        }

        var turn = Task.WhenAll(before);
        try
        {
            await turn.WaitAsync(cancel);
        }
        catch (OperationCanceledException)
        {
            // Those behind still wait for those before.
            _ = turn.ContinueWith(_ => pass.Dispose(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            throw;
        }

        return pass;
    }

    private void Leave(Pass pass)
    {
        lock (_gate)
        {
            foreach (var stream in pass.Streams)
            {
                if (_lastInLine.GetValueOrDefault(stream) == pass.Left)
                {
                    _lastInLine.Remove(stream);
                }
            }
        }

        pass.Left.TrySetResult();
    }

    private sealed class Pass(StreamGates gates, IReadOnlyList<StreamId> streams) : IDisposable
    {
        public IReadOnlyList<StreamId> Streams => streams;

        public TaskCompletionSource Left { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Dispose() => gates.Leave(this);
    }
}
