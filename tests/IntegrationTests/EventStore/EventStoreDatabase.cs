using Npgsql;
using Payments.EventStore.Postgres;

namespace IntegrationTests.EventStore;

/// <summary>A fresh database with the event store's schema and a projection of names, for the tests of one class.</summary>
public sealed class EventStoreDatabase(PostgresFixture postgres) : IAsyncLifetime
{
    public static readonly DateTimeOffset MigratedAt = new(2026, 1, 15, 0, 0, 0, TimeSpan.Zero);

    public NpgsqlDataSource Source { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Source = NpgsqlDataSource.Create(await postgres.CreateDatabaseAsync() + ";Max Auto Prepare=40");
        await SchemaMigrator.MigrateAsync(Source, new SettableClock(MigratedAt), default);
        await ExecuteAsync(
            """
            create table names (name text primary key);
            create function apply_names(rows jsonb) returns void language sql as
                $$ insert into names select r.name from jsonb_to_recordset(rows) as r (name text) $$;
            """);
    }

    public ValueTask DisposeAsync() => Source.DisposeAsync();

    public async Task ExecuteAsync(string sql)
    {
        await using var command = Source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public async Task<List<T>> QueryAsync<T>(string sql, params IReadOnlyList<object> parameters)
    {
        await using var command = Source.CreateCommand(sql);
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
