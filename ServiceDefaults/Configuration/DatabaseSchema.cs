using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Payments.ServiceDefaults.Configuration;

/// <summary>
/// Before anything else runs the database has its schema: the embedded <c>Sql/NNN_name.sql</c> of an assembly, in order and once, in one
/// transaction under an advisory lock. Waits for a database that is still starting. For hosts that have no event store.
/// </summary>
public sealed partial class DatabaseSchema(
    NpgsqlDataSource database, Assembly assembly, TimeProvider clock, ILogger<DatabaseSchema> log) : IHostedService
{
    private const long LockId = 0x70726f636573736f; // "processo", who was the first to have one.
    private const int AttemptsMax = 60;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await MigrateAsync(cancellationToken);
                return;
            }
            catch (NpgsqlException notYet) when (notYet.IsTransient && attempt < AttemptsMax)
            {
                LogWaiting(notYet.Message);
                await Task.Delay(RetryAfter, clock, cancellationToken);
            }
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>One try.</summary>
    public async Task MigrateAsync(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await ExecuteAsync(connection, $"select pg_advisory_xact_lock({LockId})", cancel);
        await ExecuteAsync(
            connection,
            "create table if not exists schema_files (" +
            "name text primary key, checksum text not null, applied_at timestamptz not null default now())",
            cancel);
        foreach (var (name, sql) in Files())
        {
            await ApplyAsync(connection, name, sql, cancel);
        }

        await transaction.CommitAsync(cancel);
    }

    private IEnumerable<(string Name, string Sql)> Files()
    {
        var prefix = $"{assembly.GetName().Name}.Sql.";
        foreach (var resource in assembly.GetManifestResourceNames()
            .Where(n => n.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!, Encoding.UTF8);
            yield return (resource[prefix.Length..], reader.ReadToEnd());
        }
    }

    private static async Task ApplyAsync(NpgsqlConnection connection, string name, string sql, CancellationToken cancel)
    {
        var checksum = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sql)));
        await using var find = new NpgsqlCommand("select checksum from schema_files where name = $1", connection);
        find.Parameters.AddWithValue(name);
        if (await find.ExecuteScalarAsync(cancel) is string applied)
        {
            if (applied != checksum)
            {
                throw new InvalidOperationException($"{name} was changed after it had been applied: history is mended by a new file.");
            }

            return;
        }

        await ExecuteAsync(connection, sql, cancel);
        await using var note = new NpgsqlCommand("insert into schema_files (name, checksum) values ($1, $2)", connection);
        note.Parameters.AddWithValue(name);
        note.Parameters.AddWithValue(checksum);
        await note.ExecuteNonQueryAsync(cancel);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancel);
    }

    [LoggerMessage(EventId = 1007, Level = LogLevel.Warning, Message = "Waiting for the database: {Reason}")]
    private partial void LogWaiting(string reason);
}

public static class DatabaseSchemaRegistration
{
    /// <summary>The host's database (see <see cref="Postgres.AddPostgres"/>) gets the schema that the assembly embeds.</summary>
    public static void AddDatabaseSchema(this WebApplicationBuilder builder, Assembly assembly) =>
        builder.Services.AddHostedService(provider => ActivatorUtilities.CreateInstance<DatabaseSchema>(provider, assembly));
}
