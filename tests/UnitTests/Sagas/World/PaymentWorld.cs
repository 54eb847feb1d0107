using System.Collections.Immutable;
using Payments.Domain;
using Payments.Domain.Cards;
using Payments.Domain.Payments;
using Payments.Domain.Sagas;
using Payments.Domain.Wallets;

namespace UnitTests.Sagas.World;

/// <summary>
/// Wallets, payments, a card processor and the sagas between them, with a post that is worse than Kafka: it reorders, delays and repeats at
/// will. It only never loses. Numbers choose what happens next, so that a run can be repeated and shrunk.
/// </summary>
internal sealed partial class PaymentWorld
{
    private readonly SagaEngine _engine = new(new SagaTimeouts());
    private readonly List<Letter> _underWay = [];
    private readonly List<Letter> _delivered = [];
    private readonly List<Letter> _unanswered = [];
    private DateTimeOffset _now = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    public PaymentWorld(Run run)
    {
        foreach (var wallet in run.Wallets())
        {
            Wallets[wallet.Id] = wallet;
            Minted[wallet.Currency] = Minted.GetValueOrDefault(wallet.Currency) + wallet.Posted.Minor;
        }

        _underWay.AddRange(run.Payments.Select(terms => new Letter(terms.Payment, new PaymentCommand.Request(terms))));
    }

    public Dictionary<WalletId, Wallet> Wallets { get; } = [];

    public Dictionary<PaymentId, Payment> Payments { get; } = [];

    public Dictionary<OperationId, Saga> Sagas { get; } = [];

    public CardDesk Cards { get; } = new();

    /// <summary>All money that came in by hand and has not gone out again, in minor units.</summary>
    public Dictionary<Currency, long> Minted { get; } = [];

    public List<(WalletId Wallet, WalletEvent Event)> WalletHistory { get; } = [];

    public List<(OperationId Operation, SagaEvent Event)> SagaHistory { get; } = [];

    /// <summary>Lets one thing happen: a delivery, once or again, a silence, or what people do meanwhile.</summary>
    public void Step(int choice)
    {
        var (action, pick) = (choice % 20, choice / 20);
        switch (action)
        {
            case < 7 when _underWay.Count > 0:
                DeliverUnderWay(pick % _underWay.Count, CareOfCards(pick));
                break;
            case 7 or 8 when _underWay.Count > 0:
                Deliver(_underWay[pick % _underWay.Count], CareOfCards(pick)); // It stays under way and comes again.
                break;
            case 9 or 10 when _delivered.Count > 0:
                Deliver(_delivered[pick % _delivered.Count], CareOfCards(pick));
                break;
            case 11 or 12:
                PassTime(TimeSpan.FromSeconds(pick % 300));
                break;
            case 13 or 14:
                MoveByHand(Wallets.Values.ElementAt(pick % Wallets.Count), 1 + (pick % 1_999), isDeposit: pick / Wallets.Count % 2 == 0);
                break;
            case 15:
                ChangeRules(Wallets.Values.ElementAt(pick % Wallets.Count), pick / Wallets.Count);
                break;
            case 16 when Sagas.Count > 0:
                ActUpon(Sagas.Keys.ElementAt(pick % Sagas.Count), (SagaIntervention)(pick / Sagas.Count % 3));
                break;
            case 17 or 18 when Payments.Count > 0:
                RequestRefund(Payments.Keys.ElementAt(pick % Payments.Count), pick / Payments.Count % 2_000);
                break;
            case 19:
                AskCardsAgain();
                break;
            default:
                break;
        }
    }

    /// <summary>Delivers everything and lets all deadlines pass, until every saga has ended or waits for a person.</summary>
    /// <param name="cardsAnswer">What the card processor has left unanswered, it is asked again; else it stays silent about that.</param>
    public void Settle(bool cardsAnswer)
    {
        for (var rounds = 0; IsMoving(cardsAnswer); rounds++)
        {
            Assert.True(rounds < 100, "The world does not come to rest.");
            if (cardsAnswer)
            {
                AskCardsAgain();
            }

            for (var deliveries = 0; _underWay.Count > 0; deliveries++)
            {
                Assert.True(deliveries < 10_000, "The post does not come to rest.");
                DeliverUnderWay(0, cardsAnswer || _underWay[0].Content is not CardCommand ? Care.Once : Care.Never);
            }

            PassTime(TimeSpan.FromMinutes(10));
        }
    }

    private bool IsMoving(bool cardsAnswer) => _underWay.Count > 0
        || (cardsAnswer && _unanswered.Count > 0)
        || Sagas.Values.Any(saga => !saga.HasEnded && !saga.Overdue);

    private void DeliverUnderWay(int index, Care care)
    {
        var letter = _underWay[index];
        _underWay.RemoveAt(index);
        _delivered.Add(letter);
        Deliver(letter, care);
    }

    private void Deliver(Letter letter, Care care)
    {
        switch (letter.Content)
        {
            case WalletCommand command:
                Ask(letter.About, command);
                break;
            case PaymentCommand command:
                Ask(letter.About, command);
                break;
            case CardCommand command:
                Ask(letter, command, care);
                break;
            case Signal signal:
                Tell(letter.About, signal.Operation ?? throw new UnreachableStateException(this, signal), signal);
                break;
            default:
                throw new UnreachableStateException(this, letter);
        }
    }

    private void Ask(PaymentId about, WalletCommand command)
    {
        var id = Addressee(command);
        var accepted = Assert.IsType<Decision<WalletEvent>.Accepted>(Wallet.Decide(Wallets[id], command, _now)); // No saga asks in vain.
        _underWay.AddRange(Happened(id, accepted.Events).Select(e => new Signal.OfWallet(e)).Where(s => s.Operation is not null)
            .Select(signal => new Letter(about, signal)));
    }

    private void Ask(PaymentId about, PaymentCommand command)
    {
        var payment = Payments.GetValueOrDefault(about);
        switch (Payment.Decide(payment, command))
        {
            case Decision<PaymentEvent>.Accepted accepted:
                foreach (var e in accepted.Events)
                {
                    Payments[about] = payment = Payment.Evolve(payment, e);
                    if (new Signal.OfPayment(e) is { Operation: not null } signal)
                    {
                        _underWay.Add(new Letter(about, signal));
                    }
                }

                break;
            case var refused: // Only the second of two equal requests is refused: a saga never changes its mind.
                Assert.IsType<PaymentCommand.Request>(command);
                Assert.Equal("already_exists", Assert.IsType<Decision<PaymentEvent>.Refused>(refused).Reason.Code);
                break;
        }
    }

    private void Ask(Letter letter, CardCommand command, Care care)
    {
        if (care is Care.Never)
        {
            _unanswered.Add(letter); // It did not even arrive.
            return;
        }

        var answer = new Letter(letter.About, new Signal.OfCard(Cards.Ask(command)));
        switch (care)
        {
            case Care.Unheard:
                _unanswered.Add(letter);
                break;
            case Care.Twice:
                _underWay.AddRange(answer, answer);
                break;
            default:
                _underWay.Add(answer);
                break;
        }
    }

    private void AskCardsAgain()
    {
        _underWay.AddRange(_unanswered);
        _unanswered.Clear();
    }

    private void Tell(PaymentId about, OperationId operation, Signal signal) =>
        Happened(about, operation, _engine.React(Sagas.GetValueOrDefault(operation), signal, _now));

    /// <summary>Every third card payment was begun by the version before, which credited first.</summary>
    public static bool CreditsFirst(OperationId operation) => operation.Value.ToByteArray()[0] % 3 == 0;

    private void Happened(PaymentId about, OperationId operation, ImmutableArray<SagaEvent> events)
    {
        foreach (var happened in events)
        {
            var e = happened is SagaEvent.Started { Definition: SagaNames.CardPayment } started && CreditsFirst(operation)
                ? started with { Definition = SagaNames.CardPaymentCreditFirst }
                : happened;
            Sagas[operation] = Saga.Evolve(Sagas.GetValueOrDefault(operation), e);
            SagaHistory.Add((operation, e));
            object? command = e switch
            {
                SagaEvent.WalletCommanded c => c.Command,
                SagaEvent.PaymentCommanded c => c.Command,
                SagaEvent.CardCommanded c => c.Command,
                _ => null,
            };
            if (command is not null)
            {
                _underWay.Add(new Letter(about, command));
            }
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

    private static Care CareOfCards(int pick) => (pick % 7) switch
    {
        0 => Care.Never,
        1 => Care.Unheard,
        2 => Care.Twice,
        _ => Care.Once,
    };

    private static WalletId Addressee(WalletCommand command) => command switch
    {
        WalletCommand.Hold c => c.Wallet,
        WalletCommand.Release c => c.Wallet,
        WalletCommand.Capture c => c.Wallet,
        WalletCommand.Credit c => c.Wallet,
        WalletCommand.ReverseCredit c => c.Wallet,
        _ => throw new UnreachableStateException(null, command),
    };

    /// <summary>How the card processor takes what it is asked this time.</summary>
    private enum Care
    {
        Once,
        Twice,

        /// <summary>It does it, and the answer is lost.</summary>
        Unheard,
        Never,
    }

    /// <summary>A command or a signal, and the payment that it is about.</summary>
    private sealed record Letter(PaymentId About, object Content);
}
