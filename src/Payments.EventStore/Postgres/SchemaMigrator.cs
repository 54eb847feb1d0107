using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Npgsql;
using Payments.EventStore.Partitions;

namespace Payments.EventStore.Postgres;

/// <summary>
/// Applies numbered SQL files, embedded in an assembly as <c>Sql/NNN_name.sql</c>, in order and once, in one transaction under an advisory
/// lock.
/// </summary>
/// <remarks>
/// All or nothing: a file that fails leaves no half of a schema behind. So a file contains nothing that needs its own transaction.
/// </remarks>
public static class SchemaMigrator
{
    private const long LockId = 0x7061796d656e7473; // "payments"
    private const int MonthsAhead = PartitionKeeper.MonthsAhead;

    /// <summary>Brings a database up to date: first the event store's own files, then those of each component.</summary>
    /// <exception cref="InvalidOperationException">
    /// A file that was applied before has been changed since: history is mended by a new file.
    /// </exception>
    public static async Task MigrateAsync(
        NpgsqlDataSource database,
        TimeProvider clock,
        CancellationToken cancel,
        params IReadOnlyList<(string Component, Assembly Files)> components)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await ExecuteAsync(connection, $"select pg_advisory_xact_lock({LockId})", cancel);
        await ExecuteAsync(
            connection,
            "create table if not exists schema_files (component text, name text, checksum text not null, " +
            "applied_at timestamptz not null default now(), primary key (component, name))",
            cancel);
        foreach (var (component, files) in components.Prepend(("event-store", typeof(SchemaMigrator).Assembly)))
        {
            foreach (var (name, sql) in SqlFiles(files))
            {
                await ApplyAsync(connection, component, name, sql, cancel);
            }
        }

        await using (var partitions = new NpgsqlCommand("select ensure_event_partitions($1, $2)", connection))
        {
            partitions.Parameters.AddWithValue(clock.GetUtcNow().UtcDateTime);
            partitions.Parameters.AddWithValue(MonthsAhead);
            await partitions.ExecuteNonQueryAsync(cancel);
        }

        await transaction.CommitAsync(cancel);
    }

    private static IEnumerable<(string Name, string Sql)> SqlFiles(Assembly assembly)
    {
        foreach (var resource in assembly.GetManifestResourceNames()
            .Where(n => n.EndsWith(".sql", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!, Encoding.UTF8);
            var marker = resource.IndexOf(".Sql.", StringComparison.Ordinal);
            yield return (resource[(marker + ".Sql.".Length)..], reader.ReadToEnd());
        }
    }

    private static async Task ApplyAsync(NpgsqlConnection connection, string component, string name, string sql, CancellationToken cancel)
    {
        var checksum = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sql)));
        await using (var find = new NpgsqlCommand("select checksum from schema_files where component = $1 and name = $2", connection))
        {
            find.Parameters.AddWithValue(component);
            find.Parameters.AddWithValue(name);
            if (await find.ExecuteScalarAsync(cancel) is string applied)
            {
                if (applied != checksum)
                {
                    throw new InvalidOperationException($"{component}/{name} was changed after it had been applied.");
                }

                return;
            }
        }

        await using (var apply = new NpgsqlCommand(sql, connection))
        {
            await apply.ExecuteNonQueryAsync(cancel);
        }

        await using (var note = new NpgsqlCommand("insert into schema_files (component, name, checksum) values ($1, $2, $3)", connection))
        {
            note.Parameters.AddWithValue(component);
            note.Parameters.AddWithValue(name);
            note.Parameters.AddWithValue(checksum);
            await note.ExecuteNonQueryAsync(cancel);
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancel);
    }
}
