using System.Text;
using IntegrationTests.EventStore;
using Payments.EventStore.Contract;
using Payments.EventStore.Partitions;
using Payments.EventStore.Sealing.Archives;
using Payments.Hosting;
using Payments.Standalone.Postgres;
using static IntegrationTests.Partitions.ArchiveDatabase;

namespace IntegrationTests.Partitions;

/// <summary>Months that go to files and come back.</summary>
public sealed class MonthArchiveTests(PostgresFixture postgres) : IAsyncLifetime
{
    private ArchiveDatabase _log = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _log = await ArchiveDatabase.CreateAsync(postgres);

    public ValueTask DisposeAsync() => _log.DisposeAsync();

    [Fact]
    public async Task An_archived_month_leaves_the_database_and_comes_back_byte_for_byte()
    {
        await _log.FillAsync();
        await _log.SnapshotAllAsync();
        var (before, partitions) = (await _log.DumpAsync(), await _log.PartitionsAsync());

        var january = Assert.IsType<ArchiveResult.Archived>(await _log.Archive.ArchiveAsync(January, _log.Folder, Cancel)).Month;
        var february = Assert.IsType<ArchiveResult.Archived>(await _log.Archive.ArchiveAsync(February, _log.Folder, Cancel)).Month;

        Assert.Equal((1, 5, 5), (january.FirstPosition, january.LastPosition, january.EventCount));
        Assert.Equal((6, 6, 1), (february.FirstPosition, february.LastPosition, february.EventCount));
        Assert.Equal(before[6..], await _log.DumpAsync());
        Assert.Equal(["events_2026_03", "events_2026_04", "events_default"], await _log.PartitionsAsync());
        Assert.Equal([0L], await _log.Database.QueryAsync<long>("select count(*) from pg_class where relname like 'events_2026_01%'"));
        Assert.Equal([January, February], (await _log.Archive.ArchivedMonthsAsync(Cancel)).Select(m => m.Month));

        // In the other order than they were archived.
        Assert.IsType<RestoreResult.Restored>(await _log.Archive.RestoreAsync(january.File, Cancel));
        Assert.IsType<RestoreResult.Restored>(await _log.Archive.RestoreAsync(february.File, Cancel));

        Assert.Equal(before, await _log.DumpAsync());
        Assert.Equal(partitions, await _log.PartitionsAsync());
        Assert.Empty(await _log.Archive.ArchivedMonthsAsync(Cancel));
        Assert.Equal(["0 0"], await _log.Database.QueryAsync<string>(
            """
            select (select count(*) from pg_constraint where conname like 'events_2026%_month') || ' ' ||
                   (select count(*) from pg_indexes a where a.tablename = 'events_2026_03' and not exists (
                        select from pg_indexes b
                        where b.tablename = 'events_2026_01' and replace(b.indexdef, '2026_01', '2026_03') = a.indexdef))
            """));
        await _log.AppendAsync("2026-03-03T00:00:00Z", new StreamId("wallet", "a"), 1);
        Assert.IsType<ArchiveResult.Refused>(await _log.Archive.ArchiveAsync(Month.Parse("2026-03"), _log.Folder, Cancel));
    }

    [Fact]
    public async Task Idempotency_keys_are_archived_with_their_month_and_stay_taken_and_have_their_answers_again_when_it_is_restored()
    {
        await _log.FillAsync();
        await _log.SnapshotAllAsync();
        await _log.Database.ExecuteAsync(
            """
            insert into claims values
                ('shop ü', 'first " \ key', '\x0102', '{"status":201,"body":{"note":"a\nb \u2028", "x" : 1.50}}',
                    '2026-01-31 23:59:59.999999+00'),
                ('shop ü', 'second', '\x03', '{"status":422}', '2026-01-01 00:00:00+00'),
                ('shop ü', 'of february', '\x04', '{"status":201}', '2026-02-01 00:00:00+00')
            """);
        const string Claims = "select c::text from claims c order by key";
        var before = await _log.Database.QueryAsync<string>(Claims);

        var january = Assert.IsType<ArchiveResult.Archived>(await _log.Archive.ArchiveAsync(January, _log.Folder, Cancel)).Month;

        Assert.Equal(2, january.Claims!.Count);
        Assert.True(File.Exists(Path.Combine(_log.Folder, "test-2026-01.claims.gz.sha256")));
        foreach (var key in new[] { "first \" \\ key", "second" })
        {
            var claim = new Claim("shop ü", key, new byte[] { 9 }, Encoding.UTF8.GetBytes("{}"));
            var repeated = Assert.IsType<AppendResult.AlreadyClaimed>(
                await _log.Store.AppendAsync(Sample.Unit() with { Claim = claim }, Cancel));
            Assert.Equal(KeptAnswer.OfArchived(January), repeated.Existing.Answer.ToArray());
        }

        Assert.Equal(before[1], (await _log.Database.QueryAsync<string>(Claims))[1]); // February's.
        await _log.Archive.ArchiveAsync(January, _log.Folder, Cancel); // Again: as after a crash.

        var file = Path.Combine(_log.Folder, "test-2026-01.claims.gz");
        var bytes = await File.ReadAllBytesAsync(file, Cancel);
        File.Delete(file);
        await Assert.ThrowsAsync<ArchiveCorruptException>(() => _log.Archive.RestoreAsync(january.File, Cancel));
        await File.WriteAllBytesAsync(file, [.. bytes[..^1], (byte)(bytes[^1] ^ 1)], Cancel);
        await Assert.ThrowsAsync<ArchiveCorruptException>(() => _log.Archive.RestoreAsync(january.File, Cancel));
        Assert.Equal([January], (await _log.Archive.ArchivedMonthsAsync(Cancel)).Select(m => m.Month));
        await File.WriteAllBytesAsync(file, bytes, Cancel);
        Assert.IsType<RestoreResult.Restored>(await _log.Archive.RestoreAsync(january.File, Cancel));
        Assert.Equal(before, await _log.Database.QueryAsync<string>(Claims));
    }

    [Fact]
    public async Task An_archive_is_read_back_equal_all_of_it_or_one_stream()
    {
        var streams = await _log.FillAsync();
        await _log.SnapshotAllAsync();
        var stored = await _log.Store.ReadAllAsync(0, 5, EventFilter.None, Cancel);
        var archived = Assert.IsType<ArchiveResult.Archived>(await _log.Archive.ArchiveAsync(January, _log.Folder, Cancel)).Month;

        AssertEqual(stored, await ArchiveReader.ReadAsync(archived.File, null, Cancel).ToListAsync(Cancel));
        foreach (var stream in streams)
        {
            AssertEqual(
                stored.Where(e => e.Stream == stream), await ArchiveReader.ReadAsync(archived.File, stream, Cancel).ToListAsync(Cancel));
        }

        Assert.Empty(await ArchiveReader.ReadAsync(archived.File, new StreamId("wallet", "nobody"), Cancel).ToListAsync(Cancel));
    }

    [Fact]
    public async Task An_archive_is_plain_gzip_and_JSON_with_a_checksum_that_the_usual_tools_understand()
    {
        await _log.FillAsync();
        await _log.SnapshotAllAsync();
        var file = Assert.IsType<ArchiveResult.Archived>(await _log.Archive.ArchiveAsync(January, _log.Folder, Cancel)).Month.File;

        Assert.Equal(
            ["test-2026-01.events.gz", "test-2026-01.events.gz.sha256"], Directory.GetFiles(_log.Folder).Select(Path.GetFileName).Order());
        var (status, output) = await Shell.RunAsync(
            ["/bin/sh", "-c", $"cd {_log.Folder} && sha256sum -c *.sha256 && zcat {file} | wc -l && zcat {file} | head -2"], Cancel);

        Assert.Equal(0, status);
        var lines = output.Split('\n');
        Assert.Equal(["test-2026-01.events.gz: OK", "6"], lines[..2]);
        Assert.Equal(
            """{"format":"payments.events.v1","log":"test","month":"2026-01","firstPosition":1,"lastPosition":5,"eventCount":5,""",
            lines[2][..lines[2].IndexOf("\"columns\"", StringComparison.Ordinal)]);
        Assert.StartsWith(
            """{"position":1,"stream_id":"wallet/a","stream_type":"wallet","stream_version":1,""", lines[3], StringComparison.Ordinal);
        Assert.Contains("\"recorded_at\":\"2026-01-15T12:00:00.123456+00:00\"", lines[3], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stream_with_events_in_two_months_goes_on_from_its_snapshot_and_a_fold_from_the_start_is_refused()
    {
        var stream = (await _log.FillAsync())[0];
        await _log.SnapshotAllAsync();
        await _log.Archive.ArchiveAsync(January, _log.Folder, Cancel);

        var left = await _log.Store.ReadStreamAsync(stream, VersionRange.All, 10, Cancel);

        Assert.Equal([3], left.Select(e => e.StreamVersion));
        Contiguity.CheckNextOfStream(2, left[0]);
        var hole = Assert.Throws<StreamArchivedException>(() => Contiguity.CheckNextOfStream(0, left[0]));
        Assert.Equal((stream, 0, 3), (hole.Stream, hole.AfterVersion, hole.FirstVersionFound));
        Assert.Equal(3, await _log.Store.StreamVersionAsync(stream, Cancel));
        var appended = await _log.Store.AppendAsync(Sample.Unit(stream, ExpectedVersion.Exactly(3)), Cancel);
        Assert.Equal(8, Assert.IsType<AppendResult.Appended>(appended).FirstPosition);
        Assert.Throws<LogArchivedException>(() => Contiguity.CheckNextOfLog(0, left[0]));
    }

    [Fact]
    public async Task A_month_that_somebody_may_still_need_is_refused_with_every_reason()
    {
        var streams = await _log.FillAsync();
        _log.ReadUpTo = 4;
        await _log.Database.ExecuteAsync("insert into snapshots values ('wallet/a', 1, 1, '{}', now())");

        Assert.Equal(
            [
                new ArchiveRefusal.StillRead(new LogReader("relay", 4), 5),
                new ArchiveRefusal.WithoutSnapshot(3, streams[2]),
            ],
            await ReasonsAsync(January));
        Assert.Equal(
            streams.OrderBy(s => s.ToString(), StringComparer.Ordinal),
            await _log.Archive.StreamsWithoutSnapshotAsync(January, 10, Cancel));
        Assert.Equal([streams[2]], await _log.Archive.StreamsWithoutSnapshotAsync(January, 1, Cancel));

        // February's only event is version 3 of the first stream: a snapshot of version 2 covers January and not February.
        await _log.Database.ExecuteAsync("update snapshots set version = 2");
        Assert.Equal(2, Assert.IsType<ArchiveRefusal.WithoutSnapshot>((await ReasonsAsync(January))[1]).StreamCount);
        Assert.Equal(
            [new ArchiveRefusal.StillRead(new LogReader("relay", 4), 6), new ArchiveRefusal.WithoutSnapshot(1, streams[0])],
            await ReasonsAsync(February));
        await _log.SnapshotAllAsync();
        await _log.Database.ExecuteAsync("update snapshots set schema_version = 2");
        Assert.Equal(3, Assert.IsType<ArchiveRefusal.WithoutSnapshot>((await ReasonsAsync(January))[1]).StreamCount);
        await _log.Database.ExecuteAsync("update snapshots set schema_version = 1");
        _log.ReadUpTo = 5;
        Assert.Empty(await _log.Archive.StreamsWithoutSnapshotAsync(January, 10, Cancel));
        Assert.Empty(Directory.GetFiles(_log.Folder));
        Assert.IsType<ArchiveResult.Archived>(await _log.Archive.ArchiveAsync(January, _log.Folder, Cancel));
    }

    [Fact]
    public async Task A_month_that_may_still_get_events_is_refused_and_so_is_one_that_has_none()
    {
        var march = Month.Parse("2026-03");
        await _log.FillAsync();
        await _log.SnapshotAllAsync();
        var logIsAt = new DateTimeOffset(2026, 3, 2, 0, 0, 0, TimeSpan.Zero);

        Assert.Equal([new ArchiveRefusal.NotOver(march, logIsAt)], await ReasonsAsync(march));
        Assert.Equal(
            [new ArchiveRefusal.NotOver(Month.Parse("2026-04"), logIsAt), new ArchiveRefusal.NoEvents(Month.Parse("2026-04"))],
            await ReasonsAsync(Month.Parse("2026-04")));
        Assert.Equal([new ArchiveRefusal.NoEvents(Month.Parse("2025-12"))], await ReasonsAsync(Month.Parse("2025-12")));

        // The clock is past March, but an event may yet be recorded in it by somebody whose clock is not: only a later event ends it.
        _log.Now = new DateTimeOffset(2026, 4, 2, 0, 0, 0, TimeSpan.Zero);
        Assert.Equal([new ArchiveRefusal.NotOver(march, logIsAt)], await ReasonsAsync(march));
        await _log.AppendAsync("2026-04-02T00:00:00Z", new StreamId("wallet", "a"), 1);
        Assert.IsType<ArchiveResult.Archived>(await _log.Archive.ArchiveAsync(march, _log.Folder, Cancel));
        Assert.All(
            [.. await ReasonsAsync(Month.Parse("2026-04")), new ArchiveRefusal.Busy()],
            reason => Assert.DoesNotContain('{', reason.ToString()));
    }

    [Fact]
    public async Task One_archives_or_restores_at_a_time_and_a_repeat_tells_what_the_first_call_did()
    {
        await _log.FillAsync();
        await _log.SnapshotAllAsync();
        await using (var somebody = await _log.Database.Source.OpenConnectionAsync(Cancel))
        {
            await using var transaction = await somebody.BeginTransactionAsync(Cancel);
            await using (var take = new Npgsql.NpgsqlCommand("select pg_advisory_xact_lock(x'61726368697665'::bigint)", somebody))
            {
                await take.ExecuteNonQueryAsync(Cancel);
            }

            Assert.Equal([new ArchiveRefusal.Busy()], await ReasonsAsync(January));
            Assert.IsType<RestoreResult.Refused>(await _log.Archive.RestoreAsync("nowhere", Cancel));
        }

        var results = await Task.WhenAll(
            Enumerable.Range(0, 4).Select(_ => Task.Run(() => _log.Archive.ArchiveAsync(January, _log.Folder, Cancel))));
        var again = Assert.IsType<ArchiveResult.Archived>(await _log.Archive.ArchiveAsync(January, _log.Folder, Cancel));

        Assert.Contains(results, r => r is ArchiveResult.Archived);
        Assert.All(results.OfType<ArchiveResult.Archived>(), r => Assert.Equal(again.Month.Checksum.ToArray(), r.Month.Checksum.ToArray()));
        Assert.All(results.OfType<ArchiveResult.Refused>(), r => Assert.Equal([new ArchiveRefusal.Busy()], r.Reasons));
        Assert.Equal(5, await ArchiveReader.ReadAsync(again.Month.File, null, Cancel).CountAsync(Cancel));
    }

    [Fact]
    public async Task Only_a_month_that_is_archived_is_restored_and_only_into_its_own_log()
    {
        await _log.FillAsync();
        await _log.SnapshotAllAsync();
        var file = Assert.IsType<ArchiveResult.Archived>(await _log.Archive.ArchiveAsync(January, _log.Folder, Cancel)).Month.File;
        await using var other = await ArchiveDatabase.CreateAsync(postgres);

        Assert.IsType<RestoreResult.Refused>(await other.Archive.RestoreAsync(file, Cancel));
        Assert.Empty(await other.DumpAsync());
        Assert.IsType<RestoreResult.Restored>(await _log.Archive.RestoreAsync(file, Cancel));
        var before = await _log.DumpAsync();
        Assert.IsType<RestoreResult.Refused>(await _log.Archive.RestoreAsync(file, Cancel));
        Assert.Equal(before, await _log.DumpAsync());
    }

    private async Task<IReadOnlyList<ArchiveRefusal>> ReasonsAsync(Month month) =>
        Assert.IsType<ArchiveResult.Refused>(await _log.Archive.ArchiveAsync(month, _log.Folder, Cancel)).Reasons;

    private static void AssertEqual(IEnumerable<StoredEvent> expected, IEnumerable<StoredEvent> actual)
    {
        EventStoreContract.AssertSame(expected, actual);
        Assert.Equal(expected.Select(e => Encoding.UTF8.GetString(e.Data.Span)), actual.Select(e => Encoding.UTF8.GetString(e.Data.Span)));
    }
}
