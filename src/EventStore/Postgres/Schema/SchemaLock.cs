using Npgsql;

namespace Payments.EventStore.Postgres.Schema;

/// <summary>A transaction's advisory lock, so that of several instances one changes the schema. Also holds through a pooler.</summary>
/// <remarks>
/// An index that is built concurrently waits for every transaction that has an older snapshot. So nobody who waits for the lock, and nobody
/// who holds it over a build, has one: it is asked for in one short transaction after the other.
/// </remarks>
internal sealed class SchemaLock : IAsyncDisposable
{
    /// <summary>Held for a file, never for long. Earlier versions hold it for all of their files.</summary>
    public const long Files = 0x7061796d656e7473; // "payments"

    /// <summary>Held as long as it takes to build an index.</summary>
    public const long Indexes = Files + 1;

    // A command without a snapshot: it takes the place of the last query, which keeps its own until then.
    private const string WithoutSnapshot = "set local idle_in_transaction_session_timeout = 0";

    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromMilliseconds(100);

    private readonly NpgsqlTransaction _transaction;

    private SchemaLock(NpgsqlConnection connection, NpgsqlTransaction transaction)
    {
        Connection = connection;
        _transaction = transaction;
    }

    /// <summary>
    /// In the transaction that holds the lock. No statement of it is cut short by the server's or the role's own timeout.
    /// </summary>
    public NpgsqlConnection Connection { get; }

    public static async Task<SchemaLock> AcquireAsync(NpgsqlDataSource database, long key, TimeProvider clock, CancellationToken cancel)
    {
        while (true)
        {
            if (await TryAcquireAsync(database, key, cancel) is { } held)
            {
                return held;
            }

            await Task.Delay(AskAgainAfter, clock, cancel);
        }
    }

    public Task ForgetSnapshotAsync(CancellationToken cancel) => ExecuteAsync(Connection, WithoutSnapshot, cancel);

    public Task CommitAsync(CancellationToken cancel) => _transaction.CommitAsync(cancel);

    public async ValueTask DisposeAsync()
    {
        await _transaction.DisposeAsync();
        await Connection.DisposeAsync();
    }

    private static async Task<SchemaLock?> TryAcquireAsync(NpgsqlDataSource database, long key, CancellationToken cancel)
    {
        var connection = await database.OpenConnectionAsync(cancel);
        NpgsqlTransaction? transaction = null;
        var taken = false;
        try
        {
            transaction = await connection.BeginTransactionAsync(cancel);
            await ExecuteAsync(connection, $"set local statement_timeout = 0; {WithoutSnapshot}", cancel);
            await using var take = new NpgsqlCommand($"select pg_try_advisory_xact_lock({key})", connection);
            taken = await take.ExecuteScalarAsync(cancel) is true;
            return taken ? new SchemaLock(connection, transaction) : null;
        }
        finally
        {
            if (!taken)
            {
                await (transaction?.DisposeAsync() ?? ValueTask.CompletedTask);
                await connection.DisposeAsync();
            }
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancel);
    }
}
