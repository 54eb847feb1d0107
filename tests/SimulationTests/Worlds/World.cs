using Payments.Domain.Payments;
using Payments.Domain.Sagas;
using Payments.Domain.Wallets;
using Payments.EventStore.Aggregates;
using Payments.EventStore.Contract;
using Payments.Messaging.Parking;
using Payments.Messaging.Relay;
using Payments.PaymentService.Payments;
using Payments.SagaService.Sagas;
using Payments.WalletService.Wallets;
using SimulationTests.Bus;
using SimulationTests.Cards;
using SimulationTests.Checking;
using SimulationTests.Clients;
using SimulationTests.Plans;
using SimulationTests.Services;

namespace SimulationTests.Worlds;

/// <summary>
/// The whole platform in one thread: services, relays, broker, clients, operators, and what goes wrong. Pure but for its dice.
/// </summary>
internal sealed class World
{
    private const int StepsMax = 50_000;

    /// <summary>How often time goes on to what is due later, though there is something to do now.</summary>
    private const int JumpsPerMille = 20;

    /// <summary>How many calls to the outside may be on their way at once, each with others going on meanwhile.</summary>
    private const int DepthMax = 2;

    /// <summary>Nothing waits for longer but people; and holds, which outlive every operation that does not.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(20);

    private static readonly SagaEngine SharedEngine = new(new SagaTimeouts());

    private readonly HashSet<string> _seen = [];
    private readonly List<Actor> _actors;
    private readonly Service[] _services;
    private readonly Chaos _chaos;
    private Actor? _acting;
    private string? _blame;
    private int _depth;

    public World(Plan plan, bool keepsText)
    {
        Plan = plan;
        Dice = new Dice(~plan.Seed);
        Trace = new Trace(Clock, keepsText);
        Payments = new(this, "payments", PaymentAggregate.Definition, PaymentAggregate.Consumer, rows => Apply("payments", rows));
        Ledger = new(Saw);
        Wallets = new(
            this,
            "wallets",
            Forgetful(WalletAggregate.Definition, plan.OutcomesMax),
            WalletAggregate.Consumer(plan.Rules),
            rows => Apply("wallets", rows),
            Ledger);
        var saga = plan.CreditsFirst ? StartedBefore(SagaAggregate.Definition) : SagaAggregate.Definition;
        Sagas = new(this, "sagas", saga, SagaAggregate.Consumer(Engine), rows => Apply("sagas", rows));
        _services = [Payments, Wallets, Sagas];
        Relays = [new Relay(this, Payments.Log), new Relay(this, Wallets.Log), new Relay(this, Sagas.Log)];
        Oracle = new Oracle(this);
        Requests = new Requests(this);
        Operators = new Operators(this);
        Processor = new SimulatedProcessor(this);
        _chaos = new Chaos(this);
        Actor[] clocks =
        [
            new DeadlineClock(this), new HoldExpiry(this), new Retries(this, Payments, Parked["payments"]),
            new Retries(this, Wallets, Parked["wallets"]), new Retries(this, Sagas, Parked["sagas"]),
        ];
        _actors = [.. _services, .. Relays, .. clocks, Processor, new CardDesk(this), Requests, Operators, _chaos];
    }

    public Plan Plan { get; }

    public Dice Dice { get; }

    public SimulatedClock Clock { get; } = new();

    public Trace Trace { get; }

    public Broker Broker { get; } = new();

    /// <summary>Pure, and so one for all worlds.</summary>
    public SagaEngine Engine => SharedEngine;

    public Service<Payment, PaymentEvent> Payments { get; }

    public Service<Wallet, WalletEvent> Wallets { get; }

    public Service<Saga, SagaEvent> Sagas { get; }

    public IReadOnlyList<Service> Services => _services;

    public IReadOnlyList<Relay> Relays { get; }

    /// <summary>By the name of the log.</summary>
    public IReadOnlyDictionary<string, MemoryParkedMessages> Parked { get; } =
        new[] { "payments", "wallets", "sagas" }.ToDictionary(log => log, _ => new MemoryParkedMessages());

    public LedgerTable Ledger { get; }

    public HoldRows HoldRows { get; } = new();

    public SagaTable SagaTable { get; } = new();

    public CardCallTable CardCalls { get; } = new();

    public CardBookTable CardRecords { get; } = new();

    public SimulatedProcessor Processor { get; }

    public Oracle Oracle { get; }

    public Requests Requests { get; }

    public Operators Operators { get; }

    public IReadOnlyList<Actor> Actors => _actors;

    /// <summary>What this world has met, for the check that all there is to meet is met.</summary>
    public IReadOnlyCollection<string> Seen => _seen;

    /// <summary>Nothing goes wrong any more; what did is mended, and everything is to come to its end.</summary>
    public bool IsCalm { get; private set; }

    public int Steps { get; private set; }

    public void Saw(string what) => _seen.Add(what);

    public void SawIf(bool met, string what)
    {
        if (met)
        {
            _seen.Add(what);
        }
    }

    /// <summary>Something is wrong, found where nothing may be thrown.</summary>
    public void Blame(string what) => _blame ??= what;

    /// <summary>Does this kind of fault strike here and now?</summary>
    public bool Strikes(Faults fault) =>
        !IsCalm && _acting is not null && Plan.Faults.HasFlag(fault)
        && Dice.Chance(fault == Faults.Processor ? Plan.ProcessorPerMille : Plan.FaultsPerMille);

    public long LastPosition(string log) => log switch
    {
        "payments" => Payments.Watch.Position,
        "wallets" => Wallets.Watch.Position,
        _ => Sagas.Watch.Position,
    };

    /// <summary>A consumer's word on its progress reaches the relays.</summary>
    public void Tell(ConsumerProgress progress)
    {
        foreach (var relay in Relays)
        {
            relay.Hear(progress);
        }
    }

    /// <summary>Runs to the end.</summary>
    /// <exception cref="Violation">Something was not as it must be.</exception>
    public void Run()
    {
        Requests.OpenWallets();
        Look();
        while (Next() is { } actor)
        {
            Violation.Unless(++Steps <= StepsMax, $"The world does not come to rest in {StepsMax} steps.");
            Trace.Step(_actors.IndexOf(actor));
            Let(actor);
        }

        Oracle.CheckEnd();
    }

    /// <summary>While one waits for an answer from outside, others go on for some steps.</summary>
    public void Interlude()
    {
        if (_depth >= DepthMax || !Dice.Chance(300))
        {
            return;
        }

        for (var steps = Dice.Between(1, 6); steps > 0; steps--)
        {
            if (Ready() is not ({ Count: > 0 } ready, var later))
            {
                return;
            }

            if (IsSoon(later) && !IsCalm && Dice.Chance(JumpsPerMille))
            {
                Clock.AdvanceTo(later!.Value);
            }

            Clock.Advance(Dice.Time(0, 20));
            var actor = Dice.Pick(ready);
            Trace.Step(_actors.IndexOf(actor));
            Let(actor);
        }
    }

    private void Let(Actor actor)
    {
        var before = _acting;
        _acting = actor;
        _depth++;
        actor.Step();
        _depth--;
        _acting = before;
        Look();
    }

    /// <summary>Chooses who does the next step, and moves time.</summary>
    private Actor? Next()
    {
        while (true)
        {
            var (ready, later) = Ready();
            if (IsSoon(later) && (ready.Count == 0 || (!IsCalm && Dice.Chance(JumpsPerMille))))
            {
                Clock.AdvanceTo(later!.Value); // Sometimes time passes though there is something to do.
            }
            else if (ready.Count > 0)
            {
                Clock.Advance(Dice.Time(0, 20));
                return Dice.Pick(ready);
            }
            else if (!IsCalm)
            {
                BeCalm();
            }
            else if (later is { } last)
            {
                Clock.AdvanceTo(last);
            }
            else
            {
                return null;
            }
        }
    }

    private bool IsSoon(DateTimeOffset? moment) => moment <= Clock.Now + LongestWait;

    private (List<Actor> Ready, DateTimeOffset? Later) Ready()
    {
        var ready = new List<Actor>();
        DateTimeOffset? later = null;
        foreach (var actor in _actors)
        {
            if (actor.DueAt is not { } due)
            {
                continue;
            }

            if (due <= Clock.Now)
            {
                ready.Add(actor);
            }
            else if (later is null || due < later)
            {
                later = due;
            }
        }

        return (ready, later);
    }

    private void BeCalm()
    {
        if (!IsCalm)
        {
            IsCalm = true;
            _chaos.Stop();
            Look();
        }
    }

    // Follows the logs: whatever was stored is seen at once, by the oracle and by the relays.
    private void Look()
    {
        Payments.Watch.Follow(Oracle.Observe);
        Wallets.Watch.Follow(Oracle.Observe);
        Sagas.Watch.Follow(Oracle.Observe);
        Oracle.CheckClock();
        Violation.Unless(_blame is null, _blame ?? "");
    }

    /// <summary>Wallets that have forgotten by the next command what others forget after dozens.</summary>
    private static AggregateDefinition<Wallet, WalletEvent> Forgetful(
        AggregateDefinition<Wallet, WalletEvent> definition, int outcomesMax) =>
        outcomesMax >= RecentOutcomes.CountMax ? definition : definition with
        {
            Evolve = (state, e) =>
            {
                var wallet = definition.Evolve(state, e);
                var kept = wallet.Recent.All.TakeLast(outcomesMax)
                    .Aggregate(RecentOutcomes.None, (all, one) => all.Add(one.Id, one.Outcome));
                return wallet with { Recent = kept };
            },
        };

    /// <summary>Card payments as they are in streams that the version before has begun.</summary>
    private static AggregateDefinition<Saga, SagaEvent> StartedBefore(AggregateDefinition<Saga, SagaEvent> definition) => definition with
    {
        Evolve = (state, e) => definition.Evolve(
            state,
            e is SagaEvent.Started { Definition: SagaNames.CardPayment } started
                ? started with { Definition = SagaNames.CardPaymentCreditFirst }
                : e),
    };

    private void Apply(string service, IReadOnlyList<ProjectionRow> rows)
    {
        Parked[service].Apply(rows); // First: it may refuse them all.
        Ledger.Apply(rows);
        foreach (var row in rows)
        {
            switch (row.Projection)
            {
                case "holds":
                    HoldRows.Apply(row);
                    break;
                case "sagas":
                    SagaTable.Apply(row);
                    break;
                case "card_calls":
                    CardCalls.Apply(row);
                    break;
                case "card_books":
                    CardRecords.Apply(row);
                    break;
                case ParkingRow.Projection:
                    DeadLetters.Check(this, service, row);
                    break;
            }
        }
    }
}
