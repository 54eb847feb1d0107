using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Payments.EventStore.Aggregates;
using Payments.EventStore.Contract;
using Payments.Messaging.Consuming;
using SimulationTests.Worlds;

namespace SimulationTests.Services;

/// <summary>
/// One process of a service: its caches, its watermarks in memory, its place on its partitions. Fetching and handling are steps apart.
/// </summary>
internal sealed class Instance<TState, TEvent>
    where TState : class
{
    private static readonly TimeSpan ReportEvery = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan TellGapsEvery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan TroubleRetryAfter = TimeSpan.FromMilliseconds(500);

    private readonly Service<TState, TEvent> _service;
    private readonly World _world;
    private readonly Aggregates<TState, TEvent> _aggregates;
    private readonly StoredView _view;
    private readonly BatchProcessor<TState, TEvent> _processor;
    private readonly RetryDrain<TState, TEvent> _drain;
    private readonly List<ConsumeResult<byte[], byte[]>> _fetched = [];
    private readonly Dictionary<int, long> _position = [];
    private readonly Dictionary<int, long> _handled = [];
    private bool _isStale = true;
    private DateTimeOffset? _reportsAt;
    private DateTimeOffset _handlesAt;

    public Instance(Service<TState, TEvent> service, World world, IEnumerable<int> partitions)
    {
        _service = service;
        _world = world;
        _aggregates = new Aggregates<TState, TEvent>(service.Store, service.Definition);
        _view = new StoredView(service.Consumer.Name, service.Store, service.Parked);
        _processor = new BatchProcessor<TState, TEvent>(
            service.Consumer, service.Store, _aggregates, _view, service.Policy, world.Clock, NullLogger.Instance);
        _drain = new RetryDrain<TState, TEvent>(
            service.Consumer, service.Store, _aggregates, service.Parked, service.Policy, world.Clock, NullLogger.Instance);
        Commands = new CommandHandler<TState, TEvent>(service.Store, _aggregates, service.Definition, world.Clock);
        Assign(partitions);
    }

    public CommandHandler<TState, TEvent> Commands { get; }

    /// <summary>It has lost its partitions and does not know it: until then.</summary>
    public DateTimeOffset? GoneAt { get; set; }

    public DateTimeOffset? NextAt =>
        _fetched.Count > 0 ? _handlesAt
        : _position.Keys.Any(p => Lag(p) > 0) ? _world.Clock.Now
        : _reportsAt;

    public bool Has(int partition) => _position.ContainsKey(partition);

    /// <summary>Partitions are this instance's from now on, each from where the group has committed.</summary>
    public void Assign(IEnumerable<int> partitions)
    {
        var kept = new Dictionary<int, long>(_position);
        _position.Clear();
        foreach (var partition in partitions)
        {
            _position[partition] = kept.TryGetValue(partition, out var own) ? own : _service.Committed(partition);
        }

        _fetched.RemoveAll(record => !_position.ContainsKey(record.Partition));
        _isStale = true;
    }

    /// <summary>Reads again from the start of the topic, as after the loss of its offsets.</summary>
    public void Rewind()
    {
        foreach (var partition in _position.Keys.ToList())
        {
            _position[partition] = 0;
        }

        _fetched.Clear();
    }

    public void Step()
    {
        if (_fetched.Count == 0 && _position.Keys.Any(p => Lag(p) > 0))
        {
            Fetch();
            if (_world.Dice.Chance(400))
            {
                return; // What comes now falls between fetching and handling.
            }
        }

        if (_fetched.Count > 0)
        {
            Handle();
        }
        else if (_reportsAt <= _world.Clock.Now)
        {
            Report();
        }
    }

    private long Lag(int partition)
    {
        var end = _world.Broker.End(_service.Topic.Name, partition);
        return _position[partition] <= end ? end - _position[partition] : end;
    }

    // Some partitions come later than others and none out of its own order.
    private void Fetch()
    {
        var partitions = _position.Keys.Where(p => Lag(p) > 0).ToList();
        _world.Dice.Shuffle(partitions);
        foreach (var partition in partitions.Take(_world.Dice.Between(1, 4)))
        {
            var end = _world.Broker.End(_service.Topic.Name, partition);
            var from = _position[partition] <= end ? _position[partition] : 0; // Out of range: from the earliest.
            var upTo = Math.Min(end, from + _world.Dice.Between(1, 6));
            for (var offset = from; offset < upTo; offset++)
            {
                _fetched.Add(_world.Broker.Read(_service.Topic.Name, partition, offset));
            }

            _position[partition] = upTo;
        }

        _handlesAt = _world.Clock.Now;
    }

    private void Handle()
    {
        try
        {
            if (_isStale)
            {
                Actor.Finish(_view.ResetAsync(CancellationToken.None));
                _isStale = false;
            }

            Actor.Finish(_processor.ProcessAsync(_fetched, CancellationToken.None));
        }
        catch (StoreUnavailableException)
        {
            _isStale = true;
            _handlesAt = _world.Clock.Now + TroubleRetryAfter;
            return;
        }

        if (_world.Trace.KeepsText)
        {
            _world.Trace.Say(
                _service.Name, $"handled {_fetched.Count} messages{(GoneAt is null ? "" : " though its partitions are another's")}");
        }

        foreach (var record in _fetched)
        {
            _handled[record.Partition] = record.Offset.Value + 1;
        }

        _fetched.Clear();
        _reportsAt ??= _world.Clock.Now + ReportEvery;
    }

    public void Retry()
    {
        try
        {
            Actor.Result(_drain.DrainAsync(CancellationToken.None));
        }
        catch (StoreUnavailableException)
        {
            _world.Saw("retries have trouble");
        }
    }

    private void Report()
    {
        _reportsAt = null;
        var hasGap = false;
        foreach (var progress in _view.Progress.Report(gapsOnly: false).Concat(_view.Progress.Report(gapsOnly: true)))
        {
            _world.Tell(progress);
            if (progress.Gap)
            {
                _world.Saw("gap met");
                _reportsAt = _world.Clock.Now + TellGapsEvery;
                hasGap = true;
            }
        }

        if (hasGap)
        {
            Actor.Finish(_view.RefreshAsync(CancellationToken.None));
        }

        _service.Commit(_handled);
        _handled.Clear();
    }

    public void TakeSnapshots(IReadOnlyList<StreamId> streams) => Actor.Finish(_aggregates.SnapshotAsync(streams, CancellationToken.None));
}
