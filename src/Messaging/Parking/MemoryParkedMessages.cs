using Payments.EventStore.Contract;

namespace Payments.Messaging.Parking;

/// <summary>What is parked, in memory: for tests and simulation, by the same rules as <c>apply_parking</c>.</summary>
public sealed class MemoryParkedMessages : IParkedMessages
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<long, (string Consumer, ParkedMessage Message)> _parked = [];
    private readonly Dictionary<(string Consumer, ParkingKey Key), DateTimeOffset?> _retryAt = [];
    private long _lastId;

    /// <summary>What is parked now, in the order of parking.</summary>
    public IReadOnlyList<ParkedMessage> All
    {
        get
        {
            lock (_gate)
            {
                return [.. _parked.Values.Select(p => p.Message)];
            }
        }
    }

    public Task<IReadOnlyList<ParkingKey>> KeysAsync(string consumer, CancellationToken cancel) =>
        Locked(() => _retryAt.Keys.Where(k => k.Consumer == consumer).Select(k => k.Key));

    public Task<IReadOnlyList<ParkingKey>> StillParkedAsync(
        string consumer, IReadOnlyCollection<ParkingKey> keys, CancellationToken cancel) =>
        Locked(() => keys.Where(k => _retryAt.ContainsKey((consumer, k))));

    public Task<IReadOnlyList<ParkedMessage>> DueAsync(
        string consumer, DateTimeOffset now, int keysMax, int perKeyMax, CancellationToken cancel) =>
        Locked(() => _retryAt
            .Where(k => k.Key.Consumer == consumer && k.Value <= now)
            .OrderBy(k => k.Value)
            .Take(keysMax)
            .SelectMany(k => InLine(consumer, k.Key.Key).Take(perKeyMax)));

    /// <summary>When something will next be due, if nothing happens before; null when nothing waits for its time.</summary>
    public DateTimeOffset? NextDue(string consumer)
    {
        lock (_gate)
        {
            return _retryAt.Where(k => k.Key.Consumer == consumer).Min(k => k.Value);
        }
    }

    /// <summary>Does what the rows of a unit say, or nothing. Rows of other projections are none of its business.</summary>
    /// <exception cref="StoreRejectedException">A message is not what it was when this was decided.</exception>
    public void Apply(IReadOnlyList<ProjectionRow> unit)
    {
        var rows = unit.Where(r => r.Projection == ParkingRow.Projection).Select(ParkingRow.Read).ToList();
        if (rows.Count == 0)
        {
            return;
        }

        lock (_gate)
        {
            var (parked, retryAt) = (_parked.ToList(), _retryAt.ToList());
            try
            {
                rows.ForEach(Apply);
            }
            catch (StoreRejectedException)
            {
                _parked.Clear();
                parked.ForEach(p => _parked.Add(p.Key, p.Value));
                _retryAt.Clear();
                retryAt.ForEach(r => _retryAt.Add(r.Key, r.Value));
                throw;
            }
        }
    }

    private void Apply(ParkingRow row)
    {
        if (row.Op == "park")
        {
            Park(row);
            return;
        }

        if (!_parked.TryGetValue(row.Id!.Value, out var parked) || parked.Message.Revision != row.Revision || !IsHead(parked))
        {
            throw new StoreRejectedException($"Parked message {row.Id} is not what it was.", new InvalidOperationException(row.Op));
        }

        if (row.Op == "fail")
        {
            Fail(parked.Consumer, parked.Message, row.RetryAt);
            return;
        }

        _parked.Remove(parked.Message.Id);
        Advance(parked.Consumer, parked.Message.Key, row.At);
    }

    private void Park(ParkingRow row)
    {
        ParkingKey? key = row.KeyTopic is { } topic ? new(topic, row.RoutingKey!) : null;
        var message = new ParkedMessage(
            ++_lastId, row.Topic!, row.Partition!.Value, row.KafkaOffset!.Value, key, row.RoutingKey, row.Headers!, row.Payload!,
            0, 0, IsDead: false, row.Original);
        _parked[message.Id] = (row.Consumer!, message);
        if (key is { } ordered)
        {
            _retryAt.TryAdd((row.Consumer!, ordered), row.At);
        }

        if (row.Failure is not null)
        {
            Fail(row.Consumer!, message, row.RetryAt);
        }
    }

    private void Fail(string consumer, ParkedMessage message, DateTimeOffset? retryAt)
    {
        var failed = message with { Revision = message.Revision + 1, Attempts = message.Attempts + 1, IsDead = retryAt is null };
        _parked[message.Id] = (consumer, failed);
        if (message.Key is { } key)
        {
            _retryAt[(consumer, key)] = retryAt;
        }
    }

    private void Advance(string consumer, ParkingKey? key, DateTimeOffset now)
    {
        if (key is not { } ordered)
        {
            return;
        }

        if (InLine(consumer, ordered).FirstOrDefault() is { } next)
        {
            _retryAt[(consumer, ordered)] = next.IsDead ? null : now;
        }
        else
        {
            _retryAt.Remove((consumer, ordered));
        }
    }

    private bool IsHead((string Consumer, ParkedMessage Message) parked) =>
        parked.Message.Key is not { } key || InLine(parked.Consumer, key).First().Id == parked.Message.Id;

    private IEnumerable<ParkedMessage> InLine(string consumer, ParkingKey key) =>
        _parked.Values.Where(p => p.Consumer == consumer && p.Message.Key == key).Select(p => p.Message);

    private Task<IReadOnlyList<T>> Locked<T>(Func<IEnumerable<T>> read)
    {
        lock (_gate)
        {
            return Task.FromResult<IReadOnlyList<T>>([.. read()]);
        }
    }
}
