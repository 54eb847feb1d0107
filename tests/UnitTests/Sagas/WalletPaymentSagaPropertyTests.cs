using FsCheck;
using FsCheck.Fluent;
using Payments.Domain;
using Payments.Domain.Payments;
using Payments.Domain.Sagas;
using Payments.Domain.Wallets;
using UnitTests.Randomness;

namespace UnitTests.Sagas;

/// <summary>A few payments among four wallets, delivered in any order and as often as it pleases.</summary>
public sealed class WalletPaymentSagaPropertyTests
{
    private static readonly Currency Eur = Currency.Parse("EUR");

    // Anna and Ben pay; Carla's wallet takes no euro, and Dora's is nearly full.
    private static readonly WalletId[] People = [.. Enumerable.Range(1, 4).Select(number => new WalletId(Id(number)))];
    private static readonly (WalletId Anna, WalletId Ben, WalletId Carla, WalletId Dora) Of = (People[0], People[1], People[2], People[3]);

    private static readonly Gen<PaymentTerms> AnyPayment =
        from payer in Gen.Elements(Of.Anna, Of.Ben)
        from payee in Gen.Elements(People.Where(other => other != payer))
        from minor in Gen.Choose(1, 3_000)
        select new PaymentTerms(default, payer, UserId.Parse("payer"), payee, UserId.Parse("payee"), new Money(minor, Eur), null);

    private static readonly Arbitrary<Run> Runs = Arb.From(
        from balances in Gen.Choose(0, 5_000).Two()
        from count in Gen.Choose(1, 4)
        from payments in AnyPayment.ListOf(count)
        from choices in Gen.Choose(0, 1_000_000).ArrayOf()
        select new Run(balances.Item1, balances.Item2, Numbered(payments), choices),
        run => WithoutOne(run.Choices).Select(fewer => run with { Choices = fewer })
            .Concat(WithoutOne(run.Payments).Select(fewer => run with { Payments = fewer })));

    [Fact]
    public void Every_saga_ends_and_its_payment_ends_the_same_way() => AtTheEnd((run, world) =>
    {
        Assert.Equal(run.Payments.Select(terms => terms.Payment).Order(ById), world.Sagas.Keys.Order(ById));
        Assert.All(world.Sagas.Values, saga => Assert.Equal(
            new Payment(saga.Terms, saga.Phase == SagaPhase.Completed ? PaymentStatus.Completed : PaymentStatus.Failed, saga.FailureCode),
            world.Payments[saga.Terms.Payment]));
        Assert.All(world.Sagas.Values, saga => Assert.Equal((true, null), (saga.HasEnded, saga.Deadline)));
    });

    [Fact]
    public void A_completed_payment_moved_its_money_exactly_once_and_a_failed_one_never() => AtTheEnd((_, world) =>
        Assert.All(world.Sagas.Values, saga =>
        {
            var terms = saga.Terms;
            var moves = world.WalletHistory.Where(e =>
                e.Event is WalletEvent.HoldCaptured captured && captured.Payment == terms.Payment
                || e.Event is WalletEvent.FundsCredited credited && credited.Payment == terms.Payment);

            (WalletId, WalletEvent)[] once =
            [
                (terms.PayeeWallet, new WalletEvent.FundsCredited(terms.Payment, terms.Amount, terms.PayerWallet)),
                (terms.PayerWallet, new WalletEvent.HoldCaptured(
                    HoldId.For(terms.Payment), terms.Payment, terms.Amount, Money.Zero(Eur), terms.PayeeWallet)),
            ];
            Assert.Equal(saga.Phase == SagaPhase.Completed ? once : [], moves);
        }));

    [Fact]
    public void Money_is_conserved_and_nothing_stays_held() => AtTheEnd((_, world) =>
    {
        Assert.Equal(
            world.Minted.OrderBy(m => m.Key.Code),
            world.Wallets.Values.GroupBy(w => w.Currency)
                .Select(wallets => KeyValuePair.Create(wallets.Key, wallets.Sum(w => w.Posted.Minor)))
                .OrderBy(m => m.Key.Code));
        Assert.All(world.Wallets.Values, wallet => Assert.Equal((Money.Zero(wallet.Currency), 0), (wallet.Held, wallet.Holds.Count)));
    });

    [Fact]
    public void At_no_moment_is_there_more_to_spend_than_came_in() => Invariant.HoldsForAll(Runs, run =>
    {
        var world = World(run);
        foreach (var choice in run.Choices)
        {
            world.Step(choice);
            Assert.All(world.Minted, minted => Assert.True(
                world.Wallets.Values.Where(w => w.Currency == minted.Key).Sum(w => w.Available.Minor) <= minted.Value));
        }
    });

    [Fact]
    public void A_saga_commands_each_step_at_most_once_and_never_both_capture_and_release() => AtTheEnd((_, world) =>
        Assert.All(world.Sagas.Values, saga => Assert.Equal(
            saga switch
            {
                { Phase: SagaPhase.Completed } => ["Hold", "Credit", "Capture", "Complete"],
                { FailureCode: RefusalCodes.InsufficientFunds } => ["Hold", "Fail"],
                _ => ["Hold", "Credit", "Release", "Fail"],
            },
            world.SagaHistory.Where(e => e.Payment == saga.Terms.Payment).Select(e => Command(e.Event)).OfType<string>())));

    /// <summary>Else the properties would be true of little.</summary>
    [Fact]
    public void The_random_runs_meet_every_end_and_some_silence()
    {
        var met = new HashSet<string>();
        AtTheEnd((_, world) =>
        {
            met.UnionWith(world.Sagas.Values.Select(saga => saga.FailureCode ?? "completed"));
            met.UnionWith(world.SagaHistory.Select(e => e.Event).OfType<SagaEvent.WentOverdue>().Select(e => $"silence when {e.In}"));
        });

        Assert.Equal(
            [
                "balance_limit", "completed", "currency_mismatch", "insufficient_funds",
                "silence when Capturing", "silence when Crediting", "silence when Holding", "silence when Releasing",
            ],
            met.Order(StringComparer.Ordinal));
    }

    private static void AtTheEnd(Action<Run, PaymentWorld> assert) => Invariant.HoldsForAll(Runs, run =>
    {
        var world = World(run);
        foreach (var choice in run.Choices)
        {
            world.Step(choice);
        }

        world.Settle();
        assert(run, world);
    });

    private static PaymentWorld World(Run run) => new(
        [
            Open(Of.Anna, Eur, run.Anna), Open(Of.Ben, Eur, run.Ben),
            Open(Of.Carla, Currency.Parse("USD"), 1_000), Open(Of.Dora, Eur, Wallet.BalanceMinorMax - 1_000),
        ],
        run.Payments);

    private static Wallet Open(WalletId id, Currency currency, long minor)
    {
        var empty = Wallet.Evolve(null, new WalletEvent.Opened(id, UserId.Parse("owner"), currency));
        return minor == 0
            ? empty
            : Wallet.Evolve(empty, new WalletEvent.Deposited(new MovementId(id.Value), new Money(minor, currency), null));
    }

    private static PaymentTerms[] Numbered(IEnumerable<PaymentTerms> payments) =>
        [.. payments.Select((terms, index) => terms with { Payment = new PaymentId(Id(100 + index)) })];

    private static string? Command(SagaEvent e) => e switch
    {
        SagaEvent.WalletCommanded c => c.Command.GetType().Name,
        SagaEvent.PaymentCommanded c => c.Command.GetType().Name,
        _ => null,
    };

    private static IEnumerable<T[]> WithoutOne<T>(T[] all) => all.Select((_, index) => all.Where((_, at) => at != index).ToArray());

    private static Comparer<PaymentId> ById { get; } = Comparer<PaymentId>.Create((left, right) => left.Value.CompareTo(right.Value));

    private static Guid Id(int number) => new(number, 0, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 0);

    private sealed record Run(long Anna, long Ben, PaymentTerms[] Payments, int[] Choices)
    {
        public override string ToString() =>
            $"Anna {Anna}, Ben {Ben}; {string.Join("; ", Payments.AsEnumerable())}; choices [{string.Join(", ", Choices)}]";
    }
}
