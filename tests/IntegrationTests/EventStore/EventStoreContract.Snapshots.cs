using System.Text.Json;
using Payments.EventStore.Contract;

namespace IntegrationTests.EventStore;

public abstract partial class EventStoreContract
{
    private const int Schema = 2;

    [Fact]
    public async Task A_stream_that_is_read_from_its_start_begins_with_its_snapshot()
    {
        var (taken, older, bare, further) = (
            await StreamAtAsync(5), await StreamAtAsync(4), await StreamAtAsync(2), await StreamAtAsync(6));
        await Store.SaveSnapshotsAsync([Snapshot(taken, 3), Snapshot(older, 2, schema: 1), Snapshot(further, 5)], Cancel);

        var read = await Store.ReadStreamsAsync([(taken, 0), (older, 0), (bare, 0), (further, 4)], Schema, Cancel);

        Assert.Equal((3, """{"total":3}"""), (read[taken].Snapshot!.Version, Compact(read[taken].Snapshot!.State)));
        Assert.Equal([4, 5], read[taken].Events.Select(e => e.StreamVersion));
        Assert.Null(read[older].Snapshot);
        Assert.Equal([1, 2, 3, 4], read[older].Events.Select(e => e.StreamVersion));
        Assert.Null(read[bare].Snapshot);
        Assert.Equal([1, 2], read[bare].Events.Select(e => e.StreamVersion));
        Assert.Null(read[further].Snapshot);
        Assert.Equal([5, 6], read[further].Events.Select(e => e.StreamVersion));
    }

    [Fact]
    public async Task A_snapshot_at_the_end_of_a_stream_is_all_there_is_to_read()
    {
        var stream = await StreamAtAsync(3);
        await Store.SaveSnapshotsAsync([Snapshot(stream, 3)], Cancel);

        var rest = (await Store.ReadStreamsAsync([(stream, 0)], Schema, Cancel))[stream];

        Assert.Equal(3, rest.Snapshot!.Version);
        Assert.Empty(rest.Events);
    }

    [Fact]
    public async Task The_newest_snapshot_of_a_stream_is_kept_and_found_by_its_schema()
    {
        var stream = await StreamAtAsync(9);
        Assert.Null(await Store.FindSnapshotAsync(stream, Schema, Cancel));

        await Store.SaveSnapshotsAsync([Snapshot(stream, 4)], Cancel);
        await Store.SaveSnapshotsAsync([Snapshot(stream, 8)], Cancel);
        await Store.SaveSnapshotsAsync([Snapshot(stream, 6)], Cancel);
        await Store.SaveSnapshotsAsync([Snapshot(stream, 9, schema: 1)], Cancel);
        await Store.SaveSnapshotsAsync([], Cancel);

        Assert.Equal(8, (await Store.FindSnapshotAsync(stream, Schema, Cancel))!.Version);
        Assert.Null(await Store.FindSnapshotAsync(stream, 1, Cancel));
    }

    private static Snapshot Snapshot(StreamId stream, long version, int schema = Schema) =>
        new(stream, version, schema, JsonSerializer.SerializeToUtf8Bytes(new { total = version }));

    private static string Compact(ReadOnlyMemory<byte> json) => JsonSerializer.Serialize(JsonDocument.Parse(json).RootElement);
}
