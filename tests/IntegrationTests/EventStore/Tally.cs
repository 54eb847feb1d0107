using System.Globalization;
using System.Text;
using Payments.EventStore.Aggregates;

namespace IntegrationTests.EventStore;

/// <summary>The smallest aggregate: numbers that add up.</summary>
internal sealed record Tally(long Total, long Count)
{
    public const int SnapshotSchema = 7;

    public static AggregateDefinition<Tally, long> Definition(int? snapshotEvery) => new()
    {
        StreamType = "tally",
        Evolve = (tally, amount) => new Tally((tally?.Total ?? 0) + amount, (tally?.Count ?? 0) + 1),
        Decode = e => Number(e.Data, "amount"),
        Encode = amount => ("tally.added.v1", 1, Encoding.UTF8.GetBytes($$"""{"amount":{{amount}}}""")),
        RoutingKey = (_, _) => "user/tally",
        Project = _ => [],
        Snapshots = snapshotEvery is { } every
            ? new(SnapshotSchema, t => Encoding.UTF8.GetBytes($$"""{"count":{{t.Count}},"total":{{t.Total}}}"""), Read, every)
            : null,
    };

    private static Tally Read(ReadOnlyMemory<byte> json) => new(Number(json, "total"), Number(json, "count"));

    private static long Number(ReadOnlyMemory<byte> json, string member) =>
        long.Parse(System.Text.Json.JsonDocument.Parse(json).RootElement.GetProperty(member).GetRawText(), CultureInfo.InvariantCulture);
}
