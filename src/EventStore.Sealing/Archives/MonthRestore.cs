using Npgsql;
using NpgsqlTypes;
using Payments.EventStore.Partitions;

namespace Payments.EventStore.Sealing.Archives;

/// <summary>Makes a partition of an archive, in one transaction.</summary>
internal static class MonthRestore
{
    public static async Task<RestoreResult> RunAsync(NpgsqlConnection connection, string file, TimeProvider clock, CancellationToken cancel)
    {
        var checksum = await ArchiveFile.ChecksumAsync(file, cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (await ArchivedMonths.FindAsync(connection, checksum, cancel) is not { } archived)
        {
            await ArchiveFile.CheckAsync(file, cancel); // Damaged? Otherwise the file is sound, but not ours to load.
            return new RestoreResult.Refused(
                $"{file} is none of the archived months of this database. Restored already, or of another log?");
        }

        await LoadAsync(connection, archived.Month, file, cancel);
        await ArchiveComparison.CheckAsync(file, connection, archived.Month, cancel);
        if (archived.Claims is { } claims)
        {
            await ClaimArchive.RestoreAsync(connection, file, claims.Checksum, cancel);
        }

        await LockPatience.TryAsync(() => AttachAsync(transaction, archived.Month, cancel), clock, cancel);
        await transaction.CommitAsync(cancel);
        return new RestoreResult.Restored(archived);
    }

    private static async Task LoadAsync(NpgsqlConnection connection, Month month, string file, CancellationToken cancel)
    {
        var header = await ArchiveFile.LinesAsync(file, cancel).Select(line => ArchiveHeader.Read(file, line)).FirstAsync(cancel);
        // The check says what the partition's bounds will say, so that attaching need not read all of it.
        await ExecuteAsync(
            connection,
            $"create table {month.Partition} (like events including all, constraint {month.Partition}_month " +
            $"check (recorded_at >= '{month.Start:u}' and recorded_at < '{month.End:u}')); " +
            "create temporary table restored (line json) on commit drop",
            cancel);
        await using (var writer = await connection.BeginBinaryImportAsync("copy restored (line) from stdin (format binary)", cancel))
        {
            await foreach (var line in ArchiveFile.LinesAsync(file, cancel).Skip(1).WithCancellation(cancel))
            {
                await writer.StartRowAsync(cancel);
                await writer.WriteAsync(line, NpgsqlDbType.Json, cancel);
            }

            await writer.CompleteAsync(cancel);
        }

        var columns = PartitionRows.List(header.Columns);
        await ExecuteAsync(
            connection,
            $"insert into {month.Partition} ({columns}) select {columns} from restored, json_populate_record(null::events, restored.line)",
            cancel);
    }

    private static async Task AttachAsync(NpgsqlTransaction transaction, Month month, CancellationToken cancel)
    {
        const string BeforeLocking = "attach";
        await transaction.SaveAsync(BeforeLocking, cancel);
        try
        {
            await ExecuteAsync(
                transaction.Connection!,
                $"{LockPatience.Sql}; " +
                $"alter table events attach partition {month.Partition} for values from ('{month.Start:u}') to ('{month.End:u}'); " +
                $"alter table {month.Partition} drop constraint {month.Partition}_month; " +
                $"delete from archived_months where month = '{month.FirstDay:O}'",
                cancel);
        }
        catch (PostgresException)
        {
            await transaction.RollbackAsync(BeforeLocking, cancel);
            throw;
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancel);
    }
}
