using Npgsql;
using Payments.EventStore.Postgres;

namespace IntegrationTests.EventStore;

/// <summary>Migrations and the months' partitions.</summary>
public sealed class SchemaTests(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly SettableClock _clock = new(new DateTimeOffset(2026, 11, 30, 23, 59, 0, TimeSpan.Zero));
    private readonly EventStoreDatabase _database = new(postgres);
    private NpgsqlDataSource _empty = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _database.InitializeAsync();
        _empty = NpgsqlDataSource.Create(await postgres.CreateDatabaseAsync());
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        await _empty.DisposeAsync();
    }

    [Fact]
    public async Task Services_that_start_together_on_an_empty_database_all_find_it_ready_and_starting_again_changes_nothing()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => SchemaMigrator.MigrateAsync(_empty, _clock, Cancel))));

        var files = await AppliedAsync();
        Assert.Equal(files.Distinct().Order(StringComparer.Ordinal), files);
        Assert.Contains("001_log.sql", files);

        await SchemaMigrator.MigrateAsync(_empty, _clock, Cancel);
        Assert.Equal(files, await AppliedAsync());

        async Task<List<string>> AppliedAsync()
        {
            await using var command = _empty.CreateCommand("select string_agg(name, ' ' order by name) from schema_files");
            return [.. ((string)(await command.ExecuteScalarAsync(Cancel))!).Split(' ')];
        }
    }

    [Fact]
    public async Task A_file_that_was_changed_after_it_was_applied_is_refused_and_no_lock_is_kept()
    {
        await _database.ExecuteAsync(
            "create table sums as select * from schema_files; update schema_files set checksum = '' where name = '003_append.sql'");

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(
            () => SchemaMigrator.MigrateAsync(_database.Source, _clock, Cancel));

        Assert.Equal("event-store/003_append.sql was changed after it had been applied.", refused.Message);
        await _database.ExecuteAsync("update schema_files f set checksum = s.checksum from sums s where s.name = f.name");
        await SchemaMigrator.MigrateAsync(_database.Source, _clock, Cancel);
    }

    [Fact]
    public async Task Partitions_are_made_once_for_this_month_and_those_ahead()
    {
        const string Make = "select ensure_event_partitions('2031-11-30 23:30+00', 2)";
        Assert.Equal([3], await _database.QueryAsync<int>(Make));
        Assert.Equal([0], await _database.QueryAsync<int>(Make));
        Assert.Equal([1], await _database.QueryAsync<int>("select ensure_event_partitions('2031-12-31 23:30-05', 1)"));
        Assert.Equal(
            ["events_2031_11", "events_2031_12", "events_2032_01", "events_2032_02"],
            await _database.QueryAsync<string>("select relname::text from pg_class where relname ~ '^events_203._..$' order by 1"));
    }

    [Fact]
    public async Task Events_are_kept_in_the_partition_of_their_month_and_none_in_the_default_one()
    {
        await using (var store = new PostgresEventStore(
            "test",
            _database.Source,
            _clock,
            Microsoft.Extensions.Logging.Abstractions.NullLogger<PostgresEventStore>.Instance))
        {
            await SchemaMigrator.MigrateAsync(_database.Source, _clock, Cancel);
            await store.AppendAsync(Sample.Unit(), Cancel);
            _clock.Now = _clock.Now.AddMinutes(1);
            await store.AppendAsync(Sample.Unit(), Cancel);
            await store.AppendAsync(Sample.Unit(), Cancel);
        }

        Assert.Equal(
            ["events_2026_11", "events_2026_12", "events_2026_12"],
            await _database.QueryAsync<string>("select tableoid::regclass::text from events order by position"));
        Assert.Equal([0L], await _database.QueryAsync<long>("select count(*) from events_default"));
    }
}
