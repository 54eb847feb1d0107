using System.Data;
using System.Reflection;
using Npgsql;
using Payments.EventStore.Partitions;
using Payments.EventStore.Postgres.Schema;

namespace Payments.EventStore.Postgres;

/// <summary>
/// Applies numbered SQL files, embedded in an assembly as <c>Sql/NNN_name.sql</c>, in order and once, while others read and write: the
/// version before may be at work on the same database.
/// </summary>
/// <remarks>
/// Each file is a transaction of its own, all or nothing, so that the locks of one are gone before the next one's. A lock is waited for
/// briefly and tried again, because everybody else waits behind whoever waits for one. What is legitimate work is never cut short: no
/// command has a timeout. Indexes on tables that may be large have files of their own, see <see cref="SchemaFileKind"/>.
/// </remarks>
public static class SchemaMigrator
{
    private const int MonthsAhead = PartitionKeeper.MonthsAhead;

    /// <summary>
    /// Brings a database to where this version can serve: first the event store's own files, then those of each component, then the indexes
    /// that must be there before. Other indexes are left to <see cref="BuildIndexesAsync"/>.
    /// </summary>
    /// <exception cref="InvalidOperationException">
    /// A file that was applied before has been changed since: history is mended by a new file.
    /// </exception>
    /// <exception cref="SchemaBusyException">A table that a file changes was not to be had for a minute and a half.</exception>
    public static Task MigrateAsync(
        NpgsqlDataSource database,
        TimeProvider clock,
        CancellationToken cancel,
        params IReadOnlyList<(string Component, Assembly Files)> components) =>
        MigrateFilesAsync(database, clock, SchemaFile.All(components), cancel);

    internal static async Task MigrateFilesAsync(
        NpgsqlDataSource database, TimeProvider clock, IReadOnlyList<SchemaFile> files, CancellationToken cancel)
    {
        await EnsureHistoryAsync(database, clock, cancel);
        foreach (var file in await MissingAsync(database, files, SchemaFileKind.InTransaction, cancel))
        {
            await BrieflyAsync(database, file.ToString(), connection => ApplyAsync(connection, file, cancel), clock, cancel);
        }

        await BuildAsync(database, files, SchemaFileKind.IndexBeforeServing, clock, cancel);
        await BrieflyAsync(
            database, "The partitions of the months ahead", connection => MakePartitionsAsync(connection, clock, cancel), clock, cancel);
    }

    /// <summary>
    /// Builds the indexes that this version is only faster with, as long as it takes; of several instances, one does it. For after the
    /// start.
    /// </summary>
    /// <returns>The files of those that were built.</returns>
    /// <exception cref="PostgresException">The database refuses one, as when rows contradict a unique index. What was built of it is
    /// dropped by the next attempt.</exception>
    public static Task<IReadOnlyList<string>> BuildIndexesAsync(
        NpgsqlDataSource database,
        TimeProvider clock,
        CancellationToken cancel,
        params IReadOnlyList<(string Component, Assembly Files)> components) =>
        BuildIndexFilesAsync(database, clock, SchemaFile.All(components), cancel);

    internal static Task<IReadOnlyList<string>> BuildIndexFilesAsync(
        NpgsqlDataSource database, TimeProvider clock, IReadOnlyList<SchemaFile> files, CancellationToken cancel) =>
        BuildAsync(database, files, SchemaFileKind.IndexInBackground, clock, cancel);

    private static async Task EnsureHistoryAsync(NpgsqlDataSource database, TimeProvider clock, CancellationToken cancel)
    {
        await using (var exists = database.CreateCommand("select to_regclass('schema_files') is not null"))
        {
            if (await exists.ExecuteScalarAsync(cancel) is true)
            {
                return;
            }
        }

        await using var held = await SchemaLock.AcquireAsync(database, SchemaLock.Files, clock, cancel);
        await ExecuteAsync(held.Connection, SchemaHistory.Create, cancel);
        await held.CommitAsync(cancel);
    }

    private static async Task<List<SchemaFile>> MissingAsync(
        NpgsqlDataSource database, IReadOnlyList<SchemaFile> files, SchemaFileKind kind, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return [.. (await SchemaHistory.MissingAsync(connection, files, cancel)).Where(f => f.Kind == kind)];
    }

    private static async Task ApplyAsync(NpgsqlConnection connection, SchemaFile file, CancellationToken cancel)
    {
        if ((await SchemaHistory.MissingAsync(connection, [file], cancel)).Count == 0)
        {
            return; // Another instance was first.
        }

        await ExecuteAsync(connection, file.Sql, cancel);
        await SchemaHistory.NoteAsync(connection, file, cancel);
    }

    private static async Task<IReadOnlyList<string>> BuildAsync(
        NpgsqlDataSource database, IReadOnlyList<SchemaFile> files, SchemaFileKind kind, TimeProvider clock, CancellationToken cancel)
    {
        var built = new List<string>();
        foreach (var file in await MissingAsync(database, files, kind, cancel))
        {
            // The lock is on a connection beside: an index that is built concurrently is in no transaction.
            await using var held = await SchemaLock.AcquireAsync(database, SchemaLock.Indexes, clock, cancel);
            if ((await SchemaHistory.MissingAsync(held.Connection, [file], cancel)).Count > 0)
            {
                await held.ForgetSnapshotAsync(cancel);
                await BuildAsync(database, file, clock, cancel);
                built.Add(file.ToString());
            }

            await held.CommitAsync(cancel);
        }

        return built;
    }

    private static async Task BuildAsync(NpgsqlDataSource database, SchemaFile file, TimeProvider clock, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await ExecuteAsync(connection, "set statement_timeout = 0; set lock_timeout = 0", cancel);
        try
        {
            await new ConcurrentIndex(file).BuildAsync(connection, clock, cancel);
            await SchemaHistory.NoteAsync(connection, file, cancel);
        }
        finally
        {
            // The session goes back to its pool as it came. One that is broken does not.
            if (connection.FullState.HasFlag(ConnectionState.Open))
            {
                await ExecuteAsync(connection, "reset statement_timeout; reset lock_timeout", CancellationToken.None);
            }
        }
    }

    private static async Task MakePartitionsAsync(NpgsqlConnection connection, TimeProvider clock, CancellationToken cancel)
    {
        await using var partitions = new NpgsqlCommand("select ensure_event_partitions($1, $2)", connection) { CommandTimeout = 0 };
        partitions.Parameters.AddWithValue(clock.GetUtcNow().UtcDateTime);
        partitions.Parameters.AddWithValue(MonthsAhead);
        await partitions.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Works in a transaction that waits for each table's lock only briefly, again and again.</summary>
    private static async Task BrieflyAsync(
        NpgsqlDataSource database, string what, Func<NpgsqlConnection, Task> work, TimeProvider clock, CancellationToken cancel)
    {
        try
        {
            await LockPatience.TryAsync(
                async () =>
                {
                    await using var held = await SchemaLock.AcquireAsync(database, SchemaLock.Files, clock, cancel);
                    await ExecuteAsync(held.Connection, LockPatience.Sql, cancel);
                    await work(held.Connection);
                    await held.CommitAsync(cancel);
                },
                clock,
                cancel);
        }
        catch (PostgresException busy) when (busy.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected)
        {
            throw new SchemaBusyException(what, busy);
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancel);
    }
}
