using System.Collections.Concurrent;
using IntegrationTests.EventStore;
using IntegrationTests.Standalone;
using Npgsql;
using Payments.EventStore.Contract;
using Payments.EventStore.Sealing.Archives;
using static IntegrationTests.Partitions.ArchiveDatabase;

namespace IntegrationTests.Partitions;

/// <summary>Archiving and restoring that is cut short, damaged files, and a log that is busy meanwhile.</summary>
public sealed class ArchiveTroubleTests(PostgresFixture postgres) : IAsyncLifetime
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private ArchiveDatabase _log = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string ArchivePath => Path.Combine(_log.Folder, "test-2026-01.events.gz");

    public async ValueTask InitializeAsync() => _log = await ArchiveDatabase.CreateAsync(postgres);

    public ValueTask DisposeAsync() => _log.DisposeAsync();

    // Each obstacle stops the work at one step: before the file, in the middle of it, between its name and its checksum's, before the
    // partition goes, and at the commit.
    [Theory]
    [InlineData("no file")]
    [InlineData("half a file")]
    [InlineData("no name for the file")]
    [InlineData("no name for the checksum")]
    [InlineData("no row")]
    [InlineData("no commit")]
    public async Task Archiving_that_fails_at_any_step_leaves_the_month_in_the_database_and_a_repeat_succeeds(string obstacle)
    {
        await _log.FillAsync();
        await _log.SnapshotAllAsync();
        var before = await _log.DumpAsync();
        var remove = await PutAsync(obstacle);

        await Assert.ThrowsAnyAsync<Exception>(() => _log.Archive.ArchiveAsync(January, _log.Folder, Cancel));

        Assert.Empty(await _log.Archive.ArchivedMonthsAsync(Cancel));
        await remove();
        Assert.Equal(before, await _log.DumpAsync());
        var archived = Assert.IsType<ArchiveResult.Archived>(await _log.Archive.ArchiveAsync(January, _log.Folder, Cancel)).Month;
        Assert.Equal(before[5..], await _log.DumpAsync());
        Assert.Equal(
            ["test-2026-01.events.gz", "test-2026-01.events.gz.sha256"], Directory.GetFiles(_log.Folder).Select(Path.GetFileName).Order());
        Assert.IsType<RestoreResult.Restored>(await _log.Archive.RestoreAsync(archived.File, Cancel));
        Assert.Equal(before, await _log.DumpAsync());
    }

    [Fact]
    public async Task Restoring_that_fails_leaves_the_month_archived_and_a_repeat_succeeds()
    {
        await _log.FillAsync();
        await _log.SnapshotAllAsync();
        var before = await _log.DumpAsync();
        await _log.Archive.ArchiveAsync(January, _log.Folder, Cancel);
        await _log.Database.ExecuteAsync(
            """
            create function refuse() returns trigger language plpgsql as $$ begin raise 'not now'; end $$;
            create constraint trigger refuse after delete on archived_months deferrable initially deferred
                for each row execute function refuse();
            """);

        await Assert.ThrowsAsync<PostgresException>(() => _log.Archive.RestoreAsync(ArchivePath, Cancel));

        Assert.Equal(before[5..], await _log.DumpAsync());
        Assert.Single(await _log.Archive.ArchivedMonthsAsync(Cancel));
        await _log.Database.ExecuteAsync("drop trigger refuse on archived_months");
        Assert.IsType<RestoreResult.Restored>(await _log.Archive.RestoreAsync(ArchivePath, Cancel));
        Assert.Equal(before, await _log.DumpAsync());
    }

    [Fact]
    public async Task A_damaged_archive_is_named_and_nothing_of_it_is_given_or_restored()
    {
        await _log.FillAsync();
        await _log.SnapshotAllAsync();
        await _log.Archive.ArchiveAsync(January, _log.Folder, Cancel);
        var (sound, online) = (await File.ReadAllBytesAsync(ArchivePath, Cancel), await _log.DumpAsync());
        var damaged = Enumerable.Range(0, sound.Length).Where(i => i % 7 == 0).Select(i => Flipped(sound, i))
            .Concat([sound[..^1], sound[..(sound.Length / 2)], [], [.. sound, 0]]);

        foreach (var bytes in damaged)
        {
            await File.WriteAllBytesAsync(ArchivePath, bytes, Cancel);
            var seen = 0;
            var reading = await Assert.ThrowsAsync<ArchiveCorruptException>(async () =>
            {
                await foreach (var _ in ArchiveReader.ReadAsync(ArchivePath, null, Cancel))
                {
                    seen++;
                }
            });
            var restoring = await Assert.ThrowsAsync<ArchiveCorruptException>(() => _log.Archive.RestoreAsync(ArchivePath, Cancel));
            Assert.Equal((ArchivePath, ArchivePath, 0), (reading.File, restoring.File, seen));
            Assert.StartsWith(ArchivePath, reading.Message, StringComparison.Ordinal);
        }

        Assert.Equal(online, await _log.DumpAsync());
        await File.WriteAllBytesAsync(ArchivePath, sound, Cancel);
        File.Delete(ArchivePath + ".sha256");
        await Assert.ThrowsAsync<ArchiveCorruptException>(
            async () => await ArchiveReader.ReadAsync(ArchivePath, null, Cancel).FirstAsync(Cancel));
        Assert.IsType<RestoreResult.Restored>(await _log.Archive.RestoreAsync(ArchivePath, Cancel));
    }

    [Fact]
    public async Task An_archive_with_a_right_checksum_and_wrong_lines_is_named_too()
    {
        await _log.FillAsync();
        await _log.SnapshotAllAsync();
        await _log.Archive.ArchiveAsync(January, _log.Folder, Cancel);
        var lines = await ArchiveFile.LinesAsync(ArchivePath, Cancel).ToListAsync(Cancel);
        List<string>[] wrongs =
        [
            lines[..^1],
            lines[1..],
            [.. lines, lines[^1]],
            [lines[0], .. lines[2..]],
            [.. lines[..^1], "{}"],
            [.. lines[..^1], "x"],
        ];
        foreach (var wrong in wrongs)
        {
            var file = Path.Combine(_log.Folder, $"{Guid.NewGuid():N}.gz");
            var unfinished = file + ".unfinished";
            await ArchiveFile.WriteAsync(unfinished, wrong.ToAsyncEnumerable(), Cancel);
            await ArchiveFile.PublishAsync(unfinished, file, await ArchiveFile.ChecksumAsync(unfinished, Cancel), Cancel);

            var trouble = await Assert.ThrowsAsync<ArchiveCorruptException>(
                async () => await ArchiveReader.ReadAsync(file, null, Cancel).CountAsync(Cancel));

            Assert.Equal(file, trouble.File);
        }
    }

    [Fact]
    public async Task A_file_that_is_not_what_the_partition_has_is_noticed_before_the_partition_goes()
    {
        await _log.FillAsync();
        await _log.SnapshotAllAsync();
        var file = Assert.IsType<ArchiveResult.Archived>(await _log.Archive.ArchiveAsync(January, _log.Folder, Cancel)).Month.File;
        await _log.Archive.RestoreAsync(file, Cancel);
        var lines = await ArchiveFile.LinesAsync(file, Cancel).ToListAsync(Cancel);
        List<string>[] wrongs = [lines[..^1], [.. lines, lines[^1]], [.. lines[..^1], lines[^1].Replace("2026", "2025")], [lines[0]]];
        await using var connection = await _log.Database.Source.OpenConnectionAsync(Cancel);
        await using var transaction = await connection.BeginTransactionAsync(Cancel);
        await ArchiveComparison.CheckAsync(file, connection, January, Cancel);
        foreach (var wrong in wrongs)
        {
            var other = Path.Combine(_log.Folder, $"{Guid.NewGuid():N}.gz");
            await ArchiveFile.WriteAsync(other, wrong.ToAsyncEnumerable(), Cancel);

            var trouble = await Assert.ThrowsAsync<ArchiveCorruptException>(
                () => ArchiveComparison.CheckAsync(other, connection, January, Cancel));

            Assert.Equal(other, trouble.File);
        }
    }

    [Fact]
    public async Task A_file_of_the_same_name_that_holds_something_else_is_never_overwritten()
    {
        await using var other = await ArchiveDatabase.CreateAsync(postgres);
        await other.FillAsync();
        await other.SnapshotAllAsync();
        await other.Archive.ArchiveAsync(January, _log.Folder, Cancel);
        await _log.FillAsync();
        await _log.SnapshotAllAsync();
        var (theirs, ours) = (await File.ReadAllBytesAsync(ArchivePath, Cancel), await _log.DumpAsync());

        var refused = await Assert.ThrowsAsync<ArchiveCorruptException>(() => _log.Archive.ArchiveAsync(January, _log.Folder, Cancel));

        Assert.Equal(ArchivePath, refused.File);
        Assert.Equal(theirs, await File.ReadAllBytesAsync(ArchivePath, Cancel));
        Assert.Equal(ours, await _log.DumpAsync());
        Assert.IsType<RestoreResult.Restored>(await other.Archive.RestoreAsync(ArchivePath, Cancel));
    }

    [Fact]
    public async Task Appends_and_readers_go_on_while_a_month_is_archived_and_restored()
    {
        await _log.FillAsync();
        await _log.SnapshotAllAsync();
        var (before, stop, results) = (await _log.DumpAsync(), false, new ConcurrentBag<AppendResult>());
        var writers = Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            while (!Volatile.Read(ref stop))
            {
                results.Add(await _log.Store.AppendAsync(Sample.Unit(), Cancel));
                await _log.Store.ReadStreamAsync(new StreamId("payment", "later"), VersionRange.All, 10, Cancel);
            }
        })).ToList();

        // A reader whose transaction has touched the log for long: whoever wants the log's partitions for himself has to wait for it.
        await using (var slow = await _log.Database.Source.OpenConnectionAsync(Cancel))
        {
            await using var transaction = await slow.BeginTransactionAsync(Cancel);
            await using (var look = new NpgsqlCommand("select count(*) from events", slow))
            {
                await look.ExecuteScalarAsync(Cancel);
            }

            var archiving = Task.Run(() => _log.Archive.ArchiveAsync(January, _log.Folder, Cancel), Cancel);
            await Wait.UntilAsync(() => File.Exists(ArchivePath), Deadline);
            var appended = results.Count;
            await Wait.UntilAsync(() => results.Count > appended + 200, Deadline);
            Assert.False(archiving.IsCompleted);
            await transaction.CommitAsync(Cancel);
            Assert.IsType<ArchiveResult.Archived>(await archiving);
        }

        var archivedAt = results.Count;
        await Wait.UntilAsync(() => results.Count > archivedAt + 100, Deadline);
        Assert.IsType<RestoreResult.Restored>(await _log.Archive.RestoreAsync(ArchivePath, Cancel));
        Volatile.Write(ref stop, true);
        await Task.WhenAll(writers);

        Assert.All(results, r => Assert.IsType<AppendResult.Appended>(r));
        var after = await _log.DumpAsync();
        Assert.Equal(before, after[..before.Count]);
        Assert.Equal(before.Count + results.Count, after.Count);
        Assert.Equal(after.Count, await _log.Store.LastPositionAsync(Cancel));
    }

    private static byte[] Flipped(byte[] sound, int at)
    {
        var bytes = (byte[])sound.Clone();
        bytes[at] ^= 1;
        return bytes;
    }

    private async Task<Func<Task>> PutAsync(string obstacle)
    {
        switch (obstacle)
        {
            case "no file":
                Directory.CreateDirectory(ArchivePath + ".unfinished");
                return () =>
                {
                    Directory.Delete(ArchivePath + ".unfinished");
                    return Task.CompletedTask;
                };
            case "half a file":
                // The fourth event cannot be read: the file has three by then.
                await _log.Database.ExecuteAsync(
                    """
                    alter table events_2026_01 rename to sound;
                    create view events_2026_01 as select
                        position, stream_id, stream_type, stream_version, event_id, event_type, schema_version,
                        case when position = 4 then to_jsonb(1 / (position - 4)) else data end as data,
                        correlation_id, causation_id, actor, trace_parent, routing_key, recorded_at from sound
                    """);
                return () => _log.Database.ExecuteAsync("drop view events_2026_01; alter table sound rename to events_2026_01");
            case "no name for the file":
                Directory.CreateDirectory(ArchivePath);
                return () =>
                {
                    Directory.Delete(ArchivePath);
                    return Task.CompletedTask;
                };
            case "no name for the checksum":
                Directory.CreateDirectory(ArchivePath + ".sha256");
                return () =>
                {
                    Directory.Delete(ArchivePath + ".sha256");
                    return Task.CompletedTask;
                };
            default:
                var timing = obstacle == "no commit"
                    ? "constraint trigger refuse after insert on archived_months deferrable initially deferred"
                    : "trigger refuse before insert on archived_months";
                await _log.Database.ExecuteAsync(
                    $"create function refuse() returns trigger language plpgsql as $$ begin raise 'not now'; end $$; " +
                    $"create {timing} for each row execute function refuse()");
                return () => _log.Database.ExecuteAsync("drop trigger refuse on archived_months");
        }
    }
}
