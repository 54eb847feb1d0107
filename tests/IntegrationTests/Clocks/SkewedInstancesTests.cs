using System.Text;
using IntegrationTests.EventStore;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Payments.EventStore.Contract;
using Payments.EventStore.Postgres;

namespace IntegrationTests.Clocks;

/// <summary>Instances on one database whose clocks are days apart: the log's time is the database's.</summary>
public sealed class SkewedInstancesTests(PostgresFixture postgres)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whatever_the_callers_say_the_time_is_events_and_keys_have_the_databases_and_each_append_is_later_than_the_one_before()
    {
        await using var source = NpgsqlDataSource.Create(await postgres.CreateDatabaseAsync());
        await SchemaMigrator.MigrateAsync(source, TimeProvider.System, Cancel);
        var began = await ScalarAsync<DateTime>(source, "select clock_timestamp()");
        PostgresEventStore[] stores = [.. new[] { 3.0, 49.0 / 24, 0, -1 }.Select(days => new PostgresEventStore(
            "test", source, new SettableClock(DateTimeOffset.UtcNow.AddDays(days)), NullLogger<PostgresEventStore>.Instance))];

        await Parallel.ForEachAsync(Enumerable.Range(0, 100), Cancel, async (n, cancel) =>
        {
            var unit = Sample.Unit() with { Claim = new Claim("tests", $"key-{n}", new byte[] { 1 }, Encoding.UTF8.GetBytes("{}")) };
            var appended = Assert.IsType<AppendResult.Appended>(await stores[n % stores.Length].AppendAsync(unit, cancel));
            Assert.InRange(appended.RecordedAt.UtcDateTime, began, DateTime.UtcNow.AddMinutes(1));
        });

        var ended = await ScalarAsync<DateTime>(source, "select clock_timestamp()");
        Assert.InRange(await ScalarAsync<DateTime>(source, "select min(recorded_at) from events"), began, ended);
        Assert.InRange(await ScalarAsync<DateTime>(source, "select max(recorded_at) from events"), began, ended);
        Assert.InRange(await ScalarAsync<DateTime>(source, "select min(claimed_at) from claims"), began, ended);
        Assert.InRange(await ScalarAsync<DateTime>(source, "select max(claimed_at) from claims"), began, ended);
        Assert.Equal(0, await ScalarAsync<long>(source, "select count(*) from events_default"));
        Assert.Equal(0, await ScalarAsync<long>(
            source, "select count(*) from events a join events b on b.position > a.position and b.recorded_at < a.recorded_at"));
        foreach (var store in stores)
        {
            await store.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_log_whose_time_is_ahead_from_an_earlier_fault_never_goes_back_and_still_each_append_is_later_than_the_one_before()
    {
        await using var source = NpgsqlDataSource.Create(await postgres.CreateDatabaseAsync());
        await SchemaMigrator.MigrateAsync(source, TimeProvider.System, Cancel);
        await ExecuteAsync(source, "alter table log_head disable trigger database_time");
        await ExecuteAsync(source, "update log_head set recorded_at = clock_timestamp() + interval '3 days'");
        await ExecuteAsync(source, "alter table log_head enable trigger database_time");
        var ahead = await ScalarAsync<DateTime>(source, "select recorded_at from log_head");
        await using var store = new PostgresEventStore("test", source, TimeProvider.System, NullLogger<PostgresEventStore>.Instance);

        for (var n = 1; n <= 3; n++)
        {
            var appended = Assert.IsType<AppendResult.Appended>(await store.AppendAsync(Sample.Unit(), Cancel));
            Assert.Equal(ahead.AddMicroseconds(n), appended.RecordedAt.UtcDateTime);
        }
    }

    private static async Task<T> ScalarAsync<T>(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync(Cancel))!;
    }

    private static async Task ExecuteAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Cancel);
    }
}
