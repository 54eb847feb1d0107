using System.Globalization;
using System.Text;
using Payments.EventStore.Aggregates;
using Payments.EventStore.Contract;
using Payments.EventStore.Memory;

namespace UnitTests.EventStore;

public sealed class AggregatesAfterRestoreTests
{
    private static readonly AggregateDefinition<string, int> Numbers = new()
    {
        StreamType = "numbers",
        Evolve = (all, number) => all + number.ToString(CultureInfo.InvariantCulture),
        Decode = e => int.Parse(Encoding.UTF8.GetString(e.Data.Span), CultureInfo.InvariantCulture),
        Encode = number => ("number.added.v1", 1, Encoding.UTF8.GetBytes(number.ToString(CultureInfo.InvariantCulture))),
        RoutingKey = (_, _) => null,
        Project = _ => [],
    };

    private static readonly StreamId Stream = Numbers.Stream(Id(1));

    private readonly MemoryEventStore _store = new("numbers", TimeProvider.System);
    private int _number;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_state_of_before_a_restore_is_not_remembered_though_the_stream_has_come_to_the_same_version()
    {
        var aggregates = new Aggregates<string, int>(_store, Numbers);
        await AppendAsync(0);
        var backup = _store.Backup();
        await AppendAsync(1);
        Assert.Equal("12", (await aggregates.LoadAsync([Stream], Cancel))[Stream].State);

        _store.Restore(backup, Id(2));
        await AppendAsync(1);

        Assert.Equal("13", (await aggregates.LoadAsync([Stream], Cancel))[Stream].State);
    }

    private async Task AppendAsync(long version)
    {
        var number = ++_number;
        var e = new NewEvent(
            Id(100 + number),
            "number.added.v1",
            1,
            Encoding.UTF8.GetBytes($"{number}"),
            new EventMetadata(Id(9), null, "test", null, null));
        var append = new StreamAppend(Stream, version == 0 ? ExpectedVersion.None : ExpectedVersion.Exactly(version), [e]);
        Assert.IsType<AppendResult.Appended>(await _store.AppendAsync(new() { Streams = [append] }, Cancel));
    }

    private static Guid Id(int number) => Guid.Parse($"0198c0de-0000-7000-8000-{number:x12}");
}
