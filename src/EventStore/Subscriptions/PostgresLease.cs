using Npgsql;

namespace Payments.EventStore.Subscriptions;

/// <summary>An advisory lock and the connection that it lives on, watched: when that breaks, the lock is another's.</summary>
internal sealed class PostgresLease : ILease
{
    private const int AnswerTimeoutSeconds = 10;
    private static readonly TimeSpan AskEvery = TimeSpan.FromSeconds(5);

    private readonly NpgsqlConnection _connection;
    private readonly string _name;
    private readonly CancellationTokenSource _lost = new();
    private readonly CancellationTokenSource _release = new();
    private readonly Task _watching;

    public PostgresLease(NpgsqlConnection connection, string name)
    {
        _connection = connection;
        _name = name;
        Lost = _lost.Token;
        _watching = Task.Run(WatchAsync);
    }

    public CancellationToken Lost { get; }

    public async ValueTask DisposeAsync()
    {
        await _release.CancelAsync();
        await _watching;
        try
        {
            await using var unlock = new NpgsqlBatch(_connection)
            {
                Timeout = AnswerTimeoutSeconds,
                BatchCommands =
                {
                    new($"select pg_advisory_unlock({PostgresLeadership.Key("$1")})") { Parameters = { new() { Value = _name } } },
                    new("reset all"), // The session goes back to its pool.
                },
            };
            await unlock.ExecuteNonQueryAsync();
        }
        catch (Exception gone) when (gone is NpgsqlException or IOException or TimeoutException or InvalidOperationException)
        {
            // With the connection went the lock.
        }

        await _connection.DisposeAsync();
        _lost.Dispose();
        _release.Dispose();
    }

    // Reading from the connection tells at once when the server ends it; asking tells when nothing comes any more at all.
    private async Task WatchAsync()
    {
        try
        {
            while (true)
            {
                await _connection.WaitAsync(AskEvery, _release.Token);
                await using var ask = new NpgsqlCommand("select 1", _connection) { CommandTimeout = AnswerTimeoutSeconds };
                await ask.ExecuteNonQueryAsync(_release.Token);
            }
        }
        catch (OperationCanceledException) when (_release.IsCancellationRequested)
        {
        }
        catch (Exception broken) when (broken is NpgsqlException or IOException or TimeoutException or InvalidOperationException)
        {
            await _lost.CancelAsync();
        }
    }
}
