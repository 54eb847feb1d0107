using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Payments.EventStore.Postgres;

namespace IntegrationTests.EventStore;

/// <summary>A fresh database with the event store's schema and a projection of names, for the tests of one class.</summary>
public sealed class EventStoreDatabase(PostgresFixture postgres) : IAsyncLifetime
{
    public static readonly DateTimeOffset MigratedAt = new(2026, 1, 15, 0, 0, 0, TimeSpan.Zero);

    /// <summary>For a process of its own.</summary>
    public string ConnectionString { get; private set; } = "";

    /// <summary>For what is tested.</summary>
    public NpgsqlDataSource Source { get; private set; } = null!;

    /// <summary>For the tests' own questions: <see cref="KillConnectionsAsync"/> spares these connections.</summary>
    public NpgsqlDataSource Spared { get; private set; } = null!;

    /// <summary>The database's own name.</summary>
    public string Name => new NpgsqlConnectionStringBuilder(Source.ConnectionString).Database!;

    public async ValueTask InitializeAsync()
    {
        var connection = await postgres.CreateDatabaseAsync();
        ConnectionString = connection + ";Application Name=writer";
        Source = NpgsqlDataSource.Create(connection + ";Max Auto Prepare=40");
        Spared = NpgsqlDataSource.Create(connection + ";Application Name=operator");
        await SchemaMigrator.MigrateAsync(Source, new SettableClock(MigratedAt), default);
        await SettableClock.RuleAsync(Source);
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
        await Spared.DisposeAsync();
    }

    /// <summary>One more store on this database, as another process would have.</summary>
    internal PostgresEventStore OpenStore(bool longTimersRun = true) => OpenStore(Source, longTimersRun);

    /// <summary>A store whose connections nobody kills.</summary>
    internal PostgresEventStore OpenSparedStore() => OpenStore(Spared, longTimersRun: true);

    /// <summary>
    /// Ends the server's side of connections, as a failing network or an operator does. Those in the pool are then dead, too.
    /// </summary>
    /// <returns>How many there were.</returns>
    public async Task<int> KillConnectionsAsync(string lastStatement) => (await QueryAsync<bool>(
        "select pg_terminate_backend(pid) from pg_stat_activity " +
        "where datname = current_database() and application_name <> 'operator' and query like $1",
        [lastStatement])).Count;

    public async Task ExecuteAsync(string sql)
    {
        await using var command = Spared.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public async Task<List<T>> QueryAsync<T>(string sql, params IReadOnlyList<object> parameters)
    {
        await using var command = Spared.CreateCommand(sql);
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

    private static PostgresEventStore OpenStore(NpgsqlDataSource source, bool longTimersRun) =>
        new("test", source, new SettableClock(MigratedAt, longTimersRun), NullLogger<PostgresEventStore>.Instance);
}
