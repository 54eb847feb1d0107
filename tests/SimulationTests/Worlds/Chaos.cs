using SimulationTests.Bus;
using SimulationTests.Plans;

namespace SimulationTests.Worlds;

/// <summary>
/// What goes wrong between the steps of others: crashes, stalls, losses. At moments that are set before the world begins.
/// </summary>
internal sealed class Chaos : Actor
{
    private static readonly Faults[] Kinds =
    [
        Faults.Crashes, Faults.BrokerLoss, Faults.Rebalances, Faults.Stalls, Faults.Stalls, Faults.Processor, Faults.Poison, Faults.Rewinds,
        Faults.RelayCrashes,
    ];

    private readonly Faults[] _kinds;
    private readonly Queue<DateTimeOffset> _strikes = new();

    /// <summary>
    /// A lost message is missed when the next one comes on its partition. Here none may come any more: so after a loss, in the end, what is
    /// not acknowledged is sent again and consumers start anew. See docs/simulation.md, what is not simulated.
    /// </summary>
    private bool _brokerLost;

    public Chaos(World world)
        : base(world, "chaos")
    {
        _kinds = [.. Kinds.Where(k => world.Plan.Faults.HasFlag(k))];
        if (_kinds.Length > 0)
        {
            // Up to half a minute beyond the last request, so that it also meets the end of things. Most of it is close to a request.
            var moments = world.Plan.Script.Select(o => o.At).DefaultIfEmpty().ToList();
            var strikes = Enumerable.Range(0, world.Dice.Between(1, 8))
                .Select(_ => SimulatedClock.Start + world.Dice.Pick(moments) + world.Dice.Time(0, world.Dice.Chance(300) ? 30_000 : 600));
            _strikes = new(strikes.Order());
        }
    }

    public override DateTimeOffset? NextAt => _strikes.TryPeek(out var next) ? next : null;

    public override void Step()
    {
        _strikes.Dequeue();
        var dice = World.Dice;
        var kind = dice.Pick(_kinds);
        var service = dice.Pick(World.Services);
        switch (kind)
        {
            case Faults.Crashes:
                service.Crash();
                Say($"{service.Name} crashes");
                break;
            case Faults.Rebalances:
                service.Rebalance();
                Say($"{service.Name} rebalances");
                break;
            case Faults.Rewinds:
                service.Rewind(committedToo: true);
                Say($"{service.Name} reads again");
                break;
            case Faults.BrokerLoss:
                LoseMessages();
                break;
            case Faults.RelayCrashes:
                var relay = dice.Pick(World.Relays);
                relay.Crash();
                Say($"{relay.Name} crashes");
                break;
            case Faults.Stalls:
                Stall();
                break;
            case Faults.Processor:
                var time = dice.Time(500, dice.Chance(300) ? 400_000 : 60_000);
                World.Processor.GoDown(time);
                Say($"the card processor is down for {time.TotalSeconds:0.0} s");
                break;
            case Faults.Poison:
                World.Broker.Produce(service.Topic.Name, dice.Below(service.Topic.Partitions), Envelope.Poison());
                Say($"a message on {service.Topic.Name} that nobody can read");
                break;
        }

        World.Saw($"fault {kind}");
    }

    /// <summary>
    /// From now on nothing goes wrong. Whoever stood still goes on, and relays begin anew, as after the outage of a broker.
    /// </summary>
    public void Stop()
    {
        _strikes.Clear();
        World.Processor.ComeBack();
        foreach (var actor in World.Actors)
        {
            actor.StalledUntil = World.Clock.Now;
        }

        foreach (var relay in World.Relays)
        {
            relay.Crash();
            if (_brokerLost)
            {
                relay.Suspect();
            }
        }

        foreach (var service in World.Services)
        {
            service.Settle();
            if (_brokerLost)
            {
                service.Rewind(committedToo: true);
            }
        }

        Say("all is well from here on");
    }

    private void LoseMessages()
    {
        _brokerLost = true;
        World.Broker.Lose();
        if (World.Dice.Chance(500))
        {
            foreach (var service in World.Services)
            {
                service.Rewind(committedToo: true);
            }
        }

        if (World.Dice.Chance(500))
        {
            foreach (var relay in World.Relays)
            {
                relay.Crash();
            }
        }

        Say("the broker loses all messages");
    }

    private void Stall()
    {
        var actor = World.Dice.Pick(World.Actors);
        if (actor != this)
        {
            var time = World.Dice.Time(100, World.Dice.Chance(300) ? 400_000 : 40_000);
            actor.StalledUntil = World.Clock.Now + time;
            Say($"{actor.Name} stands still for {time.TotalSeconds:0.0} s");
        }
    }

    private void Say(string what)
    {
        if (World.Trace.KeepsText)
        {
            World.Trace.Say(Name, what);
        }
    }
}
