using System.Diagnostics;
using System.Text.Json.Nodes;
using Npgsql;
using Payments.Bench.Emmett;
using Payments.Domain.Wallets;
using Payments.EventStore.Aggregates;
using Payments.EventStore.Contract;

namespace Payments.Bench.Loads;

/// <summary>The event store, as the services load: a snapshot, if there is one, and what comes after it.</summary>
internal sealed class EventStoreLoading(string name, IEventStore store, AggregateDefinition<Wallet, WalletEvent> definition)
    : ILoadContender
{
    public string Name => name;

    public Task<(IReadOnlyList<double> Ms, long Posted)> LoadAsync(IReadOnlyList<StreamId> streams, CancellationToken cancel) =>
        Stopwatches.EachAsync(streams, async stream =>
        {
            var cold = new Aggregates<Wallet, WalletEvent>(store, definition);
            var states = await cold.LoadAsync([stream], cancel);
            return states[stream].State!.Posted.Minor;
        });
}

/// <summary>The plain store: all events of the stream, and of each only what the fold needs.</summary>
internal sealed class PlainLoading(NpgsqlDataSource database, AggregateDefinition<Wallet, WalletEvent> definition) : ILoadContender
{
    private const string ReadStream =
        "select stream_version, event_type, schema_version, data from events where stream_id = $1 order by stream_version";

    private static readonly EventMetadata NotRead = new(Guid.Empty, null, "", null, null);

    public string Name => "plain";

    public Task<(IReadOnlyList<double> Ms, long Posted)> LoadAsync(IReadOnlyList<StreamId> streams, CancellationToken cancel) =>
        Stopwatches.EachAsync(streams, async stream =>
        {
            await using var command = database.CreateCommand(ReadStream);
            command.Parameters.AddWithValue(stream.ToString());
            await using var reader = await command.ExecuteReaderAsync(cancel);
            Wallet? wallet = null;
            while (await reader.ReadAsync(cancel))
            {
                var (version, type, schema) = (reader.GetInt64(0), reader.GetString(1), reader.GetInt32(2));
                var data = reader.GetFieldValue<byte[]>(3);
                var stored = new StoredEvent(0, stream, version, Guid.Empty, type, schema, data, NotRead, default);
                wallet = definition.Evolve(wallet, definition.Decode(stored));
            }

            return wallet!.Posted.Minor;
        });
}

/// <summary>Emmett's <c>aggregateStream</c>, in its own process.</summary>
internal sealed class EmmettLoading(EmmettProcess emmett) : ILoadContender
{
    public string Name => "emmett";

    /// <summary>Emmett takes the type of a stream from before the first hyphen.</summary>
    public static string StreamName(StreamId stream) => stream.ToString().Replace('/', '-');

    public async Task<(IReadOnlyList<double> Ms, long Posted)> LoadAsync(IReadOnlyList<StreamId> streams, CancellationToken cancel)
    {
        var names = new JsonArray([.. streams.Select(s => JsonValue.Create(StreamName(s)))]);
        var loaded = await emmett.AskAsync(new JsonObject { ["do"] = "load", ["streams"] = names }, cancel);
        return ([.. loaded["ms"]!.AsArray().Select(ms => (double)ms!)], (long)loaded["posted"]!);
    }
}

/// <summary>Times the loads of this process.</summary>
internal static class Stopwatches
{
    public static async Task<(IReadOnlyList<double> Ms, long Posted)> EachAsync(
        IReadOnlyList<StreamId> streams, Func<StreamId, Task<long>> load)
    {
        var ms = new List<double>();
        var posted = 0L;
        foreach (var stream in streams)
        {
            var start = Stopwatch.GetTimestamp();
            posted += await load(stream);
            ms.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        return (ms, posted);
    }
}
