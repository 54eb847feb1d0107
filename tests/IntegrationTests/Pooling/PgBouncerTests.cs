using System.Collections.Concurrent;
using IntegrationTests.EventStore;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Payments.EventStore.Contract;
using Payments.EventStore.Partitions;
using Payments.EventStore.Postgres;
using Payments.EventStore.Sealing.Archives;
using Payments.Hosting;

namespace IntegrationTests.Pooling;

/// <summary>What is special about a pooler that gives each transaction another session.</summary>
public sealed class PgBouncerTests(PgBouncer bouncer) : IClassFixture<PgBouncer>
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly SettableClock _clock = new(EventStoreDatabase.MigratedAt, longTimersRun: false);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Many_clients_share_few_sessions_and_leave_nothing_in_them()
    {
        var sessions = new ConcurrentBag<int>();
        await using var store = OpenStore(new LogDatabase(bouncer.Pooled));
        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Task.Run(async () =>
        {
            for (var n = 0; n < 20; n++)
            {
                Assert.IsType<AppendResult.Appended>(await store.AppendAsync(Sample.Unit(), Cancel));
                await store.ReadAllAsync(0, 5, EventFilter.None, Cancel);
                await using var command = bouncer.Pooled.CreateCommand("select pg_backend_pid()");
                sessions.Add((int)(await command.ExecuteScalarAsync(Cancel))!);
            }
        })));

        Assert.InRange(sessions.Distinct().Count(), 2, PgBouncer.SessionsMax);
        foreach (var leftover in new[] { "select count(*) from pg_prepared_statements", "select count(*) from pg_listening_channels()" })
        {
            var found = await Task.WhenAll(Enumerable.Range(0, 40).Select(async _ =>
            {
                await using var command = bouncer.Pooled.CreateCommand(leftover);
                return (long)(await command.ExecuteScalarAsync(Cancel))!;
            }));
            Assert.All(found, count => Assert.Equal(0, count));
        }

        // The view shows the whole server, where other tests hold locks of their own.
        Assert.Equal([0L], await bouncer.Database.QueryAsync<long>(
            "select count(*) from pg_locks where locktype = 'advisory' " +
            "and database = (select oid from pg_database where datname = current_database())"));
    }

    [Fact]
    public async Task With_a_direct_way_a_tail_is_woken_by_what_another_process_appends()
    {
        // No long timer of these stores ever fires: a tail that hears of something was woken.
        var log = new LogDatabase(bouncer.Pooled, bouncer.Database.Source);
        await using var here = OpenStore(log);
        await using var there = OpenStore(log);
        var start = await here.LastPositionAsync(Cancel);
        await using var tail = new TailReader(here, start, batchMax: 100);

        for (var i = 0; i < 10; i++)
        {
            var appended = Assert.IsType<AppendResult.Appended>(await there.AppendAsync(Sample.Unit(), Cancel));
            await tail.UntilAsync(appended.LastPosition, Deadline);
        }

        EventStoreContract.AssertGapless(start, tail.Events);
    }

    [Fact]
    public void Without_a_direct_way_what_needs_a_session_is_refused_with_what_to_do()
    {
        var refused = Assert.Throws<InvalidOperationException>(() => new LogDatabase(bouncer.Pooled).RequireDirect("The relay's lock"));

        Assert.StartsWith("The relay's lock needs a session of its own", refused.Message, StringComparison.Ordinal);
        Assert.Contains("-direct", refused.Message, StringComparison.Ordinal);
        Assert.Same(bouncer.Database.Source, new LogDatabase(bouncer.Pooled, bouncer.Database.Source).RequireDirect("It"));
        Assert.Same(bouncer.Database.Source, new LogDatabase(bouncer.Database.Source).RequireDirect("It"));
    }

    [Fact]
    public async Task The_schema_is_made_and_partitions_are_kept_through_it_by_several_at_once()
    {
        var keeper = new PartitionKeeper("test", bouncer.Pooled, _clock, NullLogger<PartitionKeeper>.Instance);
        _clock.Now = EventStoreDatabase.MigratedAt.AddMonths(4);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => SchemaMigrator.MigrateAsync(bouncer.Pooled, _clock, Cancel))));
        Assert.Empty(await keeper.KeepAsync(Cancel));

        Assert.Equal([true], await bouncer.Database.QueryAsync<bool>("select to_regclass('events_2026_08') is not null"));
    }

    [Fact]
    public async Task A_month_is_archived_and_restored_through_it()
    {
        var folder = Directory.CreateTempSubdirectory("payments-archive-");
        var source = new NpgsqlDataSourceBuilder(bouncer.Pooled.ConnectionString);
        Assert.True(source.ConnectionStringBuilder.NoResetOnClose);
        Assert.Equal(0, source.ConnectionStringBuilder.MaxAutoPrepare);
        try
        {
            await using var store = OpenStore(new LogDatabase(bouncer.Pooled));
            await store.AppendAsync(Sample.Unit(), Cancel);
            _clock.Now = EventStoreDatabase.MigratedAt.AddMonths(5);
            await store.AppendAsync(Sample.Unit(), Cancel);
            await bouncer.Database.ExecuteAsync("insert into snapshots select stream_id, version, 1, '{}', now() from streams");
            var before = await store.ReadAllAsync(0, int.MaxValue, EventFilter.None, Cancel);
            var archive = new MonthArchive(
                "test",
                bouncer.Pooled,
                1,
                KeptAnswer.OfArchived,
                _ => Task.FromResult<IReadOnlyList<LogReader>>([]),
                _clock,
                NullLogger<MonthArchive>.Instance);

            var month = Month.Of(before[0].RecordedAt);
            var archived = Assert.IsType<ArchiveResult.Archived>(await archive.ArchiveAsync(month, folder.FullName, Cancel));
            Assert.True((await store.ReadAllAsync(0, int.MaxValue, EventFilter.None, Cancel))[0].RecordedAt >= month.End);
            Assert.IsType<RestoreResult.Restored>(await archive.RestoreAsync(archived.Month.File, Cancel));

            EventStoreContract.AssertSame(before, await store.ReadAllAsync(0, int.MaxValue, EventFilter.None, Cancel));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private PostgresEventStore OpenStore(LogDatabase database) => new("test", database, _clock, NullLogger<PostgresEventStore>.Instance);
}
