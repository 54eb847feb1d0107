using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Payments.EventStore.Postgres;

/// <summary>Listens for appends that other processes commit, and wakes the readers of this one.</summary>
internal sealed partial class AppendListener(NpgsqlDataSource database, CommitFeed feed, TimeProvider clock, ILogger log) : IAsyncDisposable
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<int, bool> _own = new();
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

    /// <summary>Appends through this server process are our own: readers get them handed over and need no waking.</summary>
    public void Ignore(int serverProcess) => _own.TryAdd(serverProcess, true);

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
            catch (Exception trouble) when (trouble is NpgsqlException or InvalidOperationException or IOException)
            {
                // Readers look for themselves meanwhile, only later.
                LogLost(log, trouble.Message);
                await Task.Delay(RetryAfter, clock, CancellationToken.None);
            }
        }
    }

    private async Task ListenAsync(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        connection.Notification += (_, heard) =>
        {
            if (!_own.ContainsKey(heard.PID))
            {
                feed.Wake();
            }
        };
        await using (var listen = new NpgsqlCommand("listen appended", connection))
        {
            await listen.ExecuteNonQueryAsync(cancel);
        }

        feed.Wake(); // Something may have been committed while nobody listened.
        while (true)
        {
            await connection.WaitAsync(cancel);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Lost the connection that listens for appends; trying again: {Reason}")]
    private static partial void LogLost(ILogger log, string reason);
}
