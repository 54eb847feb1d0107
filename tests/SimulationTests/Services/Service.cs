using Payments.Domain;
using Payments.EventStore.Aggregates;
using Payments.EventStore.Contract;
using Payments.EventStore.Memory;
using Payments.Messaging.Consuming;
using Payments.Messaging.Envelope;
using Payments.Messaging.Parking;
using Payments.Messaging.Topics;
using SimulationTests.Plans;
using SimulationTests.Worlds;

namespace SimulationTests.Services;

/// <summary>What can befall any service.</summary>
internal abstract class Service(World world, string name) : Actor(world, name)
{
    public abstract Topic Topic { get; }

    /// <summary>A process ends, and another one begins in its place.</summary>
    public abstract void Crash();

    /// <summary>One or two processes share the partitions anew. One that lost all of them may go on for a while as if it had not.</summary>
    public abstract void Rebalance();

    /// <summary>All offsets are lost, the committed ones too.</summary>
    public abstract void Rewind(bool committedToo);

    /// <summary>One of its processes tries again what is parked and due.</summary>
    public abstract void Retry();

    /// <summary>Only processes that know what is theirs go on.</summary>
    public abstract void Settle();
}

/// <summary>A service: its log, and one or two processes that share the partitions of its topic.</summary>
internal sealed class Service<TState, TEvent> : Service
    where TState : class
{
    private readonly List<Instance<TState, TEvent>> _instances = [];
    private readonly Dictionary<int, long> _committed = [];

    public Service(
        World world, string database, AggregateDefinition<TState, TEvent> definition, ConsumerDefinition<TState, TEvent> consumer,
        Action<IReadOnlyList<ProjectionRow>> apply, IAnsweredCommands? answered = null)
        : base(world, consumer.Name)
    {
        // Snapshots are taken in steps of the world: the background task of the real ones would run on another thread.
        Definition = definition with { Snapshots = definition.Snapshots! with { Every = int.MaxValue } };
        Consumer = consumer with { Aggregate = Definition, Interpret = Failing(world, consumer.Interpret) };
        Parked = world.Parked[database];
        Log = new MemoryEventStore(database, world.Clock, apply, answered: answered);
        Store = new FaultyStore(world, Log);
        Watch = new LogWatch<TState, TEvent>(Log, Definition);
        _instances.Add(new Instance<TState, TEvent>(this, world, Partitions));
    }

    public AggregateDefinition<TState, TEvent> Definition { get; }

    public ConsumerDefinition<TState, TEvent> Consumer { get; }

    public override Topic Topic => Consumer.Topics[0];

    public MemoryEventStore Log { get; }

    public IEventStore Store { get; }

    public IParkedMessages Parked { get; }

    /// <summary>With chance of its own, so that worlds do not change with how often it is asked.</summary>
    public RetryPolicy Policy { get; } = new(new RetryOptions { TriesInPlace = 1 }, new Random(1));

    public LogWatch<TState, TEvent> Watch { get; }

    public override DateTimeOffset? NextAt => _instances.Min(i => i.NextAt);

    private IEnumerable<int> Partitions => Enumerable.Range(0, Topic.Partitions);

    public long Committed(int partition) => _committed.GetValueOrDefault(partition);

    public void Commit(IReadOnlyDictionary<int, long> offsets)
    {
        foreach (var (partition, offset) in offsets)
        {
            _committed[partition] = offset;
        }
    }

    public override void Step()
    {
        _instances.RemoveAll(i => i.GoneAt <= World.Clock.Now);
        if (_instances.Where(i => i.NextAt <= World.Clock.Now).ToList() is { Count: > 0 } ready)
        {
            var instance = World.Dice.Pick(ready);
            Try(instance, instance.Step);
        }

        if (World.Dice.Chance(10))
        {
            World.Dice.Pick(_instances).TakeSnapshots([.. Watch.Ids.Select(Definition.Stream)]);
        }
    }

    /// <summary>
    /// Executes a command through one of the processes. Null: no answer was heard, and whether it was executed is not known.
    /// </summary>
    public CommandOutcome<TState>? Execute(
        Guid stream,
        Guid correlation,
        string actor,
        Func<TState?, DateTimeOffset, Decision<TEvent>> decide,
        Func<CommandOutcome<TState>, Claim?>? claim = null)
    {
        CommandOutcome<TState>? outcome = null;
        var instance = World.Dice.Pick(_instances);
        Try(instance, () =>
        {
            try
            {
                var cause = new Cause(correlation, null, actor, null);
                var command = new CommandRequest<TState, TEvent>(Definition.Stream(stream), cause, decide) { Claim = claim ?? (_ => null) };
                outcome = Result(instance.Commands.HandleAsync(command, CancellationToken.None));
            }
            catch (StoreUnavailableException)
            {
                World.Saw("a caller heard no answer");
            }
        });
        return outcome;
    }

    public override void Crash() => Replace(World.Dice.Pick(_instances));

    public override void Rebalance()
    {
        if (World.Dice.Chance(500))
        {
            var stale = _instances[0];
            stale.GoneAt ??= World.Clock.Now + World.Dice.Time(1, 20_000);
            _instances.Add(new Instance<TState, TEvent>(this, World, []));
        }

        var live = _instances.Where(i => i.GoneAt is null).ToList();
        if (live.Count == 1 && _instances.Count < 3)
        {
            var another = new Instance<TState, TEvent>(this, World, []);
            _instances.Add(another);
            live.Add(another);
        }

        var shares = Partitions.ToLookup(_ => World.Dice.Below(live.Count));
        for (var i = 0; i < live.Count; i++)
        {
            live[i].Assign(shares[i]);
        }
    }

    public override void Rewind(bool committedToo)
    {
        if (committedToo)
        {
            _committed.Clear();
        }

        _instances.ForEach(i => i.Rewind());
    }

    public override void Retry()
    {
        var instance = World.Dice.Pick(_instances);
        Try(instance, instance.Retry);
    }

    public override void Settle()
    {
        foreach (var stale in _instances.Where(i => i.GoneAt is not null))
        {
            stale.GoneAt = World.Clock.Now;
        }
    }

    // As by a bug, or a dependency, that is mended after a while.
    private static Func<Message, Order<TState, TEvent>?> Failing(World world, Func<Message, Order<TState, TEvent>?> interpret) => message =>
    {
        if (world.Strikes(Faults.Handling))
        {
            world.Saw($"fault {Faults.Handling}");
            throw new InvalidOperationException("A planted failure.");
        }

        return interpret(message);
    };

    private void Try(Instance<TState, TEvent> instance, Action act)
    {
        try
        {
            act();
        }
        catch (Crashed)
        {
            Replace(instance);
        }
    }

    private void Replace(Instance<TState, TEvent> ended)
    {
        var partitions = ended.GoneAt is null ? Partitions.Where(ended.Has).ToList() : [];
        _instances.Remove(ended);
        if (ended.GoneAt is null)
        {
            _instances.Add(new Instance<TState, TEvent>(this, World, partitions));
        }
    }
}
