using System.Data;
using Npgsql;

namespace Payments.EventStore.Postgres;

/// <summary>
/// The one connection that a store appends through, kept open: no session reset between commits, and its statement stays prepared.
/// </summary>
/// <remarks>
/// Used by one commit at a time. Whether statements are prepared is the connection string's to say (<c>Max Auto Prepare</c>).
/// </remarks>
internal sealed class WriteConnection(NpgsqlDataSource database) : IAsyncDisposable
{
    private NpgsqlConnection? _connection;
    private volatile bool _doubtful;

    public async ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancel)
    {
        if (_connection is { } known && (_doubtful || known.State != ConnectionState.Open))
        {
            database.Clear(); // What is pooled beside it is as dead.
            await DisposeAsync();
        }

        return _connection ??= await database.OpenConnectionAsync(cancel);
    }

    /// <summary>
    /// The server went away, says somebody else: better open a new connection than find out with an append whose outcome is then unknown.
    /// </summary>
    public void Doubt() => _doubtful = true;

    public async ValueTask DisposeAsync()
    {
        _doubtful = false;
        if (_connection is { } connection)
        {
            _connection = null;
            await connection.DisposeAsync();
        }
    }
}
