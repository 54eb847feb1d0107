using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Payments.Domain;
using Payments.EventStore.Aggregates;
using Payments.EventStore.Contract;
using Payments.EventStore.Memory;
using Payments.Messaging.Consuming;
using Payments.Messaging.Envelope;
using Payments.Messaging.Lineages;
using Payments.Messaging.Parking;
using Payments.Messaging.Topics;

namespace UnitTests.Messaging;

public sealed class BatchProcessorTests
{
    // A stream of numbers, of which each is one more than the last.
    private static readonly AggregateDefinition<string, int> Numbers = new()
    {
        StreamType = "numbers",
        Evolve = (_, number) => number.ToString(CultureInfo.InvariantCulture),
        Decode = e => int.Parse(Encoding.UTF8.GetString(e.Data.Span), CultureInfo.InvariantCulture),
        Encode = number => ("number.added.v1", 1, Encoding.UTF8.GetBytes(number.ToString(CultureInfo.InvariantCulture))),
        RoutingKey = (_, _) => "wallet:1",
        Project = _ => [],
    };

    private static readonly ConsumerDefinition<string, int> Consumer = new()
    {
        Name = "counter",
        Topics = [PlatformTopics.PaymentEvents],
        Aggregate = Numbers,
        Interpret = message => new(Numbers.Stream(message.Headers.Correlation), AddNext, StartsStream: true),
    };

    private readonly MemoryEventStore _store = new("numbers", TimeProvider.System);

    [Fact]
    public async Task A_message_that_starts_a_stream_finds_it_empty()
    {
        await ProcessAsync(position: 1);

        Assert.Equal(["0"], await StoredAsync());
    }

    [Fact]
    public async Task A_message_that_should_start_a_stream_is_decided_on_what_is_in_it_if_something_is()
    {
        await ProcessAsync(position: 1);

        // A processor of its own, so that nothing is remembered of the stream.
        await ProcessAsync(position: 2, previous: 1);

        Assert.Equal(["0", "1"], await StoredAsync());
    }

    [Fact]
    public async Task What_led_to_no_events_is_told_once_it_is_stored()
    {
        await ProcessAsync(position: 1);
        var told = new List<string?>();
        var deaf = Consumer with
        {
            Interpret = message => new(
                Numbers.Stream(message.Headers.Correlation), (_, _) => new Decision<int>.Accepted([]), WhenNothing: told.Add),
        };

        await ProcessAsync(position: 2, previous: 1, deaf);
        await ProcessAsync(position: 2, previous: 1, deaf); // A duplicate is nobody's signal.

        Assert.Equal(["0"], told);
    }

    [Fact]
    public async Task What_is_logged_of_a_message_that_fails_names_its_correlation()
    {
        var log = new ScopedLog();
        var poisoned = Consumer with { Interpret = _ => throw new FormatException("Not a number.") };

        await ProcessAsync(position: 1, consumer: poisoned, log: log);

        Assert.Equal(MessageCases.Headers.Correlation, Assert.Single(log.Lines)["correlationId"]);
    }

    [Fact]
    public async Task A_parked_message_of_a_lost_timeline_is_discarded_with_the_next_try_and_its_key_goes_on()
    {
        var (parked, lineages) = (new MemoryParkedMessages(), new MemorySourceLineages());
        var store = new MemoryEventStore("numbers", TimeProvider.System, rows =>
        {
            parked.Apply(rows);
            lineages.Apply(rows);
        });
        var (lost, now) = (Guid.Parse("0198c0de-0000-7000-8000-0000000000aa"), Guid.Parse("0198c0de-0000-7000-8000-0000000000bb"));
        var headers = MessageCases.Headers with { Position = 5, Previous = 0, Incarnation = lost };
        var record = new ConsumeResult<byte[], byte[]>
        {
            Topic = PlatformTopics.PaymentEvents.Name,
            Partition = 0,
            Offset = 5,
            Message = MessageCodec.Encode("wallet:1", headers, "{}"u8.ToArray()),
        };
        var message = Assert.IsType<MessageReading.Readable>(MessageCodec.Read(record)).Message;
        var failure = Failure.Of(new InvalidOperationException("Not now."));
        var parking = ParkingRow.Park(Consumer.Name, record, message, DateTimeOffset.UnixEpoch, failure, DateTimeOffset.UnixEpoch);
        var lineage = new LogLineage([new(lost, 0), new(now, 3)]);
        var adopting = LineageRow.Adopt(Consumer.Name, headers.Source, lineage, 3, [], DateTimeOffset.UnixEpoch);
        await store.AppendAsync(new() { Rows = [parking.ToRow(), adopting.ToRow()] }, TestContext.Current.CancellationToken);
        var drain = new RetryDrain<string, int>(
            Consumer, store, new(store, Numbers), parked, new(new(), new Random(1)), TimeProvider.System, NullLogger.Instance, lineages);

        Assert.True(await drain.DrainAsync(TestContext.Current.CancellationToken));

        Assert.Equal(0, await store.LastPositionAsync(TestContext.Current.CancellationToken));
        Assert.Empty(await parked.KeysAsync(Consumer.Name, TestContext.Current.CancellationToken));
    }

    private static Decision<int> AddNext(string? last, DateTimeOffset now) =>
        new Decision<int>.Accepted([last is null ? 0 : int.Parse(last, CultureInfo.InvariantCulture) + 1]);

    private async Task ProcessAsync(long position, long previous = 0, ConsumerDefinition<string, int>? consumer = null, ILogger? log = null)
    {
        var view = new StoredView(Consumer.Name, _store, new MemoryParkedMessages());
        await view.ResetAsync(TestContext.Current.CancellationToken);
        var aggregates = new Aggregates<string, int>(_store, Numbers);
        var retries = new RetryPolicy(new RetryOptions(), new Random(1));
        var processor = new BatchProcessor<string, int>(
            consumer ?? Consumer, _store, aggregates, view, retries, TimeProvider.System, log ?? NullLogger.Instance);
        var headers = MessageCases.Headers with { Position = position, Previous = previous };
        var record = new ConsumeResult<byte[], byte[]>
        {
            Topic = PlatformTopics.PaymentEvents.Name,
            Partition = 0,
            Offset = position,
            Message = MessageCodec.Encode("wallet:1", headers, "{}"u8.ToArray()),
        };
        await processor.ProcessAsync([record], TestContext.Current.CancellationToken);
    }

    private async Task<IEnumerable<string>> StoredAsync()
    {
        var events = await _store.ReadStreamAsync(
            Numbers.Stream(MessageCases.Headers.Correlation), VersionRange.All, 10, TestContext.Current.CancellationToken);
        return events.Select(e => Encoding.UTF8.GetString(e.Data.Span));
    }
}
