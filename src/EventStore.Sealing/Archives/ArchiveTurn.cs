using Npgsql;

namespace Payments.EventStore.Sealing.Archives;

/// <summary>One archives or restores at a time, over all processes. Dispose to let the next one.</summary>
/// <remarks>
/// The lock belongs to a transaction that does nothing else, so it also holds through a pooler that hands connections around.
/// </remarks>
internal sealed class ArchiveTurn : IAsyncDisposable
{
    private const long LockId = 0x61726368697665; // "archive"

    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlTransaction _transaction;

    private ArchiveTurn(NpgsqlConnection connection, NpgsqlTransaction transaction)
    {
        _connection = connection;
        _transaction = transaction;
    }

    /// <summary>Null: it is somebody else's.</summary>
    public static async Task<ArchiveTurn?> TryAcquireAsync(NpgsqlDataSource database, CancellationToken cancel)
    {
        var connection = await database.OpenConnectionAsync(cancel);
        var turn = new ArchiveTurn(connection, await connection.BeginTransactionAsync(cancel));
        await using var command = new NpgsqlCommand($"select pg_try_advisory_xact_lock({LockId})", connection);
        if ((bool)(await command.ExecuteScalarAsync(cancel))!)
        {
            return turn;
        }

        await turn.DisposeAsync();
        return null;
    }

    public async ValueTask DisposeAsync()
    {
        await _transaction.DisposeAsync();
        await _connection.DisposeAsync();
    }
}
