using Payments.CardProcessor.Books;
using Payments.Domain;
using Payments.Domain.Cards;
using Payments.Domain.Sagas;
using Payments.Domain.Wallets;
using Payments.EventStore.Aggregates;
using SimulationTests.Plans;
using SimulationTests.Worlds;
using Operation = SimulationTests.Plans.Operation;

namespace SimulationTests.Clients;

/// <summary>
/// People who look after sagas. As the script has it they do this and that; in the end they see to everything that is stuck.
/// </summary>
internal sealed class Operators(World world) : Actor(world, "operator")
{
    private static readonly TimeSpan LooksEvery = TimeSpan.FromSeconds(20);

    /// <summary>While things go wrong they do not try the same again and again.</summary>
    private const int ActsMaxBeforeCalm = 2;

    /// <summary>Begins the references of their deposits: they may hear no answer, and then pay in again.</summary>
    public const string MadeUpFor = "made-up-for";

    private readonly List<(Guid Wallet, long Minor)> _effects = [];
    private int _madeUpFor;
    private readonly Dictionary<Guid, int> _acts = [];
    private DateTimeOffset _looksAt;

    /// <summary>Money that people put into wallets.</summary>
    public IReadOnlyList<(Guid Wallet, long Minor)> Effects => _effects;

    public override DateTimeOffset? NextAt => Stuck().Any() ? _looksAt : null;

    public void Note(Guid wallet, long minor) => _effects.Add((wallet, minor));

    public override void Step()
    {
        _looksAt = World.Clock.Now + LooksEvery;
        foreach (var (id, saga) in Stuck().ToList())
        {
            _acts[id] = _acts.GetValueOrDefault(id) + 1;
            Violation.Unless(_acts[id] < 60, $"Saga {id} cannot be ended: {saga}");
            World.Saw($"stuck in {saga.Phase}");
            if (saga.Phase == SagaPhases.Reversing && saga.RefusalCode == RefusalCodes.InsufficientFunds)
            {
                PayIn(saga.Terms.Payment.PayeeWallet.Value, saga.Terms.Amount);
            }

            if (saga is { Phase: SagaPhases.Voiding, RefusalCode: not null } && World.Dice.Chance(600))
            {
                VoidByHand(saga);
                Act(id, SagaIntervention.Complete, "undone by hand");
                continue;
            }

            Act(id, SagaIntervention.Retry, "it is stuck");
        }
    }

    /// <summary>Is there a saga that such an act would do something about?</summary>
    public bool HasReasonFor(Operation o) => Candidates(o).Any();

    /// <summary>An act of the script, on any saga that there is.</summary>
    public Answer Act(Operation o)
    {
        if (World.Sagas.Watch.Ids.Count == 0)
        {
            return Answer.Nothing;
        }

        var open = o.Detail < 850 ? Candidates(o).ToList() : [];
        var id = open.Count > 0 ? open[o.First % open.Count] : World.Sagas.Watch.Ids[o.First % World.Sagas.Watch.Ids.Count];
        var act = ActOf(o);
        return Act(id, act, o.Reference) is { } refused ? new Answer(refused, id) : new Answer(null, id);
    }

    private string? Act(Guid id, SagaIntervention act, string reason)
    {
        if (act == SagaIntervention.Complete && !IsDone(World.Sagas.Watch.Find(id)!))
        {
            act = SagaIntervention.Retry; // People look before they declare that something was done.
        }

        var outcome = World.Sagas.Execute(
            id,
            World.Sagas.Watch.Find(id)!.Terms.Payment.Payment.Value,
            Name,
            (state, now) => World.Engine.Decide(state, act, Name, reason, now));
        return (outcome as CommandOutcome<Saga>.Refused)?.Reason.Code;
    }

    private static SagaIntervention ActOf(Operation o) => (SagaIntervention)(o.Second % 3);

    // Mostly one declares what the processor has done and we have not heard.
    private IEnumerable<Guid> Candidates(Operation o) => World.Sagas.Watch.All
        .Where(s => !s.State.HasEnded)
        .Where(s => ActOf(o) != SagaIntervention.Complete || o.Detail < 200 || (IsOutside(s.State) && IsDone(s.State)))
        .Select(s => s.Id);

    private bool IsOutside(Saga saga) => World.Engine.Definitions.Named(saga.Definition).RequestIn(saga.Phase).IsOutside;

    private bool IsDone(Saga saga)
    {
        var books = World.Processor.Books;
        return saga.Phase switch
        {
            SagaPhases.Authorising => IsApproved(CardAct.Authorise),
            SagaPhases.Voiding =>
                books.Operations.Any(o => o.OriginalKey == Key(CardAct.Authorise) && o.Status == OperationStatus.Approved),
            SagaPhases.CapturingCard => IsApproved(CardAct.Capture),
            SagaPhases.RefundingCard =>
                books.Find(CardCommand.KeyOf(saga.Terms.Operation, CardAct.Refund, saga.Declines)) is { Status: OperationStatus.Approved },
            _ => true, // Not theirs to declare: refused, as it must be.
        };

        string Key(CardAct act) => CardCommand.KeyOf(saga.Terms.Operation, act);
        bool IsApproved(CardAct act) => books.Find(Key(act)) is { Status: OperationStatus.Approved };
    }

    // The processor refused the void: people call, have it undone there, and declare it.
    private void VoidByHand(Saga saga)
    {
        var key = CardCommand.KeyOf(saga.Terms.Operation, CardAct.Authorise);
        World.Saw("void by hand");
        World.Processor.Books.Execute(new ProcessorRequest.Reverse($"{key}.by-hand", key), World.Clock.Now, World.Dice.NewId());
    }

    private IEnumerable<(Guid Id, Saga Saga)> Stuck() => World.Sagas.Watch.All.Where(s =>
        s.State is { Overdue: true, HasEnded: false }
        && (World.IsCalm || (World.Plan.Faults.HasFlag(Faults.Operators) && _acts.GetValueOrDefault(s.Id) < ActsMaxBeforeCalm)));

    // Somebody spent what is to be given back: people agree to make up for it.
    private void PayIn(Guid wallet, Money amount)
    {
        Command(wallet, new WalletCommand.Unfreeze("to give back"));
        Command(wallet, new WalletCommand.Deposit(new(World.Dice.NewId()), amount, $"{MadeUpFor}-{++_madeUpFor}"));
    }

    private void Command(Guid wallet, WalletCommand command) =>
        World.Wallets.Execute(wallet, wallet, Name, (state, now) => Wallet.DecideNow(state, command, now, World.Plan.Rules));
}
