using Npgsql;
using Payments.EventStore.Partitions;
using Payments.Messaging.Relay;

namespace Payments.Hosting;

/// <summary>
/// All who read the log of a service in order, and how far each has come: a month that one of them still needs is not archived.
/// </summary>
public static class LogReaders
{
    // An inline projection is written with the events themselves, and reads the log only while it is rebuilt: from its start.
    private const string OfTheStore =
        "select 'sealer', coalesce(max(last_position), 0) from seals " +
        "union all select 'rebuild of ' || name, coalesce(rebuild_position, 0) from projections where rebuild_version is not null " +
        "union all select c.name, c.position from checkpoints c " +
        "where not exists (select from projections p where p.inline and 'projection/' || p.name = c.name) order by 1";

    public static async Task<IReadOnlyList<LogReader>> AllAsync(NpgsqlDataSource database, CancellationToken cancel)
    {
        var readers = new List<LogReader> { await RelayReader.ReadAsync(database, cancel) };
        await using var command = database.CreateCommand(OfTheStore);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            readers.Add(new LogReader(reader.GetString(0), reader.GetInt64(1)));
        }

        return readers;
    }
}
