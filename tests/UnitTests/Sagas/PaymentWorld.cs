using System.Collections.Immutable;
using Payments.Domain;
using Payments.Domain.Payments;
using Payments.Domain.Sagas;
using Payments.Domain.Wallets;

namespace UnitTests.Sagas;

/// <summary>
/// Wallets, payments and their sagas, with a post between them that is worse than Kafka: it reorders, delays and repeats at will. It only
/// never loses. Numbers choose what happens next, so that a run can be repeated and shrunk.
/// </summary>
internal sealed class PaymentWorld
{
    private readonly List<Letter> _underWay = [];
    private readonly List<Letter> _delivered = [];
    private DateTimeOffset _now = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);
    private int _strayCount;

    public PaymentWorld(IEnumerable<Wallet> wallets, IEnumerable<PaymentTerms> payments)
    {
        foreach (var wallet in wallets)
        {
            Wallets[wallet.Id] = wallet;
            Minted[wallet.Currency] = Minted.GetValueOrDefault(wallet.Currency) + wallet.Posted.Minor;
        }

        _underWay.AddRange(payments.Select(terms => new Letter(terms.Payment, new PaymentCommand.Request(terms))));
    }

    public Dictionary<WalletId, Wallet> Wallets { get; } = [];

    public Dictionary<PaymentId, Payment> Payments { get; } = [];

    public Dictionary<PaymentId, WalletPaymentSaga> Sagas { get; } = [];

    /// <summary>All money that came in from outside and has not gone out again, in minor units.</summary>
    public Dictionary<Currency, long> Minted { get; } = [];

    public List<(WalletId Wallet, WalletEvent Event)> WalletHistory { get; } = [];

    public List<(PaymentId Payment, SagaEvent Event)> SagaHistory { get; } = [];

    /// <summary>Lets one thing happen: a delivery, a repeated delivery, a silence, or a deposit or withdrawal by somebody else.</summary>
    public void Step(int choice)
    {
        var (action, pick) = (choice % 10, choice / 10);
        switch (action)
        {
            case < 4 when _underWay.Count > 0:
                DeliverUnderWay(pick % _underWay.Count);
                break;
            case 4 or 5 when _underWay.Count > 0:
                Deliver(_underWay[pick % _underWay.Count]); // It stays under way and comes again.
                break;
            case 6 or 7 when _delivered.Count > 0:
                Deliver(_delivered[pick % _delivered.Count]);
                break;
            case 8:
                PassTime(TimeSpan.FromSeconds(pick % 200));
                break;
            case 9:
                Stray(Wallets.Values.ElementAt(pick % Wallets.Count), 1 + (pick % 1_999), isDeposit: pick / Wallets.Count % 2 == 0);
                break;
            default:
                break;
        }
    }

    /// <summary>Delivers everything that is under way and whatever that leads to.</summary>
    public void Settle()
    {
        for (var deliveries = 0; _underWay.Count > 0; deliveries++)
        {
            Assert.True(deliveries < 10_000, "The world does not come to rest.");
            DeliverUnderWay(0);
        }
    }

    private void DeliverUnderWay(int index)
    {
        var letter = _underWay[index];
        _underWay.RemoveAt(index);
        _delivered.Add(letter);
        Deliver(letter);
    }

    private void Deliver(Letter letter)
    {
        switch (letter.Content)
        {
            case WalletCommand command:
                Ask(letter.About, command);
                break;
            case PaymentCommand command:
                Ask(letter.About, command);
                break;
            case Signal signal:
                Tell(letter.About, signal);
                break;
            default:
                throw new UnreachableStateException(this, letter);
        }
    }

    private void Ask(PaymentId about, WalletCommand command)
    {
        var id = Addressee(command);
        var accepted = Assert.IsType<Decision<WalletEvent>.Accepted>(Wallet.Decide(Wallets[id], command, _now)); // No saga asks in vain.
        foreach (var e in Happened(id, accepted.Events))
        {
            _underWay.Add(new Letter(about, new Signal.OfWallet(e)));
        }
    }

    private void Ask(PaymentId about, PaymentCommand command)
    {
        var payment = Payments.GetValueOrDefault(about);
        switch (Payment.Decide(payment, command))
        {
            case Decision<PaymentEvent>.Accepted { Events: [var e] }:
                Payments[about] = Payment.Evolve(payment, e);
                _underWay.Add(new Letter(about, new Signal.OfPayment(e)));
                break;
            case Decision<PaymentEvent>.Accepted { Events: [] }:
                break;
            case var refused: // Only the second of two equal requests is refused: a saga never changes its mind.
                Assert.IsType<PaymentCommand.Request>(command);
                Assert.Equal("already_exists", Assert.IsType<Decision<PaymentEvent>.Refused>(refused).Reason.Code);
                break;
        }
    }

    private void Tell(PaymentId about, Signal signal)
    {
        foreach (var e in WalletPaymentSaga.React(Sagas.GetValueOrDefault(about), signal, _now))
        {
            Sagas[about] = WalletPaymentSaga.Evolve(Sagas.GetValueOrDefault(about), e);
            SagaHistory.Add((about, e));
            if (e is SagaEvent.WalletCommanded or SagaEvent.PaymentCommanded)
            {
                _underWay.Add(new Letter(about, e is SagaEvent.WalletCommanded w ? w.Command : ((SagaEvent.PaymentCommanded)e).Command));
            }
        }
    }

    private void PassTime(TimeSpan time)
    {
        _now += time;
        foreach (var (about, phase) in Sagas.Keys.SelectMany(_ => Enum.GetValues<SagaPhase>(), ValueTuple.Create).ToArray())
        {
            Tell(about, new Signal.DeadlinePassed(phase));
        }
    }

    private void Stray(Wallet wallet, long minor, bool isDeposit)
    {
        var movement = new MovementId(new Guid(++_strayCount, 1, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 0));
        var amount = new Money(minor, wallet.Currency);
        WalletCommand command = isDeposit
            ? new WalletCommand.Deposit(movement, amount, null)
            : new WalletCommand.Withdraw(movement, amount, null);
        if (Wallet.Decide(wallet, command, _now) is Decision<WalletEvent>.Accepted accepted)
        {
            Happened(wallet.Id, accepted.Events);
            Minted[wallet.Currency] += isDeposit ? minor : -minor;
        }
    }

    private ImmutableArray<WalletEvent> Happened(WalletId id, ImmutableArray<WalletEvent> events)
    {
        foreach (var e in events)
        {
            Wallets[id] = Wallet.Evolve(Wallets[id], e);
            WalletHistory.Add((id, e));
        }

        return events;
    }

    private static WalletId Addressee(WalletCommand command) => command switch
    {
        WalletCommand.Hold c => c.Wallet,
        WalletCommand.Release c => c.Wallet,
        WalletCommand.Capture c => c.Wallet,
        WalletCommand.Credit c => c.Wallet,
        _ => throw new UnreachableStateException(null, command),
    };

    /// <summary>A command or a signal, and the payment that it is about.</summary>
    private sealed record Letter(PaymentId About, object Content);
}
