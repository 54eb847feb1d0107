using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Payments.EventStore.Aggregates;
using Payments.EventStore.Contract;
using Payments.EventStore.Memory;
using Payments.Messaging.Consuming;
using Payments.Messaging.Envelope;
using Payments.Messaging.Parking;
using Payments.Messaging.Topics;
using UnitTests.Messaging;

namespace UnitTests.Parking;

/// <summary>A database that refuses the very rows that park a message, or tell that it failed: the consumer goes on all the same.</summary>
public sealed class RefusedRowTests
{
    private static readonly AggregateDefinition<string, int> Numbers = new()
    {
        StreamType = "numbers",
        Evolve = (_, number) => number.ToString(CultureInfo.InvariantCulture),
        Decode = e => int.Parse(Encoding.UTF8.GetString(e.Data.Span), CultureInfo.InvariantCulture),
        Encode = number => ("number.added.v1", 1, Encoding.UTF8.GetBytes(number.ToString(CultureInfo.InvariantCulture))),
        RoutingKey = (_, _) => null,
        Project = _ => [],
    };

    private readonly MemoryParkedMessages _parked = new();
    private readonly MovingClock _clock = new();
    private readonly MemoryEventStore _store;
    private Func<ParkingRow, bool> _isRefused = _ => false;
    private Exception _failure = new FormatException("Planted.");
    private int _asked;

    public RefusedRowTests() => _store = new("numbers", _clock, Apply);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_message_whose_row_is_refused_is_kept_as_bytes_once_and_its_watermark_has_passed_it()
    {
        _isRefused = row => row is { Op: "park", KeyTopic: not null };

        await FeedAsync(1);
        await FeedAsync(1); // Delivered again.

        var kept = Assert.Single(_parked.All);
        Assert.Equal((null, true), (kept.Key, kept.IsDead));
        Assert.Equal("user/alice", Encoding.UTF8.GetString(kept.ToRecord().Message.Key));
        Assert.Equal("1", Encoding.UTF8.GetString(kept.ToRecord().Message.Headers.GetLastBytes("position")));
        Assert.IsType<MessageReading.Unreadable>(kept.Read());
        Assert.Equal(
            [new Watermark("reader", PlatformTopics.WalletCommands.Name, 0, "sagas", 1)], await _store.WatermarksAsync("reader", Cancel));
    }

    [Fact]
    public async Task Where_not_even_bytes_can_be_kept_it_is_trouble_of_the_store_and_nothing_is_passed_over()
    {
        _isRefused = _ => true;

        await Assert.ThrowsAsync<StoreUnavailableException>(() => FeedAsync(1));

        Assert.Empty(await _store.WatermarksAsync("reader", Cancel));
    }

    [Fact]
    public async Task A_failure_that_cannot_be_told_is_recorded_without_its_reason()
    {
        _failure = new InvalidOperationException("Again.");
        await FeedAsync(1);
        _isRefused = row => row.Op == "fail" && row.Failure!.Type != Failure.Untold().Type;
        _clock.Advance(TimeSpan.FromMinutes(1));

        Assert.True(await NewDrain().DrainAsync(Cancel));

        Assert.True(Assert.Single(_parked.All).IsDead);
    }

    [Fact]
    public async Task A_key_of_which_nothing_can_be_stored_is_left_alone_for_a_while_and_others_are_drained()
    {
        _failure = new InvalidOperationException("Again.");
        await FeedAsync(1);
        await FeedAsync(2, previous: 1, key: "user/bob");
        _isRefused = row => row is { Op: "fail" or "settle", Id: 1 };
        _clock.Advance(TimeSpan.FromMinutes(1));
        var drain = NewDrain();

        Assert.True(await drain.DrainAsync(Cancel));
        var asked = _asked;
        for (var i = 0; i < 100; i++)
        {
            Assert.False(await drain.DrainAsync(Cancel));
        }

        Assert.Equal(asked, _asked);
        Assert.Equal([1, 2], _parked.All.Select(p => p.Attempts));

        _isRefused = _ => false;
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.True(await drain.DrainAsync(Cancel));
        Assert.Equal(2, _parked.All[0].Attempts);
    }

    private void Apply(IReadOnlyList<ProjectionRow> rows)
    {
        _asked++;
        if (rows.Select(ParkingRow.Read).FirstOrDefault(_isRefused) is { } refused)
        {
            throw new InvalidOperationException($"Refused: {refused.Op}.");
        }

        _parked.Apply(rows);
    }

    private ConsumerDefinition<string, int> Definition => new()
    {
        Name = "reader",
        Topics = [PlatformTopics.WalletCommands],
        Aggregate = Numbers,
        Interpret = message => new(Numbers.Stream(message.Headers.Correlation), (_, _) => throw _failure),
    };

    private static RetryPolicy Retries => new(new RetryOptions { TriesInPlace = 1 }, new Random(1));

    private RetryDrain<string, int> NewDrain() =>
        new(Definition, _store, new(_store, Numbers), _parked, Retries, _clock, NullLogger.Instance);

    private async Task FeedAsync(long position, long previous = 0, string key = "user/alice")
    {
        var view = new StoredView("reader", _store, _parked);
        await view.ResetAsync(Cancel);
        var processor = new BatchProcessor<string, int>(
            Definition, _store, new Aggregates<string, int>(_store, Numbers), view, Retries, _clock, NullLogger.Instance);
        var headers = MessageCases.Headers with { Source = "sagas", Position = position, Previous = previous };
        await processor.ProcessAsync(
            [
                new ConsumeResult<byte[], byte[]>
                {
                    Topic = PlatformTopics.WalletCommands.Name,
                    Partition = 0,
                    Offset = position,
                    Message = MessageCodec.Encode(key, headers, "{}"u8.ToArray()),
                },
            ],
            Cancel);
    }

    private sealed class MovingClock : TimeProvider
    {
        private DateTimeOffset _now = new(2026, 1, 15, 12, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => _now;

        public void Advance(TimeSpan time) => _now += time;
    }
}
