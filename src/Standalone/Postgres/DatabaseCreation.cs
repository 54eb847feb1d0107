using Npgsql;

namespace Payments.Standalone.Postgres;

internal static class DatabaseCreation
{
    /// <param name="server">A connection string; when it names no database, that of PostgreSQL's administrators is used.</param>
    public static async Task CreateIfMissingAsync(string server, string name, CancellationToken cancel)
    {
        var address = new NpgsqlConnectionStringBuilder(server) { Pooling = false };
        address.Database ??= "postgres";
        await using var connection = new NpgsqlConnection(address.ConnectionString);
        await connection.OpenAsync(cancel);
        await using var exists = new NpgsqlCommand("select exists (select from pg_database where datname = $1)", connection);
        exists.Parameters.Add(new NpgsqlParameter<string> { TypedValue = name });
        if (await exists.ExecuteScalarAsync(cancel) is true)
            return;

        var quoted = '"' + name.Replace("\"", "\"\"", StringComparison.Ordinal) + '"';
        await using var create = new NpgsqlCommand($"create database {quoted} encoding 'UTF8' template template0", connection);
        try
        {
            await create.ExecuteNonQueryAsync(cancel);
        }
        catch (PostgresException race) when (race.SqlState is PostgresErrorCodes.DuplicateDatabase or PostgresErrorCodes.UniqueViolation)
        {
            // Somebody else created it at the same moment.
        }
    }
}
