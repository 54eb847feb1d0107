using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Payments.Domain;
using Payments.EventStore.Aggregates;
using Payments.EventStore.Contract;
using Payments.Messaging.Consuming;
using Payments.Messaging.Envelope;
using Payments.Messaging.Parking;
using Payments.Messaging.Topics;

namespace IntegrationTests.Parking;

/// <summary>A consumer that appends each message's number to the stream of its key, and fails when it is told to.</summary>
internal sealed class ParkingRig
{
    private static readonly Topic Topic = new("numbers.v1", 1, TimeSpan.FromDays(1));

    private readonly string _consumer;
    private readonly IEventStore _store;
    private readonly IParkedMessages _parked;
    private readonly AggregateDefinition<string, int> _numbers;
    private readonly ConsumerDefinition<string, int> _definition;
    private readonly Random _random = new(1);
    private long _position;
    private BatchProcessor<string, int> _processor = null!;
    private StoredView _view = null!;
    private Aggregates<string, int> _aggregates = null!;
    private bool _stale;

    public ParkingRig(IEventStore store, IParkedMessages parked, SteppedClock clock)
        : this(store, parked, clock, $"counter-{Guid.NewGuid():N}")
    {
    }

    private ParkingRig(IEventStore store, IParkedMessages parked, SteppedClock clock, string consumer)
    {
        (_store, _parked, Clock, _consumer) = (store, parked, clock, consumer);
        _numbers = new()
        {
            StreamType = "numbers",
            Evolve = (_, number) => number.ToString(CultureInfo.InvariantCulture),
            Decode = e => int.Parse(Encoding.UTF8.GetString(e.Data.Span), CultureInfo.InvariantCulture),
            Encode = number => ("number.added.v1", 1, Encoding.UTF8.GetBytes(number.ToString(CultureInfo.InvariantCulture))),
            RoutingKey = (_, _) => null,
            Project = change => change.Events.Any(e => IsRejected(e.Event)) ? [new ProjectionRow("nobody", "{}"u8.ToArray())] : [],
        };
        _definition = new()
        {
            Name = _consumer,
            Topics = [Topic],
            Aggregate = _numbers,
            Interpret = message => new(Stream(message.RoutingKey), (_, _) => FailsOn(message) is { } failure
                ? throw failure
                : new Decision<int>.Accepted([(int)message.Headers.Version])),
        };
        Restart();
    }

    public SteppedClock Clock { get; }

    public RetryOptions Options { get; } = new() { TriesInPlace = 1 };

    /// <summary>What the handler throws on a message.</summary>
    public Func<Message, Exception?> FailsOn { get; set; } = _ => null;

    /// <summary>Numbers that the database refuses.</summary>
    public Func<int, bool> IsRejected { get; set; } = _ => false;

    public Message Message(string key, int number)
    {
        var previous = _position++;
        return new(
            Topic.Name,
            0,
            _position,
            key,
            new MessageHeaders
            {
                Id = Guid.CreateVersion7(),
                Type = "number.sent.v1",
                Schema = 1,
                Source = "test",
                Position = _position,
                Previous = previous,
                Stream = "test/1",
                Version = number,
                Correlation = Guid.CreateVersion7(),
                Actor = "test",
                Recorded = DateTimeOffset.UnixEpoch,
            },
            "{}"u8.ToArray());
    }

    /// <summary>A process of the consumer ends, and another begins.</summary>
    public void Restart()
    {
        _view = new StoredView(_consumer, _store, _parked);
        _aggregates = new Aggregates<string, int>(_store, _numbers);
        var retries = new RetryPolicy(Options, _random);
        _processor = new(_definition, _store, _aggregates, _view, retries, Clock, NullLogger.Instance);
        _stale = true;
    }

    /// <summary>Another process of the same consumer. Messages are made by the first.</summary>
    public ParkingRig Beside() => new(_store, _parked, Clock, _consumer);

    /// <summary>Looks at what others have stored, as a consumer does when it misses something.</summary>
    public Task RefreshAsync() => _view.RefreshAsync(TestContext.Current.CancellationToken);

    public async Task FeedAsync(params IReadOnlyList<Message> messages)
    {
        if (_stale)
        {
            await _view.ResetAsync(TestContext.Current.CancellationToken);
            _stale = false;
        }

        await _processor.ProcessAsync([.. messages.Select(Record)], TestContext.Current.CancellationToken);
    }

    /// <param name="ownCache">As another process would, that remembers nothing.</param>
    public Task<bool> DrainAsync(bool ownCache = false)
    {
        var aggregates = ownCache ? new Aggregates<string, int>(_store, _numbers) : _aggregates;
        var drain = new RetryDrain<string, int>(
            _definition, _store, aggregates, _parked, new(Options, _random), Clock, NullLogger.Instance);
        return drain.DrainAsync(TestContext.Current.CancellationToken);
    }

    public async Task<IEnumerable<int>> AppliedAsync(string key)
    {
        var events = await _store.ReadStreamAsync(Stream(key), VersionRange.All, 1_000, TestContext.Current.CancellationToken);
        return events.Select(_numbers.Decode);
    }

    private StreamId Stream(string key) =>
        _numbers.Stream(new Guid(SHA256.HashData(Encoding.UTF8.GetBytes($"{_consumer}/{key}")).AsSpan(0, 16)));

    private static ConsumeResult<byte[], byte[]> Record(Message message) => new()
    {
        Topic = message.Topic,
        Partition = message.Partition,
        Offset = message.Offset,
        Message = MessageCodec.Encode(message.RoutingKey, message.Headers, message.Data),
    };
}

/// <summary>A clock that stands until it is put forward.</summary>
internal sealed class SteppedClock : TimeProvider
{
    private DateTimeOffset _now = new(2026, 1, 15, 12, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => _now;

    public void Advance(TimeSpan time) => _now += time;
}
