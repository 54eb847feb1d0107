using System.Text.Json.Nodes;
using Npgsql;

namespace Payments.Operations.Invariants;

/// <summary>No projection has had to leave an event out: its tables lack what it leads to, until it is applied or rebuilt.</summary>
public sealed class ProjectionsTakeEveryEvent(NpgsqlDataSource database)
{
    public const string Name = "projections-take-every-event";

    private const string Sql =
        """
        select p.name, count(k.position), min(k.position),
            (array_agg(k.stream_id order by k.position))[1], (array_agg(k.error order by k.position))[1]
        from projections p left join parked_projection_events k on k.projection = p.name group by p.name order by p.name
        """;

    public Invariant Invariant => new()
    {
        Name = Name,
        Meaning = "No projection has parked an event that the database refused.",
        Grace = TimeSpan.Zero,
        Check = CheckAsync,
    };

    private async Task<Seen> CheckAsync(Look look, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(Sql);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var (projections, findings) = (0, new List<Finding>());
        while (await reader.ReadAsync(cancel))
        {
            projections++;
            if (reader.GetInt64(1) is > 0 and var count)
            {
                var (projection, position) = (reader.GetString(0), reader.GetInt64(2));
                findings.Add(new Finding(
                    projection,
                    $"Projection {projection} lacks {count} events from position {position} on, which the database refused or which wait " +
                    $"behind one that it refused: {(reader.IsDBNull(4) ? "" : reader.GetString(4))}",
                    new EventReference(reader.GetString(3), null, position, null),
                    new JsonObject { ["projection"] = projection, ["count"] = count, ["position"] = position }));
            }
        }

        return new Seen(projections, findings);
    }
}
