using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Payments.EventStore.Postgres;

/// <summary>Tells the stores of other processes that something was committed: at once, then at most every few milliseconds.</summary>
/// <remarks>
/// After the commit, not within it: a notification holds a lock that all databases of a server share, from its commit's first step to its
/// last, and so would put all logs on the server in one line. A notification that is lost costs other readers the second after which they
/// look for themselves.
/// </remarks>
internal sealed partial class AppendAnnouncer : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    /// <summary>How long a last announcement may take when the store is closed.</summary>
    private static readonly TimeSpan ClosingMax = TimeSpan.FromSeconds(1);

    private readonly Channel<bool> _wanted = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private readonly CancellationTokenSource _stop = new();
    private readonly string _instance;
    private readonly NpgsqlDataSource _database;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly Task _loop;

    /// <param name="instance">The sender, who needs not hear it.</param>
    public AppendAnnouncer(string instance, NpgsqlDataSource database, TimeProvider clock, ILogger log)
    {
        _instance = instance;
        _database = database;
        _clock = clock;
        _log = log;
        _loop = Task.Run(RunAsync);
    }

    public void Announce() => _wanted.Writer.TryWrite(true);

    /// <summary>Announces what is still to be announced.</summary>
    public async ValueTask DisposeAsync()
    {
        _wanted.Writer.TryComplete();
        _stop.CancelAfter(ClosingMax);
        await _loop;
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        while (await _wanted.Reader.WaitToReadAsync(CancellationToken.None))
        {
            _wanted.Reader.TryRead(out _);
            await NotifyAsync();
            await Task.Delay(Pause, _clock, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task NotifyAsync()
    {
        try
        {
            await using var notify = _database.CreateCommand("select pg_notify('appended', $1)");
            notify.Parameters.AddWithValue(_instance);
            await notify.ExecuteNonQueryAsync(_stop.Token);
        }
        catch (Exception trouble)
            when (trouble is NpgsqlException or OperationCanceledException or InvalidOperationException or IOException or TimeoutException)
        {
            LogUnheard(_log, trouble.Message);
        }
    }

    [LoggerMessage(
        EventId = 2006,
        Level = LogLevel.Information, Message = "Could not announce appends; other processes find them within a second: {Reason}")]
    private static partial void LogUnheard(ILogger log, string reason);
}
