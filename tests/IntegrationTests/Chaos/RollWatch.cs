using System.Collections.Concurrent;
using System.Diagnostics;
using IntegrationTests.WholeSystem;
using Npgsql;

namespace IntegrationTests.Chaos;

/// <summary>
/// Looks on during a roll: answers of 5xx outside of the moments in which an instance restarts, and writes that a table's lock holds up for
/// a second, which PostgreSQL itself tells.
/// </summary>
internal sealed class RollWatch : IAsyncDisposable
{
    private const double BlockedMax = 1.0;

    // After an instance is healthy, the gateway's probe has to see it.
    private static readonly TimeSpan Aftermath = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
    private readonly ConcurrentQueue<(long At, string What)> _errors = new();
    private readonly ConcurrentQueue<(long From, long Until)> _restarts = new();
    private readonly Task[] _watching;
    private double _blockedMost;
    private string? _blocked;
    private int _answers;
    private long _deposited;

    public RollWatch(Deployment deployment, Guid wallet)
    {
        string[] databases = [deployment.Databases.Payments, deployment.Databases.Wallets, deployment.Databases.Sagas];
        _watching = [Task.Run(() => AskAsync(deployment.Gateway, wallet)), .. databases.Select(d => Task.Run(() => LookAsync(d)))];
    }

    /// <summary>Minor units that were paid into the wallet by who asks all the time.</summary>
    public long Deposited => Volatile.Read(ref _deposited);

    /// <summary>An instance restarts until this is disposed.</summary>
    public IDisposable Restarting() => new Restart(this);

    /// <summary>Stops looking, and says what was seen.</summary>
    public async Task<string> EndAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_watching);
        var unexplained = _errors.Where(e => !_restarts.Any(r =>
            e.At >= r.From && e.At <= r.Until + (long)(Aftermath.TotalSeconds * Stopwatch.Frequency))).Select(e => e.What).ToList();
        Assert.Equal([], unexplained);
        Assert.True(_blockedMost < BlockedMax, $"For {_blockedMost:F1} s: {_blocked}");
        return $"{_answers} answers, {_errors.Count} errors, all within restarts; " +
            $"a write waited for a table for {_blockedMost * 1000:F0} ms at most";
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_watching).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task AskAsync(Uri gateway, Guid wallet)
    {
        using var api = new Api(gateway);
        var unanswered = false;
        for (var key = Api.Fresh("roll"); !_stop.IsCancellationRequested || unanswered; await Task.Delay(Between, CancellationToken.None))
        {
            try
            {
                unanswered = true;

                // Under the same key until it is done, so that each is counted once.
                using var answer = await api.PostAsync($"/api/wallets/{wallet}/deposits", """{"amount":1,"currency":"USD"}""", key);
                _answers++;
                if (answer.IsSuccessStatusCode)
                {
                    Interlocked.Increment(ref _deposited);
                    (key, unanswered) = (Api.Fresh("roll"), false);
                }
                else
                {
                    _errors.Enqueue((Stopwatch.GetTimestamp(), $"{(int)answer.StatusCode}"));
                }
            }
            catch (HttpRequestException unreachable)
            {
                _errors.Enqueue((Stopwatch.GetTimestamp(), unreachable.Message));
            }
        }
    }

    private async Task LookAsync(string database)
    {
        await using var source = NpgsqlDataSource.Create(database);
        while (!_stop.IsCancellationRequested)
        {
            await using var command = source.CreateCommand(
                "select extract(epoch from clock_timestamp() - l.waitstart)::float8, " +
                "format('%s %s %s', l.relation::regclass, l.mode, a.query) from pg_locks l " +
                "join pg_stat_activity a using (pid) where not l.granted and l.locktype = 'relation' " +
                "and l.mode = 'RowExclusiveLock' and l.waitstart is not null order by 1 desc limit 1");
            await using var reader = await command.ExecuteReaderAsync(CancellationToken.None);
            if (await reader.ReadAsync(CancellationToken.None) && reader.GetDouble(0) > _blockedMost)
            {
                (_blockedMost, _blocked) = (reader.GetDouble(0), reader.GetString(1));
            }

            await Task.Delay(Between, CancellationToken.None);
        }
    }

    private sealed class Restart(RollWatch watch) : IDisposable
    {
        private readonly long _from = Stopwatch.GetTimestamp();

        public void Dispose() => watch._restarts.Enqueue((_from, Stopwatch.GetTimestamp()));
    }
}
