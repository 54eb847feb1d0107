using Payments.Domain;
using Payments.Domain.Cards;
using Payments.Domain.Payments;
using Payments.Domain.Sagas;
using Payments.Domain.Wallets;

namespace UnitTests.Sagas.World;

/// <summary>What people and time do in the world while sagas are on their way.</summary>
internal sealed partial class PaymentWorld
{
    private int _idCount;

    /// <summary>A person sees to every saga that waits for one: money where it is missing, and the question once more.</summary>
    public void Repair()
    {
        foreach (var (operation, saga) in Sagas.Where(s => s.Value.Overdue).ToArray())
        {
            if (LastAsk(operation) is WalletCommand.ReverseCredit { Wallet: var owing })
            {
                ChangeRules(Wallets[owing], 2); // Unfrozen, or the deposit is refused.
                MoveByHand(Wallets[owing], saga.Terms.Amount.Minor, isDeposit: true);
            }

            ActUpon(operation, SagaIntervention.Retry);
        }
    }

    /// <summary>Something ends a saga's hold from outside, which the wallet service never does.</summary>
    public void ExpireHolds()
    {
        foreach (var (wallet, hold) in Wallets.Values.SelectMany(w => w.Holds.Keys.Select(hold => (w.Id, hold))).ToArray())
        {
            var late = Assert.IsType<Decision<WalletEvent>.Accepted>(
                Wallet.Decide(Wallets[wallet], new WalletCommand.ExpireHold(hold), _now.AddYears(11)));
            Happened(wallet, late.Events); // The sagas hear it and are waiting for something else.
        }
    }

    private void PassTime(TimeSpan time)
    {
        _now += time;
        foreach (var (operation, saga) in Sagas.ToArray())
        {
            Tell(saga.Terms.Payment.Payment, operation, new Signal.DeadlinePassed(SagaPhases.Crediting));
            Tell(saga.Terms.Payment.Payment, operation, new Signal.DeadlinePassed(Sagas[operation].Phase));
        }
    }

    private void MoveByHand(Wallet wallet, long minor, bool isDeposit)
    {
        var (movement, amount) = (new MovementId(NewId()), new Money(minor, wallet.Currency));
        WalletCommand command = isDeposit
            ? new WalletCommand.Deposit(movement, amount, null)
            : new WalletCommand.Withdraw(movement, amount, null);
        if (Wallet.Decide(wallet, command, _now) is Decision<WalletEvent>.Accepted accepted)
        {
            Happened(wallet.Id, accepted.Events);
            Minted[wallet.Currency] += isDeposit ? minor : -minor;
        }
    }

    private void ChangeRules(Wallet wallet, int pick)
    {
        WalletCommand command = (pick % 4) switch
        {
            0 => new WalletCommand.Freeze("stolen"),
            1 or 2 => new WalletCommand.Unfreeze("found"),
            _ => new WalletCommand.SetOverdraft(new Money(pick % 1_000, wallet.Currency)),
        };
        if (Wallet.Decide(wallet, command, _now) is Decision<WalletEvent>.Accepted accepted)
        {
            Happened(wallet.Id, accepted.Events);
        }
    }

    /// <summary>An operator declares only what the card processor has told on the telephone.</summary>
    private void ActUpon(OperationId operation, SagaIntervention act)
    {
        var saga = Sagas[operation];
        if (act == SagaIntervention.Complete && !(LastAsk(operation) is CardCommand command && Cards.Has(operation, command.Act)))
        {
            return;
        }

        if (_engine.Decide(saga, act, "olga", "why", _now) is Decision<SagaEvent>.Accepted accepted)
        {
            Happened(saga.Terms.Payment.Payment, operation, accepted.Events);
        }
    }

    private void RequestRefund(PaymentId payment, int minor)
    {
        Money? amount = minor == 0 ? null : new Money(minor, Payments[payment].Terms.Amount.Currency);
        var command = new PaymentCommand.RequestRefund(new RefundId(NewId()), amount, null);
        if (Payment.Decide(Payments[payment], command) is Decision<PaymentEvent>.Accepted { Events: [PaymentEvent.RefundRequested e] })
        {
            Payments[payment] = Payment.Evolve(Payments[payment], e);
            _underWay.Add(new Letter(payment, new Signal.OfPayment(e)));
        }
    }

    private object? LastAsk(OperationId operation) => SagaHistory.Where(e => e.Operation == operation).Select(e => e.Event switch
    {
        SagaEvent.WalletCommanded c => (object)c.Command,
        SagaEvent.CardCommanded c => c.Command,
        _ => null,
    }).OfType<object>().LastOrDefault();

    private Guid NewId() => new(++_idCount, 1, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 0);
}
