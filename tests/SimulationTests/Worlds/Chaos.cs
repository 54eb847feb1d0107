using SimulationTests.Plans;

namespace SimulationTests.Worlds;

/// <summary>What goes wrong between the steps of others: crashes, stalls, losses. It is at work as long as clients ask for something.</summary>
internal sealed class Chaos(World world) : Actor(world, "chaos")
{
    private static readonly Faults[] Kinds =
        [Faults.Crashes, Faults.BrokerLoss, Faults.Rebalances, Faults.Stalls, Faults.Poison, Faults.Rewinds, Faults.RelayCrashes];

    private readonly Faults[] _kinds = [.. Kinds.Where(k => world.Plan.Faults.HasFlag(k))];
    private DateTimeOffset _strikesAt = world.Clock.Now + world.Dice.Time(0, 3_000);
    private DateTimeOffset _endsAt = world.Clock.Now;

    public override DateTimeOffset? NextAt => _kinds.Length == 0 || World.IsCalm || _strikesAt > EndsAt ? null : _strikesAt;

    // Half a minute beyond the last request, so that what goes wrong also meets the end of things.
    private DateTimeOffset EndsAt =>
        World.Requests.LastAt is { } last && last + TimeSpan.FromSeconds(30) is var end && end > _endsAt ? _endsAt = end : _endsAt;

    public override void Step()
    {
        var dice = World.Dice;
        _strikesAt = World.Clock.Now + dice.Time(0, 60_000 / World.Plan.FaultsPerMille);
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
            case Faults.Poison:
                World.Broker.Produce(service.Topic.Name, dice.Below(service.Topic.Partitions), Bus.Envelope.Poison());
                Say($"a message on {service.Topic.Name} that nobody can read");
                break;
        }

        World.Saw($"fault {kind}");
    }

    /// <summary>From now on nothing goes wrong. Whoever stood still goes on, and relays begin anew, as after the outage of a broker.</summary>
    public void Stop()
    {
        foreach (var actor in World.Actors)
        {
            actor.StalledUntil = World.Clock.Now;
        }

        foreach (var relay in World.Relays)
        {
            relay.Crash();
        }

        foreach (var service in World.Services)
        {
            service.Settle();
        }

        Say("all is well from here on");
    }

    private void LoseMessages()
    {
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
