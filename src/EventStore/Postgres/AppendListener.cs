using Microsoft.Extensions.Logging;
using Npgsql;

namespace Payments.EventStore.Postgres;

/// <summary>Listens for appends that other stores commit, and wakes the readers of this one.</summary>
/// <param name="instance">The sender of our own appends: readers get those handed over and need no waking.</param>
/// <param name="onLost">Called when the server went away.</param>
internal sealed partial class AppendListener(
    string instance, NpgsqlDataSource database, CommitFeed feed, Action onLost, TimeProvider clock, ILogger log) : IAsyncDisposable
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _starting = new();
    private Task? _loop;

    /// <summary>Starts listening, once.</summary>
    public void Start()
    {
        lock (_starting)
        {
            _loop ??= Task.Run(RunAsync);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await (_loop ?? Task.CompletedTask);
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await ListenAsync(_stop.Token);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception trouble) when (trouble is NpgsqlException or InvalidOperationException or IOException or TimeoutException)
            {
                // Readers look for themselves meanwhile, only later.
                onLost();
                LogLost(log, trouble.Message);
                await Task.Delay(RetryAfter, clock, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task ListenAsync(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        connection.Notification += (_, heard) =>
        {
            if (heard.Payload != instance)
            {
                feed.Notify();
            }
        };
        await using (var listen = new NpgsqlCommand("listen appended", connection))
        {
            await listen.ExecuteNonQueryAsync(cancel);
        }

        feed.Notify(); // Something may have been committed while nobody listened.
        while (true)
        {
            await connection.WaitAsync(cancel);
        }
    }

    [LoggerMessage(
        EventId = 2007,
        Level = LogLevel.Warning,
        Message = "Lost the connection that listens for appends; trying again: {Reason}")]
    private static partial void LogLost(ILogger log, string reason);
}
