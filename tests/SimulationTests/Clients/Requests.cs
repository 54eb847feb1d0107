using System.Text;
using Payments.Domain;
using Payments.Domain.Payments;
using Payments.Domain.Sagas;
using Payments.Domain.Wallets;
using Payments.EventStore.Aggregates;
using Payments.EventStore.Contract;
using SimulationTests.Plans;
using SimulationTests.Worlds;

namespace SimulationTests.Clients;

/// <summary>
/// The clients of the platform, and the HTTP edge of its services: asks for what the script says, each with an idempotency key, until it
/// is answered.
/// </summary>
internal sealed class Requests(World world) : Actor(world, "client")
{
    /// <summary>How often a request waits for what it is about: then it is made all the same.</summary>
    private const int PutOffMax = 60;

    /// <summary>Withdrawals below this detail take all that somebody has who may have to give it back.</summary>
    private const int SpendersBelow = 400;

    private static readonly string[] Tokens =
    [
        "tok_ok", "tok_ok", "tok_ok", "tok_ok", "tok_ok", "tok_timeout", "tok_flaky", "tok_declined", "tok_down", "tok_unknown",
    ];

    private readonly List<Request> _requests = [.. world.Plan.Script.Select(o => new Request(o, SimulatedClock.Start + o.At))];
    private readonly List<(Guid Id, Currency Currency)> _wallets = [];
    private readonly List<Guid> _payments = [];
    private readonly List<(Guid Wallet, Guid Hold, Money Amount)> _reservations = [];

    public IReadOnlyList<Request> All => _requests;

    /// <summary>When the last of what is planned is asked for.</summary>
    public DateTimeOffset? LastAt => _requests.Count == 0 ? null : _requests.Max(r => r.At);

    public override DateTimeOffset? NextAt => _requests.Where(r => r.Answer is null).Min(r => (DateTimeOffset?)r.At);

    /// <summary>The wallets of the plan, with their money: before anything can go wrong.</summary>
    public void OpenWallets()
    {
        foreach (var plan in World.Plan.Wallets)
        {
            var id = World.Dice.NewId();
            _wallets.Add((id, plan.Currency));
            World.Trace.Name(id, $"w{_wallets.Count}");
            Command(id, new WalletCommand.Open(new(id), Owner(plan.Owner), plan.Currency));
            if (plan.FundsMinor > 0)
            {
                Command(id, new WalletCommand.Deposit(new(World.Dice.NewId()), new Money(plan.FundsMinor, plan.Currency), null));
                World.Operators.Note(id, plan.FundsMinor);
            }
        }
    }

    public override void Step()
    {
        var due = _requests.Where(r => r.Answer is null && r.At <= World.Clock.Now).ToList();
        var request = World.Dice.Pick(due);
        if (IsEarly(request.Operation) && request.PutOff++ < PutOffMax)
        {
            request.At = World.Clock.Now + World.Dice.Time(1, 30);
            return;
        }

        request.Answer = Ask(request);
        request.At = request.Answer is null ? World.Clock.Now + World.Dice.Time(500, 5_000) : request.At;
        if (World.Trace.KeepsText)
        {
            World.Trace.Say(Name, $"{request.Operation.Reference} {request.Operation.Kind}: {request.Answer?.Text ?? "no answer"}");
        }

        World.SawIf(request.Answer is { IsDone: false, Code: not "nothing" }, $"refused {request.Answer?.Code}");
        World.Saw(request.Operation.Kind.ToString());
    }

    // Most refunds are of payments that have ended well, most acts of operators about sagas that are on their way.
    private bool IsEarly(Operation o) => o.Kind switch
    {
        OperationKind.Refund => o.Detail < 850 && _payments.Count > 0 && !World.Payments.Watch.Find(Target(o))!.IsCompleted,
        OperationKind.Withdraw => o.Detail < SpendersBelow && MayHaveToGiveBack() is null,
        OperationKind.SagaIntervention => o.Detail < 850 && !World.Operators.HasReasonFor(o),
        OperationKind.CaptureReservation or OperationKind.ReleaseReservation => o.Detail < 850 && _reservations.Count == 0,
        OperationKind.Unfreeze => o.Detail < 850 && World.Wallets.Watch.All.All(w => !w.State.IsFrozen),
        _ => false,
    };

    private Guid Target(Operation refund)
    {
        var completed = _payments.Where(p => World.Payments.Watch.Find(p)!.IsCompleted).ToList();
        var from = completed.Count > 0 && refund.Detail < 850 ? completed : _payments;
        return from[refund.First % from.Count];
    }

    private Answer? Ask(Request request)
    {
        var o = request.Operation;
        var (wallet, currency) = _wallets[o.First % _wallets.Count];
        var money = new Money(o.Amount, currency);
        request.Counts = o.Kind <= OperationKind.Refund;
        switch (o.Kind)
        {
            case OperationKind.Deposit:
                return Move(request, wallet, o.Amount, new WalletCommand.Deposit(new(World.Dice.NewId()), money, o.Reference));
            case OperationKind.Withdraw:
                return Withdraw(request, wallet);
            case OperationKind.WalletPayment:
            case OperationKind.Transfer:
            case OperationKind.CardPayment:
                return Pay(o, wallet, currency);
            case OperationKind.Refund:
                return Refund(request);
            case OperationKind.Reserve:
                return Reserve(o, wallet, money);
            case OperationKind.CaptureReservation:
            case OperationKind.ReleaseReservation:
                return EndReservation(o);
            case OperationKind.Freeze:
                return Command(wallet, new WalletCommand.Freeze("suspicion"), o.Reference);
            case OperationKind.Unfreeze:
                var frozen = World.Wallets.Watch.All.FirstOrDefault(w => w.State.IsFrozen).Id;
                wallet = (request.Subject ??= (frozen == default ? wallet : frozen, 0)).Id;
                return Command(wallet, new WalletCommand.Unfreeze("no suspicion"), o.Reference);
            case OperationKind.SetOverdraft:
                return Command(wallet, new WalletCommand.SetOverdraft(new Money(o.Detail < 300 ? 0 : o.Amount, currency)), o.Reference);
            default:
                return World.Operators.Act(o);
        }
    }

    private Answer? Move(Request request, Guid wallet, long minor, WalletCommand command)
    {
        var answer = Command(wallet, command, request.Operation.Reference);
        request.Effect = answer is { IsDone: true } ? (wallet, minor) : default;
        return answer;
    }

    private Answer? Withdraw(Request request, Guid wallet)
    {
        var o = request.Operation;
        wallet = o.Detail < SpendersBelow && MayHaveToGiveBack() is { } credited ? credited : wallet;
        var all = World.Wallets.Watch.Find(wallet)!.Available;
        var (from, minor) = request.Subject ??= (wallet, o.Detail < SpendersBelow && all.IsPositive ? all.Minor : o.Amount);
        var money = new Money(minor, World.Wallets.Watch.Find(from)!.Currency);
        return Move(request, from, -minor, new WalletCommand.Withdraw(new(World.Dice.NewId()), money, o.Reference));
    }

    // The payee of a payment that is credited and can still fail.
    private Guid? MayHaveToGiveBack() => World.Sagas.Watch.All
        .Where(s => s.State is { Phase: SagaPhases.CapturingCard, Definition: SagaNames.CardPaymentCreditFirst })
        .Select(s => (Guid?)s.State.Terms.Payment.PayeeWallet.Value)
        .FirstOrDefault();

    private Answer? Pay(Operation o, Guid wallet, Currency currency)
    {
        var payees = _wallets.Where(w => w.Id != wallet && (w.Currency == currency || o.Detail < 40)).ToList();
        if (payees.Count == 0)
        {
            return Answer.Nothing;
        }

        var payee = payees[o.Second % payees.Count].Id;
        var payer = new WalletId(wallet);
        PaymentSource source = o.Kind switch
        {
            OperationKind.WalletPayment => new PaymentSource.OfWallet(payer, OwnerOf(wallet)),
            OperationKind.Transfer => new PaymentSource.OfTransfer(payer, OwnerOf(wallet)),
            _ => new PaymentSource.OfCard(CardToken.Parse(Tokens[o.Detail % Tokens.Length])),
        };
        var amount = new Money(o.Amount, currency);
        var fee = o.Kind == OperationKind.Transfer ? Money.Zero(currency) : World.Plan.Fee.Of(amount);
        var id = World.Dice.NewId();
        var terms = new PaymentTerms(new(id), source, new(payee), OwnerOf(payee), amount, fee, o.Reference);
        World.Trace.Name(id, $"p{o.Number}");
        var answer = Told(
            World.Payments.Execute(
                id,
                id,
                Name,
                (state, _) => Payment.Decide(state, new PaymentCommand.Request(terms)),
                decided => Keep(o.Reference, decided, id)),
            id);
        return Made(answer, _payments);
    }

    private Answer? Refund(Request request)
    {
        var o = request.Operation;
        if (_payments.Count == 0)
        {
            return Answer.Nothing;
        }

        var payment = (request.Subject ??= (Target(o), 0)).Id;
        var currency = o.Detail < 30 ? Currency.Parse("CHF") : World.Payments.Watch.Find(payment)!.Terms.Amount.Currency;
        Money? amount = o.Detail < 400 ? new Money(o.Detail < 200 ? o.Amount / 3 : o.Amount, currency) : null;
        var id = World.Dice.NewId();
        World.Trace.Name(id, $"r{o.Number}");
        return Told(World.Payments.Execute(
            payment,
            payment,
            Name,
            (state, _) => Payment.Decide(state, new PaymentCommand.RequestRefund(new(id), amount, o.Reference)),
            decided => Keep(o.Reference, decided, id)), id);
    }

    private Answer? Reserve(Operation o, Guid wallet, Money money)
    {
        var id = World.Dice.NewId();
        World.Trace.Name(id, $"h{o.Number}");
        var command = new WalletCommand.Hold(new(wallet), new(id), new(id), money, 1 + (o.Detail % 600), HoldPurpose.Reservation);
        var answer = Told(
            World.Wallets.Execute(
                wallet,
                id,
                Name,
                (state, now) => Wallet.DecideNow(state, command, now, World.Plan.Rules),
                decided => Keep(o.Reference, decided, id)),
            id);
        if (answer is { IsDone: true })
        {
            _reservations.Add((wallet, answer.Id, money));
        }

        return answer;
    }

    private Answer? EndReservation(Operation o)
    {
        if (_reservations.Count == 0)
        {
            return Answer.Nothing;
        }

        var (wallet, hold, held) = _reservations[o.First % _reservations.Count];
        if (o.Kind == OperationKind.ReleaseReservation)
        {
            return Command(wallet, new WalletCommand.Release(new(wallet), new(hold), new(hold)), o.Reference);
        }

        var amount = held with { Minor = o.Detail < 100 ? held.Minor + 1 : o.Detail < 500 ? Math.Max(1, held.Minor / 2) : held.Minor };
        return Command(wallet, new WalletCommand.Capture(new(wallet), new(hold), new(hold), amount, null), o.Reference);
    }

    private Answer? Command(Guid wallet, WalletCommand command, string? key = null)
    {
        var answer = Told(World.Wallets.Execute(
            wallet,
            World.Dice.NewId(),
            Name,
            (state, now) => Wallet.DecideNow(state, command, now, World.Plan.Rules),
            decided => key is null || IsNotThere(decided) ? null : Keep(key, decided, wallet)), wallet);

        // What is not there claims nothing. But perhaps it was this very request that ended it.
        return answer?.Code == RefusalCodes.HoldNotFound && key is not null && FirstOf(key) is { } first
            ? Read(Encoding.UTF8.GetString(first.Answer.Span))
            : answer;
    }

    private Claim? FirstOf(string key) => Result(World.Wallets.Store.FindClaimAsync("client", key, CancellationToken.None));

    private static bool IsNotThere(CommandOutcome<Wallet> decided) =>
        decided is CommandOutcome<Wallet>.Refused { Reason.Code: RefusalCodes.HoldNotFound };

    // As the API does it: done or refused, the answer is kept with the key in the transaction of the effect.
    private static Claim? Keep<TState>(string key, CommandOutcome<TState> decided, Guid id)
        where TState : class
    {
        var answer = $"{(decided as CommandOutcome<TState>.Refused)?.Reason.Code}|{id}";
        return new Claim("client", key, "fingerprint"u8.ToArray(), Encoding.UTF8.GetBytes(answer));
    }

    private static Answer? Told<TState>(CommandOutcome<TState>? outcome, Guid id)
        where TState : class => outcome switch
        {
            null => null,
            CommandOutcome<TState>.Refused refused => new Answer(refused.Reason.Code, id),
            CommandOutcome<TState>.Repeated { First: var first } => Read(Encoding.UTF8.GetString(first.Answer.Span)),
            _ => new Answer(null, id),
        };

    private static Answer Read(string kept) => kept.Split('|') is [var code, var id]
        ? new Answer(code.Length > 0 ? code : null, Guid.Parse(id))
        : throw new FormatException(kept);

    private static Answer? Made(Answer? answer, List<Guid> made)
    {
        if (answer is { IsDone: true })
        {
            made.Add(answer.Id);
        }

        return answer;
    }

    private UserId OwnerOf(Guid wallet) => World.Wallets.Watch.Find(wallet)!.Owner;

    private static UserId Owner(int number) => UserId.Parse($"user-{number}");
}
