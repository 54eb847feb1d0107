using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Payments.EventStore.Postgres;

namespace IntegrationTests.EventStore;

/// <summary>A fresh database with the event store's schema and a projection of names, for the tests of one class.</summary>
public sealed class EventStoreDatabase(PostgresFixture postgres) : IAsyncLifetime
{
    public static readonly DateTimeOffset MigratedAt = new(2026, 1, 15, 0, 0, 0, TimeSpan.Zero);

    // The tests' own questions, over a connection that the stores do not share.
    private NpgsqlDataSource _operator = null!;

    /// <summary>For a process of its own.</summary>
    public string ConnectionString { get; private set; } = "";

    public NpgsqlDataSource Source { get; private set; } = null!;

    /// <summary>The database's own name.</summary>
    public string Name => new NpgsqlConnectionStringBuilder(Source.ConnectionString).Database!;

    public async ValueTask InitializeAsync()
    {
        var connection = await postgres.CreateDatabaseAsync();
        ConnectionString = connection + ";Application Name=writer";
        Source = NpgsqlDataSource.Create(connection + ";Max Auto Prepare=40");
        _operator = NpgsqlDataSource.Create(connection + ";Application Name=operator");
        await SchemaMigrator.MigrateAsync(Source, new SettableClock(MigratedAt), default);
        await ExecuteAsync(
            """
            create table names (name text primary key);
            create function apply_names(rows jsonb) returns void language sql as
                $$ insert into names select r.name from jsonb_to_recordset(rows) as r (name text) $$;
            """);
    }

    public async ValueTask DisposeAsync()
    {
        await Source.DisposeAsync();
        await _operator.DisposeAsync();
    }

    /// <summary>One more store on this database, as another process would have.</summary>
    internal PostgresEventStore OpenStore(bool longTimersRun = true) =>
        new("test", Source, new SettableClock(MigratedAt, longTimersRun), NullLogger<PostgresEventStore>.Instance);

    /// <summary>Ends the server's side of connections, as a failing network or an operator does.</summary>
    /// <returns>How many there were.</returns>
    public async Task<int> KillConnectionsAsync(string lastStatement) => (await QueryAsync<bool>(
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name <> 'operator' and query like $1",
        [lastStatement])).Count;

    public async Task ExecuteAsync(string sql)
    {
        await using var command = _operator.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public async Task<List<T>> QueryAsync<T>(string sql, params IReadOnlyList<object> parameters)
    {
        await using var command = _operator.CreateCommand(sql);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        }

        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<T>();
        while (await reader.ReadAsync())
        {
            rows.Add(reader.GetFieldValue<T>(0));
        }

        return rows;
    }
}
