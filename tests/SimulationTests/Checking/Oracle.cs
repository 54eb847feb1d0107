using Payments.Domain;
using Payments.Domain.Cards;
using Payments.Domain.Payments;
using Payments.Domain.Sagas;
using Payments.Domain.Wallets;
using Payments.EventStore.Contract;
using SimulationTests.Clients;
using SimulationTests.Worlds;

namespace SimulationTests.Checking;

/// <summary>Knows what must be true, after every stored event and at the end.</summary>
internal sealed class Oracle(World world)
{
    private readonly Dictionary<Guid, Movements> _movements = [];
    private readonly Dictionary<string, int> _requests = [];
    private readonly HashSet<Guid> _touched = [];

    private readonly CardMoney _cards = new(world);

    public OpenHolds Holds { get; } = new();

    /// <summary>How many events carry a client's reference: one request has one effect.</summary>
    public int EffectsOf(string reference) => _requests.GetValueOrDefault(reference);

    public void Observe(Guid id, StoredEvent stored, PaymentEvent e, Payment payment)
    {
        world.Trace.Stored("payments", stored, e);
        world.Saw(stored.Type);
        switch (e)
        {
            case PaymentEvent.Requested { Terms.Reference: var reference }:
                Count(reference);
                break;
            case PaymentEvent.RefundRequested { Terms.Reason: var reference }:
                Count(reference);
                break;
            case PaymentEvent.Failed { Code: var code }:
                world.Saw($"failed {code}");
                break;
            case PaymentEvent.RefundFailed { Code: var code }:
                world.Saw($"refund failed {code}");
                break;
        }

        Violation.Unless(
            payment.Refunded <= payment.Terms.Amount, $"Payment {id} has refunded {payment.Refunded} of {payment.Terms.Amount}.");
    }

    public void Observe(Guid id, StoredEvent stored, WalletEvent e, Wallet wallet)
    {
        world.Trace.Stored("wallets", stored, e);
        world.Saw(stored.Type);
        Holds.Observe(id, e);
        _cards.Observe(e);
        if (OperationOf(e) is { } operation)
        {
            (_movements.TryGetValue(operation, out var known) ? known : _movements[operation] = new Movements(operation)).Observe(e);
        }

        Count((e as WalletEvent.Deposited)?.Reference ?? (e as WalletEvent.Withdrawn)?.Reference);
        if (e is WalletEvent.Deposited d && d.Reference?.StartsWith(Operators.MadeUpFor, StringComparison.Ordinal) == true)
        {
            world.Operators.Note(id, d.Amount.Minor);
        }

        Violation.Unless(
            (wallet.Posted + wallet.Overdraft).Minor >= 0,
            $"The balance of wallet {id} is {wallet.Posted}, with an overdraft of {wallet.Overdraft}.");
        Violation.Unless(wallet.Available.Minor >= 0, $"Wallet {id} has {wallet.Available} available.");
        Violation.Unless(
            wallet.Held.Minor == wallet.Holds.Values.Sum(h => h.Amount.Minor),
            $"Wallet {id} holds {wallet.Held}, and its holds are others.");
        world.SawIf(wallet.Posted.Minor < 0, "overdraft in use");
    }

    public void Observe(Guid id, StoredEvent stored, SagaEvent e, Saga saga)
    {
        world.Trace.Stored("sagas", stored, e);
        _touched.Add(id);
        world.Saw(stored.Type);
        switch (e)
        {
            case SagaEvent.Moved { To: var to, FailureCode: var code }:
                world.Saw($"{saga.Definition} {to}");
                world.SawIf(code is not null, $"{saga.Definition} {to}: {code}");
                CheckDeadline(saga);
                if (saga.HasEnded)
                {
                    CheckEnded(id, saga);
                }

                break;
            case SagaEvent.OperatorActed { Act: var act }:
                world.Saw($"operator {act} in {saga.Phase}");
                break;
            case SagaEvent.CardAnswered { Answer: { Act: CardAct.Void, IsApproved: true, Declines: > 0 }, IsDeclared: false }:
                world.Saw("voided after a decline");
                break;
            case SagaEvent.CardAnswered { Answer: { Act: CardAct.Refund, IsApproved: true, Declines: > 0 }, IsDeclared: false }:
                world.Saw("refunded after a decline");
                break;
            case SagaEvent.StepRefused { Code: var code }:
                world.Saw($"step refused in {saga.Phase}: {code}");
                break;
        }
    }

    /// <summary>The clock looks into a table; and a saga that is not there is never told that it was not answered.</summary>
    public void CheckClock()
    {
        foreach (var id in _touched)
        {
            var saga = world.Sagas.Watch.Find(id)!;
            var expected = saga.HasEnded || saga.Overdue ? null : saga.Deadline;
            var told = world.SagaTable.DeadlineOf(id);
            Violation.Unless(told == expected, $"Saga {id} is {saga.Phase} until {expected:O}; the clock's table says {told:O}.");
            Violation.Unless(saga.HasEnded || saga.Overdue || told is not null, $"Saga {id} waits in {saga.Phase} without a deadline.");
        }

        _touched.Clear();
        _cards.Check();
    }

    public void CheckEnd() => new EndCheck(world).Run();

    private void CheckDeadline(Saga saga) => Violation.Unless(
        saga.HasEnded == saga.Deadline is null, $"Saga {saga.Terms.Operation} is {saga.Phase} with the deadline {saga.Deadline}.");

    private void CheckEnded(Guid id, Saga saga)
    {
        var movements = _movements.GetValueOrDefault(id) ?? new Movements(id);
        var payment = saga.Terms.Payment;
        var isRefund = id != payment.Payment.Value;
        Violation.Unless(Holds.Open.All(h => h.Hold.Operation.Value != id), $"Saga {id} has ended {saga.Phase}, and its hold is open.");
        if (saga.Phase == SagaPhases.Failed)
        {
            movements.CheckFailed();
        }
        else
        {
            var byCard = payment.Source.PayerWallet is null;
            var fee = isRefund ? Money.Zero(payment.Fee.Currency) : payment.Fee;
            movements.CheckCompleted(credits: !(isRefund && byCard), captures: isRefund || !byCard, fee);
        }
    }

    private void Count(string? reference)
    {
        if (reference is not null)
        {
            var count = _requests[reference] = _requests.GetValueOrDefault(reference) + 1;
            Violation.Unless(count == 1, $"Request {reference} has {count} effects.");
        }
    }

    private static Guid? OperationOf(WalletEvent e) => e switch
    {
        WalletEvent.FundsHeld { Operation: var o } => o.Value,
        WalletEvent.HoldCaptured { Operation: var o } => o.Value,
        WalletEvent.FundsCredited { Operation: var o } => o.Value,
        WalletEvent.FeeCharged { Operation: var o } => o.Value,
        WalletEvent.FeeReturned { Operation: var o } => o.Value,
        WalletEvent.CreditReversed { Operation: var o } => o.Value,
        _ => null,
    };
}
