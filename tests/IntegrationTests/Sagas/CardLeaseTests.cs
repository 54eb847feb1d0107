using Npgsql;
using Payments.SagaService.Cards;

namespace IntegrationTests.Sagas;

/// <summary>The to-do list of card calls, whatever plan the database makes for it.</summary>
public sealed class CardLeaseTests(PostgresFixture postgres)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("")]
    [InlineData("-c enable_hashjoin=off -c enable_mergejoin=off -c enable_material=off -c enable_indexscan=off -c enable_bitmapscan=off")]
    public async Task No_more_calls_are_leased_than_there_are_places(string planner)
    {
        var connection = new NpgsqlConnectionStringBuilder(await postgres.CreateDatabaseAsync()) { Options = planner };
        await using var database = NpgsqlDataSource.Create(connection);
        await ExecuteAsync(database, Schema());
        await ExecuteAsync(database, Insert(1));
        await ExecuteAsync(database, "analyze card_calls"); // What it knows is soon of yesterday.
        await ExecuteAsync(database, Insert(100));
        var calls = new CardCalls(database);
        var now = TimeProvider.System.GetUtcNow();

        foreach (var expected in new[] { 40, 40, 21, 0 })
        {
            var leased = await calls.LeaseAsync(40, Guid.CreateVersion7(now), now, TimeSpan.FromMinutes(1), Cancel);
            Assert.Equal(expected, leased.Count);
        }
    }

    // That table as the service makes it.
    private static string Schema()
    {
        var assembly = typeof(CardCalls).Assembly;
        using var reader = new StreamReader(
            assembly.GetManifestResourceStream(
                assembly.GetManifestResourceNames().Single(n => n.EndsWith("003_sagas.sql", StringComparison.Ordinal)))!);
        var sql = reader.ReadToEnd();
        var from = sql.IndexOf("create table card_calls", StringComparison.Ordinal);
        return sql[from..(sql.IndexOf("create index card_calls_by_due", StringComparison.Ordinal))];
    }

    private static string Insert(int count) =>
        "insert into card_calls (saga_id, call_key, command_type, command_schema, command, payment_id, version, asked_at, due_at) " +
        "select gen_random_uuid(), 'k', 't', 1, '{}', gen_random_uuid(), 1, now(), now() - interval '1 minute' " +
        $"from generate_series(1, {count})";

    private static async Task ExecuteAsync(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Cancel);
    }
}
