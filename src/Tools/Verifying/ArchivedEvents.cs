using System.Runtime.CompilerServices;
using Npgsql;
using Payments.EventStore.Sealing;
using Payments.EventStore.Sealing.Archives;
using Payments.EventStore.Sealing.Verifying;

namespace Payments.Tools.Verifying;

/// <summary>Reads archived months from their files, to verify them too.</summary>
internal static class ArchivedEvents
{
    /// <summary>Null when a file is not where it was written: then archived events are counted, and not hashed again.</summary>
    public static async Task<ReadArchived?> ReaderAsync(string name, NpgsqlDataSource database, CancellationToken cancel)
    {
        await using (var exists = database.CreateCommand("select to_regclass('archived_months') is not null"))
        {
            if (!(bool)(await exists.ExecuteScalarAsync(cancel))!)
                return null;
        }

        List<(string File, long First, long Last)> months = [];
        await using (var command = database.CreateCommand("select file, first_position, last_position from archived_months order by 2"))
        await using (var reader = await command.ExecuteReaderAsync(cancel))
        {
            while (await reader.ReadAsync(cancel))
                months.Add((reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2)));
        }

        foreach (var (file, _, _) in months.Where(m => !File.Exists(m.File)))
            System.Console.Error.WriteLine($"{name}: {file} is not there; archived events are not hashed again.");
        return months.TrueForAll(m => File.Exists(m.File)) ? (first, last, stop) => ReadAsync(months, first, last, stop) : null;
    }

    private static async IAsyncEnumerable<CanonicalEvent> ReadAsync(
        List<(string File, long First, long Last)> months, long first, long last, [EnumeratorCancellation] CancellationToken cancel)
    {
        foreach (var month in months.Where(m => m.Last >= first && m.First <= last))
        {
            await foreach (var e in ArchiveReader.ReadAsync(month.File, stream: null, cancel))
            {
                if (e.Position >= first && e.Position <= last)
                    yield return CanonicalEvent.Of(e);
            }
        }
    }
}
