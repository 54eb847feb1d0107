using IntegrationTests.EventStore;
using IntegrationTests.Standalone;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Payments.EventStore.Partitions;

namespace IntegrationTests.Partitions;

/// <summary>Partitions made ahead, and the default partition that is watched.</summary>
public sealed class PartitionKeeperTests(PostgresFixture postgres) : IAsyncLifetime
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly SettableClock _clock = new(EventStoreDatabase.MigratedAt);
    private ArchiveDatabase _log = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private PartitionKeeper Keeper => new("test", _log.Database.Source, _clock, NullLogger<PartitionKeeper>.Instance);

    public async ValueTask InitializeAsync() => _log = await ArchiveDatabase.CreateAsync(postgres);

    public ValueTask DisposeAsync() => _log.DisposeAsync();

    [Fact]
    public async Task The_months_ahead_are_made_as_time_passes()
    {
        Assert.Empty(await Keeper.KeepAsync(Cancel));
        Assert.Equal(
            ["events_2026_01", "events_2026_02", "events_2026_03", "events_2026_04", "events_default"], await _log.PartitionsAsync());

        _clock.Now = new DateTimeOffset(2026, 2, 28, 23, 30, 0, TimeSpan.Zero);
        Assert.Empty(await Keeper.KeepAsync(Cancel));

        Assert.Equal(
            ["events_2026_01", "events_2026_02", "events_2026_03", "events_2026_04", "events_2026_05", "events_default"],
            await _log.PartitionsAsync());
    }

    [Fact]
    public async Task Many_who_make_the_same_partitions_at_once_make_each_of_them_once()
    {
        var made = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(
            () => _log.Database.QueryAsync<int>("select ensure_event_partitions('2027-01-01', 1)"))));

        Assert.Equal(2, made.Sum(m => m.Single()));
    }

    [Fact]
    public async Task Events_of_no_month_are_counted_and_go_to_their_month_once_it_is_made()
    {
        var wallet = new Payments.EventStore.Contract.StreamId("wallet", "a");
        await _log.AppendAsync("2026-01-20T00:00:00Z", wallet, 1);
        await _log.AppendAsync("2026-06-30T23:59:59.999999Z", wallet, 3);
        await _log.AppendAsync("2026-09-01T00:00:00Z", wallet, 2);
        var before = await _log.DumpAsync();

        Assert.Equal(
            new Dictionary<Month, long> { [Month.Parse("2026-06")] = 3, [Month.Parse("2026-09")] = 2 },
            await Keeper.KeepAsync(Cancel));

        // June is made because its time has come, September by an operator.
        _clock.Now = new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);
        Assert.Equal(new Dictionary<Month, long> { [Month.Parse("2026-09")] = 2 }, await Keeper.KeepAsync(Cancel));
        Assert.Equal([true], await _log.Database.QueryAsync<bool>("select make_event_partition('2026-09-01')"));
        Assert.Equal([false], await _log.Database.QueryAsync<bool>("select make_event_partition('2026-09-30')"));
        Assert.Empty(await Keeper.KeepAsync(Cancel));

        var moved = before.Select((row, i) => row.Replace("events_default", i <= 3 ? "events_2026_06" : "events_2026_09"));
        Assert.Equal(moved, await _log.DumpAsync());
        await _log.AppendAsync("2026-09-02T00:00:00Z", wallet, 1);
        Assert.StartsWith("events_2026_09 ", (await _log.DumpAsync())[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_archived_month_gets_no_new_partition_however_wrong_a_clock_is()
    {
        await _log.FillAsync();
        await _log.SnapshotAllAsync();
        await _log.Archive.ArchiveAsync(ArchiveDatabase.January, _log.Folder, Cancel);

        await Keeper.KeepAsync(Cancel);

        Assert.DoesNotContain("events_2026_01", await _log.PartitionsAsync());
    }

    [Fact]
    public async Task The_job_looks_at_once_tells_the_health_check_and_gets_over_trouble()
    {
        await _log.AppendAsync("2026-06-30T00:00:00Z", new Payments.EventStore.Contract.StreamId("wallet", "a"), 3);
        var services = new ServiceCollection();
        services.AddLogging().AddSingleton<TimeProvider>(_clock).AddSingleton(_log.Database.Source).AddPartitionKeeper("test");
        await using var provider = services.BuildServiceProvider();
        var keeper = Assert.IsType<PartitionKeeper>(Assert.Single(provider.GetServices<IHostedService>(), s => s is PartitionKeeper));

        await keeper.StartAsync(Cancel);
        await Wait.UntilAsync(() => Health() is (HealthStatus.Degraded, "3 events are in the default partition."), Deadline);
        await keeper.StopAsync(Cancel);

        await _log.Database.ExecuteAsync(
            "select make_event_partition('2026-06-01'); alter function ensure_event_partitions rename to away");
        await keeper.StartAsync(Cancel);
        await Wait.UntilAsync(() => Health() is (HealthStatus.Degraded, "Partitions could not be made."), Deadline);
        await keeper.StopAsync(Cancel);

        await _log.Database.ExecuteAsync("alter function away rename to ensure_event_partitions");
        await keeper.StartAsync(Cancel);
        await Wait.UntilAsync(() => Health().Status == HealthStatus.Healthy, Deadline);
        await keeper.StopAsync(Cancel);

        (HealthStatus Status, string? Why) Health()
        {
            var report = provider.GetRequiredService<HealthCheckService>().CheckHealthAsync(Cancel).GetAwaiter().GetResult();
            var entry = report.Entries["partitions"];
            return (entry.Status, entry.Description);
        }
    }

    [Fact]
    public async Task A_partition_that_cannot_be_had_at_once_is_no_reason_to_hold_up_everybody()
    {
        await using var slow = await _log.Database.Source.OpenConnectionAsync(Cancel);
        await using var transaction = await slow.BeginTransactionAsync(Cancel);
        await using (var look = new NpgsqlCommand("select count(*) from events", slow))
        {
            await look.ExecuteScalarAsync(Cancel);
        }

        _clock.Now = _clock.Now.AddMonths(1);
        var busy = await Assert.ThrowsAsync<PostgresException>(() => Keeper.KeepAsync(Cancel));

        Assert.Equal(PostgresErrorCodes.LockNotAvailable, busy.SqlState);
    }
}
