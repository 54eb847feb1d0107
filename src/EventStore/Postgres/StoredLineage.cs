using Npgsql;
using Payments.EventStore.Contract;

namespace Payments.EventStore.Postgres;

/// <summary>
/// The lineage of a log, read again only when the server that answers was started anew: nothing else begins an incarnation.
/// </summary>
/// <remarks>
/// Every read and append that hands out events says when its server was started. So whoever asks for the lineage of events that it was
/// given is told one that contains theirs, and while the server runs nobody is asked: the answer is a field.
/// </remarks>
internal sealed class StoredLineage(NpgsqlDataSource database)
{
    private readonly Lock _gate = new();
    private DateTime _serverStarted;
    private long _changes = 1;
    private (LogLineage Lineage, long Changes)? _read;

    /// <summary>An answer came from a server that was started then. To be told before the events of the answer are handed out.</summary>
    public void Observe(DateTime serverStarted)
    {
        lock (_gate)
        {
            if (serverStarted != _serverStarted)
            {
                _serverStarted = serverStarted;
                _changes++;
            }
        }
    }

    public ValueTask<LogLineage> ReadAsync(CancellationToken cancel)
    {
        lock (_gate)
        {
            return _read is { } read && read.Changes == _changes
                ? ValueTask.FromResult(read.Lineage)
                : new ValueTask<LogLineage>(ReadAnewAsync(_changes, cancel));
        }
    }

    private async Task<LogLineage> ReadAnewAsync(long changes, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("select begins_after, id, server_started from log_lineage()");
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var incarnations = new List<LogIncarnation>();
        DateTime serverStarted = default;
        while (await reader.ReadAsync(cancel))
        {
            incarnations.Add(new LogIncarnation(reader.GetGuid(1), reader.GetInt64(0)));
            serverStarted = reader.GetDateTime(2);
        }

        var lineage = new LogLineage(incarnations);
        lock (_gate)
        {
            if (changes == _changes)
            {
                // It begins the incarnation of this start of the server: it is complete for all that comes from it.
                _serverStarted = serverStarted;
                _read = (lineage, changes);
            }
        }

        return lineage;
    }
}
