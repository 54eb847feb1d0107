using System.Text.Json;
using Npgsql;
using Payments.EventStore.Contract;

namespace Payments.Messaging.Lineages;

/// <summary>The lineages of logs as a consumer has taken them over, stored beside its watermarks.</summary>
public interface ISourceLineages
{
    /// <summary>By the name of the log.</summary>
    Task<IReadOnlyDictionary<string, LogLineage>> ReadAsync(string consumer, CancellationToken cancel);
}

/// <summary>Those in the service's database.</summary>
public sealed class PostgresSourceLineages(NpgsqlDataSource database) : ISourceLineages
{
    public async Task<IReadOnlyDictionary<string, LogLineage>> ReadAsync(string consumer, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("select source, incarnations from source_lineages where consumer = $1");
        command.Parameters.AddWithValue(consumer);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var lineages = new Dictionary<string, LogLineage>();
        while (await reader.ReadAsync(cancel))
        {
            lineages[reader.GetString(0)] = new(JsonSerializer.Deserialize(reader.GetString(1), LineageJson.Default.ListLogIncarnation)!);
        }

        return lineages;
    }
}

/// <summary>The same in memory, for tests and simulation.</summary>
public sealed class MemorySourceLineages : ISourceLineages
{
    private Dictionary<(string Consumer, string Source), LogLineage> _lineages = [];

    public Task<IReadOnlyDictionary<string, LogLineage>> ReadAsync(string consumer, CancellationToken cancel) =>
        Task.FromResult<IReadOnlyDictionary<string, LogLineage>>(
            _lineages.Where(l => l.Key.Consumer == consumer).ToDictionary(l => l.Key.Source, l => l.Value));

    public void Apply(IEnumerable<ProjectionRow> rows)
    {
        foreach (var row in rows.Where(r => r.Projection == LineageRow.Projection).Select(LineageRow.Read))
        {
            if (row.Incarnations is { } incarnations)
            {
                _lineages[(row.Consumer, row.Source)] = new(incarnations);
            }
        }
    }

    /// <summary>For a restore: what there is now, and back to it.</summary>
    public Action Backup()
    {
        var backup = _lineages.ToDictionary();
        return () => _lineages = backup.ToDictionary();
    }
}
