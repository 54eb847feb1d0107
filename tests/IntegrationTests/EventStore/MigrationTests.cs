using Npgsql;
using Payments.EventStore.Postgres;
using Payments.EventStore.Postgres.Schema;

namespace IntegrationTests.EventStore;

/// <summary>Migrations while the version before reads and writes.</summary>
public sealed class MigrationTests(PostgresFixture postgres) : IAsyncLifetime
{
    private const int WritesMeanwhile = 20;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly EventStoreDatabase _database = new(postgres);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _database.InitializeAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task Nobody_waits_behind_a_migration_that_waits_for_a_table()
    {
        await using var reading = await _database.Spared.OpenConnectionAsync(Cancel);
        await using var longRead = await reading.BeginTransactionAsync(Cancel);
        await ExecuteAsync(reading, "select count(*) from names");

        var migration = MigrateAsync(new SchemaFile("test", "100_column.sql", "alter table names add column age integer"));
        await UntilAsync(
            async () => await ScalarAsync<bool>(
                "select exists (select from pg_locks where relation = 'names'::regclass and not granted) or $1", migration.IsCompleted));
        for (var i = 0; i < WritesMeanwhile; i++)
        {
            // Behind a migration that waits for as long as it takes, the first of these would wait as long.
            await _database.ExecuteAsync($"set lock_timeout = '5s'; insert into names values ('{i}'); reset lock_timeout");
        }

        Assert.False(migration.IsCompleted);
        await longRead.RollbackAsync(Cancel);
        await migration.WaitAsync(Deadline, Cancel);
        Assert.Equal([WritesMeanwhile], await _database.QueryAsync<long>("select count(*) from names where age is null"));
    }

    [Fact]
    public async Task Work_that_takes_longer_than_any_timeout_of_the_connection_or_the_server_is_done()
    {
        await using var hasty = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(_database.ConnectionString) { CommandTimeout = 1, Options = "-c statement_timeout=1000" }
                .ConnectionString);

        await SchemaMigrator.MigrateFilesAsync(
            hasty, TimeProvider.System, [new SchemaFile("test", "100_long.sql", "select pg_sleep(1.5)")], Cancel);

        Assert.Equal([1L], await _database.QueryAsync<long>("select count(*) from schema_files where name = '100_long.sql'"));
    }

    [Fact]
    public async Task A_file_that_fails_leaves_those_before_it_and_nothing_of_itself()
    {
        var refused = await Assert.ThrowsAsync<PostgresException>(() => MigrateAsync(
            new SchemaFile("test", "100_good.sql", "create table good (a integer)"),
            new SchemaFile("test", "101_bad.sql", "create table bad (a integer); select 1 / 0")));

        Assert.Equal(PostgresErrorCodes.DivisionByZero, refused.SqlState);
        Assert.Equal(
            [true, false],
            await _database.QueryAsync<bool>(
                "select to_regclass(n) is not null from unnest(array['good', 'bad']) with ordinality as u (n, o) order by o"));
    }

    [Fact]
    public async Task An_index_is_built_by_one_instance_while_others_write_and_what_an_interrupted_build_left_is_built_again()
    {
        await _database.ExecuteAsync("alter table names add column age integer; insert into names values ('a', 1), ('b', 1)");
        var interrupted = await Assert.ThrowsAsync<PostgresException>(
            () => _database.ExecuteAsync("create unique index concurrently names_by_age on names (age)"));
        Assert.Equal(PostgresErrorCodes.UniqueViolation, interrupted.SqlState);
        Assert.Equal([false], await ValidAsync("names_by_age"));
        await _database.ExecuteAsync("update names set age = 2 where name = 'b'");
        await using var writing = await _database.Spared.OpenConnectionAsync(Cancel);
        await using var openWrite = await writing.BeginTransactionAsync(Cancel);
        await ExecuteAsync(writing, "insert into names values ('c', 3)");
        var file = new SchemaFile(
            "test",
            "100_names_by_age.concurrently.sql",
            "-- Said; once.\ncreate unique index concurrently if not exists names_by_age on names (age) where age > 0;\n");

        await MigrateAsync(file); // An instance serves without it.
        Task<IReadOnlyList<string>>[] instances = [BuildAsync(file), BuildAsync(file), BuildAsync(file)];
        await UntilAsync(
            async () => await ScalarAsync<bool>("select exists (select from pg_locks where locktype = 'virtualxid' and not granted)"));
        await _database.ExecuteAsync("set lock_timeout = '5s'; insert into names values ('d', 4); reset lock_timeout");
        Assert.DoesNotContain(instances, i => i.IsCompleted);
        await openWrite.CommitAsync(Cancel);

        Assert.Equal(["test/100_names_by_age.concurrently.sql"], (await Task.WhenAll(instances)).SelectMany(built => built));
        Assert.Equal([true], await ValidAsync("names_by_age"));
        Assert.Empty(await BuildAsync(file));
    }

    [Fact]
    public async Task An_index_that_rows_contradict_is_refused_and_can_be_built_when_they_do_not()
    {
        await _database.ExecuteAsync("alter table names add column age integer; insert into names values ('a', 1), ('b', 1)");
        var file = new SchemaFile(
            "test",
            "100_names_by_age.before-serving.concurrently.sql",
            "create unique index concurrently if not exists names_by_age on names (age)");

        await Assert.ThrowsAsync<PostgresException>(() => MigrateAsync(file));
        await _database.ExecuteAsync("update names set age = 2 where name = 'b'");
        await MigrateAsync(file);

        Assert.Equal([true], await ValidAsync("names_by_age"));
    }

    [Fact]
    public async Task An_index_on_the_events_is_built_month_by_month_and_months_to_come_have_it()
    {
        await using (var store = _database.OpenSparedStore())
        {
            await store.AppendAsync(Sample.Unit(), Cancel);
        }

        var file = new SchemaFile(
            "test",
            "100_events_by_causation.concurrently.sql",
            "create index concurrently if not exists events_by_causation on events (causation_id) where causation_id is not null");

        await MigrateAsync(file);
        Assert.Equal(["test/100_events_by_causation.concurrently.sql"], await BuildAsync(file));
        await _database.ExecuteAsync("select make_event_partition('2044-05-01')");

        Assert.Equal([true], await ValidAsync("events_by_causation"));
        Assert.Equal(
            await _database.QueryAsync<string>(
                "select inhrelid::regclass::text from pg_inherits where inhparent = 'events'::regclass order by 1"),
            await _database.QueryAsync<string>(
                "select x.indrelid::regclass::text from pg_inherits i join pg_index x on x.indexrelid = i.inhrelid and x.indisvalid " +
                "where i.inhparent = 'events_by_causation'::regclass order by 1"));
    }

    [Fact]
    public void A_file_for_an_index_that_is_anything_else_is_refused()
    {
        foreach (var sql in new[]
        {
            "create index concurrently names_by_age on names (age)", // Not to be repeated.
            "create index if not exists names_by_age on names (age)",
            "create index concurrently if not exists a on names (age); create index concurrently if not exists b on names (age)",
            "",
        })
        {
            Assert.Throws<InvalidOperationException>(() => new ConcurrentIndex(new("test", "100_x.concurrently.sql", sql)));
        }
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var patience = new CancellationTokenSource(Deadline);
        while (!await condition())
        {
            await Task.Delay(20, patience.Token);
        }
    }

    private Task MigrateAsync(params IReadOnlyList<SchemaFile> files) =>
        SchemaMigrator.MigrateFilesAsync(_database.Source, TimeProvider.System, files, Cancel);

    private Task<IReadOnlyList<string>> BuildAsync(params IReadOnlyList<SchemaFile> files) =>
        Task.Run(() => SchemaMigrator.BuildIndexFilesAsync(_database.Source, TimeProvider.System, files, Cancel));

    private Task<List<bool>> ValidAsync(string index) =>
        _database.QueryAsync<bool>("select indisvalid from pg_index where indexrelid = $1::regclass", [index]);

    private async Task<T> ScalarAsync<T>(string sql, params IReadOnlyList<object> parameters) =>
        Assert.Single(await _database.QueryAsync<T>(sql, parameters));

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Cancel);
    }
}
