using System.Data;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Npgsql;
using Payments.EventStore.Contract;
using Payments.EventStore.Partitions;

namespace Payments.EventStore.Sealing.Archives;

/// <summary>Moves a month of the log from its partition into a compressed file, and back.</summary>
/// <remarks>
/// At every moment the month is in the database, or in a file that was compared with it line by line and is safe on the disk. So a crash at
/// any step loses nothing, and the call can be repeated. What is archived is gone for readers of the log: they start with the first event
/// that is still online, which <see cref="Contiguity"/> notices and <see cref="ArchivedMonthsAsync"/> tells.
/// </remarks>
/// <param name="name">The name of the log.</param>
/// <param name="snapshotSchema">The schema of the snapshots that states are loaded from: those of another schema do not count.</param>
/// <param name="answerOfArchivedKey">
/// What a repeat of an idempotency key of an archived month is answered, as the service keeps answers.
/// </param>
/// <param name="readers">All who read the log in order and how far each has come, asked when a month is to be archived.</param>
public sealed partial class MonthArchive(
    string name,
    NpgsqlDataSource database,
    int snapshotSchema,
    Func<Month, byte[]> answerOfArchivedKey,
    Func<CancellationToken, Task<IReadOnlyList<LogReader>>> readers,
    TimeProvider clock,
    ILogger<MonthArchive> log)
{
    /// <summary>The months that are not online, oldest first.</summary>
    public async Task<IReadOnlyList<ArchivedMonth>> ArchivedMonthsAsync(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await ArchivedMonths.AllAsync(connection, cancel);
    }

    /// <summary>
    /// Streams that need a snapshot before the month can be archived, at most so many: without one, their state could not be folded any
    /// more.
    /// </summary>
    public async Task<IReadOnlyList<StreamId>> StreamsWithoutSnapshotAsync(Month month, int countMax, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await PartitionRows.ExtentAsync(connection, month, cancel) is null
            ? []
            : await ArchiveChecks.StreamsWithoutSnapshotAsync(connection, month, snapshotSchema, countMax, cancel);
    }

    /// <summary>
    /// Writes the month to <c>{log}-{month}.events.gz</c>, and its idempotency keys to <c>{log}-{month}.claims.gz</c>, each with its
    /// checksum beside it, and takes it out of the database. The keys stay, without their answers.
    /// </summary>
    /// <param name="folder">Exists.</param>
    /// <exception cref="ArchiveCorruptException">
    /// The file does not hold what the partition does, or there is one of that name already that does not. Both stay.
    /// </exception>
    /// <exception cref="IOException">The file cannot be written; the partition stays.</exception>
    /// <exception cref="NpgsqlException">The database is in trouble, or was too busy for a minute to let the partition go.</exception>
    public async Task<ArchiveResult> ArchiveAsync(Month month, string folder, CancellationToken cancel)
    {
        await using var turn = await ArchiveTurn.TryAcquireAsync(database, cancel);
        if (turn is null)
        {
            return new ArchiveResult.Refused([new ArchiveRefusal.Busy()]);
        }

        await using var connection = await database.OpenConnectionAsync(cancel);
        if (await ArchivedMonths.FindAsync(connection, month, cancel) is { } before)
        {
            await EmptyClaimsAsync(connection, before, cancel); // A crash may have come between.
            return new ArchiveResult.Archived(before);
        }

        var extent = await PartitionRows.ExtentAsync(connection, month, cancel);
        var reasons = await ArchiveChecks.ReasonsAsync(
            connection, month, extent, await readers(cancel), snapshotSchema, clock.GetUtcNow(), cancel);
        if (reasons.Count > 0)
        {
            return new ArchiveResult.Refused(reasons);
        }

        var file = Path.GetFullPath(Path.Combine(folder, $"{name}-{month}.events.gz"));
        var checksum = await WriteAsync(connection, month, extent!.Value, file, cancel);
        var claims = await ClaimArchive.WriteAsync(connection, name, month, file, cancel);
        var archived = new ArchivedMonth(
            month, extent.Value.First, extent.Value.Last, extent.Value.Count, file, checksum, clock.GetUtcNow())
        {
            Claims = claims,
        };
        await LockPatience.TryAsync(() => TakeOutAsync(connection, archived, cancel), clock, cancel);
        await EmptyClaimsAsync(connection, archived, cancel);
        LogArchived(log, name, month, archived.EventCount, file);
        return new ArchiveResult.Archived(archived);
    }

    /// <summary>Puts an archived month back into the database, exactly as it was.</summary>
    /// <exception cref="ArchiveCorruptException">The file is damaged. Nothing has changed.</exception>
    /// <exception cref="NpgsqlException">The database is in trouble, or was too busy for a minute to take the partition. Nothing has
    /// changed.</exception>
    public async Task<RestoreResult> RestoreAsync(string file, CancellationToken cancel)
    {
        await using var turn = await ArchiveTurn.TryAcquireAsync(database, cancel);
        if (turn is null)
        {
            return new RestoreResult.Refused(new ArchiveRefusal.Busy().ToString());
        }

        await using var connection = await database.OpenConnectionAsync(cancel);
        var result = await MonthRestore.RunAsync(connection, file, clock, cancel);
        if (result is RestoreResult.Restored restored)
        {
            LogRestored(log, name, restored.Month.Month, restored.Month.EventCount, file);
        }

        return result;
    }

    private async Task EmptyClaimsAsync(NpgsqlConnection connection, ArchivedMonth month, CancellationToken cancel)
    {
        if (month.Claims is not null)
        {
            await ClaimArchive.EmptyAsync(connection, month.Month, answerOfArchivedKey(month.Month), cancel);
        }
    }

    // Written under another name and compared with the partition before it gets its own.
    private async Task<byte[]> WriteAsync(
        NpgsqlConnection connection, Month month, (long First, long Last, long Count) extent, string file, CancellationToken cancel)
    {
        var unfinished = $"{file}.unfinished";
        File.Delete(unfinished); // What a crash may have left. One archives at a time.
        try
        {
            await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancel);
            await ArchiveFile.WriteAsync(unfinished, LinesAsync(connection, month, extent, cancel), cancel);
            await ArchiveComparison.CheckAsync(unfinished, connection, month, cancel);
            if (File.Exists(file))
            {
                // Of an earlier attempt. Or the only copy of the same month of another database: then it stays, and the caller is told.
                await ArchiveComparison.CheckAsync(file, connection, month, cancel);
            }

            var checksum = await ArchiveFile.ChecksumAsync(unfinished, cancel);
            await ArchiveFile.PublishAsync(unfinished, file, checksum, cancel);
            return checksum;
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }
    }

    private async IAsyncEnumerable<string> LinesAsync(
        NpgsqlConnection connection,
        Month month,
        (long First, long Last, long Count) extent,
        [EnumeratorCancellation] CancellationToken cancel)
    {
        var columns = await PartitionRows.ColumnsAsync(connection, cancel);
        yield return new ArchiveHeader(
            ArchiveHeader.FormatName, name, month.ToString(), extent.First, extent.Last, extent.Count, columns).ToJson();
        await foreach (var line in PartitionRows.LinesAsync(connection, month, columns, cancel))
        {
            yield return line;
        }
    }

    private static async Task TakeOutAsync(NpgsqlConnection connection, ArchivedMonth month, CancellationToken cancel)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using (var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new(LockPatience.Sql),
                new("select keep_archived_heads($1, $2)") // For the chains of hashes, which go on from there.
                {
                    Parameters = { new() { Value = month.FirstPosition }, new() { Value = month.LastPosition } },
                },
                new($"alter table events detach partition {month.Month.Partition}"),
                new($"drop table {month.Month.Partition}"),
                ArchivedMonths.Insert(month),
            },
        })
        {
            await batch.ExecuteNonQueryAsync(cancel);
        }

        await transaction.CommitAsync(cancel);
    }

    [LoggerMessage(EventId = 2002, Level = LogLevel.Information, Message = "{Name}: archived {Month}, {Count} events, in {File}")]
    private static partial void LogArchived(ILogger log, string name, Month month, long count, string file);

    [LoggerMessage(EventId = 2003, Level = LogLevel.Information, Message = "{Name}: restored {Month}, {Count} events, from {File}")]
    private static partial void LogRestored(ILogger log, string name, Month month, long count, string file);
}
