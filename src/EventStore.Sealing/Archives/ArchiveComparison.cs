using Npgsql;
using Payments.EventStore.Partitions;

namespace Payments.EventStore.Sealing.Archives;

/// <summary>Holds an archive against a partition, line by line.</summary>
internal static class ArchiveComparison
{
    /// <exception cref="ArchiveCorruptException">They differ.</exception>
    public static async Task CheckAsync(string file, NpgsqlConnection connection, Month month, CancellationToken cancel)
    {
        await using var lines = ArchiveFile.LinesAsync(file, cancel).GetAsyncEnumerator(cancel);
        var header = ArchiveHeader.Read(file, await lines.MoveNextAsync() ? lines.Current : null);
        var position = header.FirstPosition - 1;
        await foreach (var stored in PartitionRows.LinesAsync(connection, month, header.Columns, cancel))
        {
            position++;
            if (!await lines.MoveNextAsync() || lines.Current != stored)
            {
                throw new ArchiveCorruptException(file, $"at position {position} it is not what {month.Partition} has.");
            }
        }

        if (await lines.MoveNextAsync() || position != header.LastPosition)
        {
            throw new ArchiveCorruptException(file, $"{month.Partition} ends at position {position}, and it does not.");
        }
    }
}
