using System.Text.Json.Nodes;
using Npgsql;
using Payments.EventStore.Contract;
using Payments.EventStore.Postgres;

namespace IntegrationTests.EventStore;

/// <summary>
/// What a load costs must not grow with what it does not want: the statement that loads is explained on long, analysed streams.
/// </summary>
public sealed class LoadPlanTests(EventStoreDatabase database) : IClassFixture<EventStoreDatabase>
{
    private const int Streams = 10;
    private const int EventsEach = 2_000;
    private const int AfterSnapshot = 50;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_load_touches_no_event_but_those_after_the_snapshot()
    {
        await using var store = database.OpenStore();
        var streams = Enumerable.Range(0, Streams).Select(_ => Sample.Stream()).ToList();
        await Task.WhenAll(streams.Select(s => store.AppendAsync(Sample.Unit(s, ExpectedVersion.None, EventsEach), Cancel)));
        await store.SaveSnapshotsAsync([.. streams.Select(s => new Snapshot(s, EventsEach - AfterSnapshot, 1, "{}"u8.ToArray()))], Cancel);
        await database.ExecuteAsync("analyze");

        Assert.Equal(AfterSnapshot, await EventsTouchedAsync(EventQueries.StreamsAfterSnapshots, [streams[3].ToString()], [0L], 1));
        Assert.Equal(7, await EventsTouchedAsync(EventQueries.Streams, [streams[3].ToString()], [EventsEach - 7L], null));
    }

    private async Task<long> EventsTouchedAsync(string sql, string[] streams, long[] after, int? schema)
    {
        await using var command = database.Source.CreateCommand("explain (analyze, format json) " + sql);
        command.Parameters.Add(new NpgsqlParameter { Value = streams });
        command.Parameters.Add(new NpgsqlParameter { Value = after });
        if (schema is { } number)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = number });
        }

        var plan = JsonNode.Parse((string)(await command.ExecuteScalarAsync(Cancel))!)![0]!["Plan"]!;
        return Nodes(plan)
            .Where(n => n["Relation Name"]?.GetValue<string>().StartsWith("events_", StringComparison.Ordinal) == true)
            .Sum(n => (Count(n, "Actual Rows") + Count(n, "Rows Removed by Filter")) * Count(n, "Actual Loops"));
    }

    private static long Count(JsonNode node, string name) => node[name]?.GetValue<long>() ?? 0;

    private static IEnumerable<JsonNode> Nodes(JsonNode node) =>
        (node["Plans"]?.AsArray() ?? []).SelectMany(child => Nodes(child!)).Prepend(node);
}
