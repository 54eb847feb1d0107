using Payments.Domain;
using Payments.Domain.Cards;
using Payments.Domain.Sagas;
using Payments.Domain.Wallets;
using UnitTests.Randomness;

namespace UnitTests.Sagas.World;

/// <summary>What is true of all sagas together whatever is delivered, repeated, lost or done by people, in any order.</summary>
public sealed class SagaPropertyTests
{
    [Fact]
    public void Every_saga_ends_or_waits_for_a_person_with_a_reason() => AtTheEnd(cardsAnswer: true, (run, world) =>
    {
        Assert.All(run.Payments, terms => Assert.Contains(OperationId.For(terms.Payment), world.Sagas.Keys));
        Assert.All(world.Sagas.Values, saga => Assert.True(saga.HasEnded
            ? saga is { Overdue: false, Deadline: null, CompensationRequested: false }
            : saga is { Overdue: true, RefusalCode: not null, FailureCode: not null })); // All is answered: only a refusal holds it up.
    });

    [Fact]
    public void With_a_card_processor_that_stays_silent_only_its_answers_are_waited_for() => AtTheEnd(cardsAnswer: false, (_, world) =>
        Assert.All(world.Sagas.Values.Where(saga => !saga.HasEnded), saga => Assert.True(
            saga.Overdue
            && (saga.RefusalCode is not null
                || saga.Phase is SagaPhases.CapturingCard or SagaPhases.RefundingCard or SagaPhases.Voiding))));

    [Fact]
    public void A_person_brings_every_saga_to_its_end() => AtTheEnd(cardsAnswer: true, (_, world) =>
    {
        world.Repair();
        world.Settle(cardsAnswer: true);

        Assert.All(world.Sagas.Values, saga => Assert.True(saga.HasEnded));
    });

    [Fact]
    public void A_payment_and_its_refunds_end_as_their_sagas_did() => AtTheEnd(cardsAnswer: true, (_, world) =>
        Assert.All(world.Sagas.Values, saga =>
        {
            var payment = world.Payments[saga.Terms.Payment.Payment];
            var refund = new RefundId(saga.Terms.Operation.Value);
            Assert.Equal(
                (saga.Phase == SagaPhases.Completed, saga.HasEnded),
                saga.Definition is SagaNames.WalletRefund or SagaNames.CardRefund
                    ? (payment.EndedRefunds.GetValueOrDefault(refund), payment.EndedRefunds.ContainsKey(refund))
                    : (payment.IsCompleted, payment.IsFinal));
        }));

    [Fact]
    public void A_completed_saga_moved_its_money_exactly_once_and_a_failed_one_in_the_end_not_at_all() =>
        AtTheEnd(cardsAnswer: true, (_, world) => Assert.All(world.Sagas.Values.Where(saga => saga.HasEnded), saga =>
        {
            var done = saga.Phase == SagaPhases.Completed;
            Assert.Equal(done ? Expected(saga) : [], Moved(world, saga));
            var (captured, refunded) =
                (world.Cards.Has(saga.Terms.Operation, CardAct.Capture), world.Cards.Has(saga.Terms.Operation, CardAct.Refund));
            Assert.Equal(done && IsCardPayment(saga), captured && !refunded);
            Assert.Equal(done && saga.Definition == SagaNames.CardRefund, refunded && !captured);
        }));

    [Fact]
    public void Nothing_stays_held_by_a_saga_that_has_ended() => AtTheEnd(cardsAnswer: true, (_, world) =>
    {
        var held = world.Wallets.Values.SelectMany(wallet => wallet.Holds.Values).Select(hold => world.Sagas[hold.Operation]);
        Assert.All(held, saga => Assert.False(saga.HasEnded));
        Assert.All(world.Sagas.Values.Where(saga => saga.HasEnded), saga => Assert.True(
            !world.Cards.Has(saga.Terms.Operation, CardAct.Authorise)
            || world.Cards.Has(saga.Terms.Operation, CardAct.Capture)
            || world.Cards.Has(saga.Terms.Operation, CardAct.Void)));
    });

    [Fact]
    public void Money_is_conserved() => AtTheEnd(cardsAnswer: true, (_, world) =>
    {
        world.Repair();
        world.Settle(cardsAnswer: true);

        // Nothing is under way any more: what is in the wallets and what the platform kept came in by hand or from cards.
        Assert.All(world.Minted, minted => Assert.Equal(
            minted.Value + (minted.Key.Code == "EUR" ? world.Cards.CapturedMinor : 0),
            world.Wallets.Values.Where(w => w.Currency == minted.Key).Sum(w => w.Posted.Minor)
                + (minted.Key.Code == "EUR" ? Fees(world) : 0)));
    });

    [Fact]
    public void At_no_moment_is_there_more_to_spend_than_came_in() => Invariant.HoldsForAll(Run.Any, run =>
    {
        var world = new PaymentWorld(run);
        foreach (var choice in run.Choices)
        {
            world.Step(choice);
            Assert.All(world.Minted, minted => Assert.True(
                world.Wallets.Values.Where(w => w.Currency == minted.Key).Sum(w => w.Posted.Minor - w.Held.Minor)
                    <= minted.Value + (minted.Key.Code == "EUR"
                        ? world.Cards.SpendableMinor(PaymentWorld.CreditsFirst) - Fees(world)
                        : 0)));
        }
    });

    [Fact]
    public void No_saga_both_takes_and_gives_up() => AtTheEnd(cardsAnswer: true, (_, world) =>
    {
        Assert.All(world.Sagas.Keys, operation =>
        {
            Assert.False(world.Cards.Has(operation, CardAct.Capture) && world.Cards.Has(operation, CardAct.Void));
            Assert.True(world.WalletHistory.Count(e => IsEndOfHold(e.Event, operation)) <= 1);
        });
        var captured = world.Cards.Done.OfType<CardCommand.Capture>().ToDictionary(c => c.Operation, c => c.Amount.Minor);
        Assert.All(
            world.Cards.Done.OfType<CardCommand.Refund>().GroupBy(r => OperationId.For(r.Payment)),
            refunds => Assert.True(refunds.Sum(r => r.Amount.Minor) <= captured[refunds.Key]));
    });

    [Fact]
    public void A_saga_passes_each_phase_at_most_once_and_each_ask_is_a_move_or_a_retry() => AtTheEnd(cardsAnswer: true, (_, world) =>
        Assert.All(world.SagaHistory.GroupBy(e => e.Operation), saga =>
        {
            Assert.Distinct(saga.Select(e => e.Event).OfType<SagaEvent.Moved>().Select(e => e.To));
            Assert.True(saga.Max(e => e.Event is SagaEvent.Retried retried ? retried.Attempt : 1) <= 3);
            Assert.Equal(
                saga.Count(e => e.Event is SagaEvent.Moved or SagaEvent.Retried),
                saga.Count(e => e.Event is SagaEvent.WalletCommanded or SagaEvent.PaymentCommanded or SagaEvent.CardCommanded));
        }));

    /// <summary>Even if holds were to vanish, sagas go back or wait for a person: none takes what is not there.</summary>
    [Fact]
    public void Should_holds_vanish_every_saga_still_ends_or_waits_for_a_person() => Invariant.HoldsForAll(Run.Any, run =>
    {
        var world = new PaymentWorld(run);
        foreach (var choice in run.Choices)
        {
            world.Step(choice);
        }

        world.ExpireHolds();
        world.Settle(cardsAnswer: true);
        Assert.All(world.Sagas.Values, saga => Assert.True(saga.HasEnded || saga is { Overdue: true, RefusalCode: not null }));
        Assert.All(world.Sagas.Values.Where(saga => saga.HasEnded), saga =>
            Assert.Equal(saga.Phase == SagaPhases.Completed ? Expected(saga) : [], Moved(world, saga)));
    });

    /// <summary>Else the properties would be true of little.</summary>
    [Fact]
    public void The_random_runs_meet_every_end_and_every_phase_that_waits()
    {
        var met = new HashSet<string>();
        AtTheEnd(
            cardsAnswer: true,
            (_, world) =>
            {
                met.UnionWith(world.Sagas.Values.Select(saga => $"{saga.Definition} {saga.Phase}"));
                met.UnionWith(world.SagaHistory.Select(e => e.Event).OfType<SagaEvent.WentOverdue>().Select(e => $"overdue {e.In}"));
                met.UnionWith(world.Sagas.Values.Select(saga => saga.FailureCode).OfType<string>());
            },
            count: 2_000);

        string[] must =
        [
            .. new[] { "wallet-payment", "transfer", "card-payment-v2", "card-payment", "wallet-refund", "card-refund" }
                .SelectMany(kind => new[] { $"{kind} Completed", $"{kind} Failed" }),
            "overdue Holding", "overdue Crediting", "overdue Capturing", "overdue CapturingCard", "overdue RefundingCard",
            "overdue Releasing", "overdue Reversing", "overdue Voiding",
            "authorisation_expired", "balance_limit", "card_declined", "card_processor_unavailable", "compensated_by_operator",
            "currency_mismatch", "insufficient_funds", "refund_declined", "wallet_frozen",
        ];
        Assert.Empty(must.Except(met));
    }

    private static void AtTheEnd(bool cardsAnswer, Action<Run, PaymentWorld> assert, int count = 500) => Invariant.HoldsForAll(
        Run.Any,
        run =>
        {
            var world = new PaymentWorld(run);
            foreach (var choice in run.Choices)
            {
                world.Step(choice);
            }

            world.Settle(cardsAnswer);
            assert(run, world);
        },
        count);

    private static bool IsCardPayment(Saga saga) => saga.Definition is SagaNames.CardPayment or SagaNames.CardPaymentCreditFirst;

    private static Dictionary<WalletId, long> Expected(Saga saga)
    {
        var (payment, amount) = (saga.Terms.Payment, saga.Terms.Amount.Minor);
        var isRefund = saga.Definition is SagaNames.WalletRefund or SagaNames.CardRefund;
        var moved = new Dictionary<WalletId, long> { [payment.PayeeWallet] = isRefund ? -amount : amount - payment.Fee.Minor };
        if (payment.Source.PayerWallet is { } payer)
        {
            moved[payer] = isRefund ? amount : -amount;
        }

        return moved;
    }

    /// <summary>What a saga has added to or taken from each wallet; what it has undone is not there.</summary>
    private static Dictionary<WalletId, long> Moved(PaymentWorld world, Saga saga) => world.WalletHistory
        .GroupBy(e => e.Wallet, e => MinorOf(e.Event, saga.Terms.Operation))
        .Where(wallet => wallet.Sum() != 0)
        .ToDictionary(wallet => wallet.Key, wallet => wallet.Sum());

    private static long MinorOf(WalletEvent e, OperationId operation) => e switch
    {
        WalletEvent.FundsCredited c when c.Operation == operation => c.Amount.Minor,
        WalletEvent.FeeReturned c when c.Operation == operation => c.Amount.Minor,
        WalletEvent.FeeCharged c when c.Operation == operation => -c.Amount.Minor,
        WalletEvent.CreditReversed c when c.Operation == operation => -c.Amount.Minor,
        WalletEvent.HoldCaptured c when c.Operation == operation => -c.Amount.Minor,
        _ => 0,
    };

    private static bool IsEndOfHold(WalletEvent e, OperationId operation) => e switch
    {
        WalletEvent.HoldCaptured c => c.Operation == operation,
        WalletEvent.HoldReleased c => c.Operation == operation,
        _ => false,
    };

    private static long Fees(PaymentWorld world) => world.WalletHistory.Sum(e => e.Event switch
    {
        WalletEvent.FeeCharged c => c.Amount.Minor,
        WalletEvent.FeeReturned c => -c.Amount.Minor,
        _ => 0,
    });
}
