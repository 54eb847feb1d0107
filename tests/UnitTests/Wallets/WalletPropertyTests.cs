using System.Collections.Immutable;
using Payments.Contracts.Wire;
using Payments.Domain;
using Payments.Domain.Wallets;
using UnitTests.Randomness;
using static UnitTests.Wallets.WalletScenario;

namespace UnitTests.Wallets;

/// <summary>What is true of a wallet whatever it is asked, in whatever order.</summary>
public sealed class WalletPropertyTests
{
    [Fact]
    public void The_balance_is_the_sum_of_the_entries_and_never_below_the_overdraft() => AfterEveryCommand(step =>
    {
        Assert.Equal(step.History.Sum(Entry), step.After?.Posted.Minor ?? 0);
        Assert.True(step.After is null || step.After.Posted.Minor >= -step.After.Overdraft.Minor);
    });

    [Fact]
    public void What_is_held_is_the_sum_of_the_open_holds_and_never_more_than_there_is() => AfterEveryCommand(step =>
    {
        if (step.After is { } wallet)
        {
            Assert.Equal(OpenHolds(step.History), wallet.Holds.ToDictionary(hold => hold.Key, hold => hold.Value.Amount.Minor));
            Assert.Equal(Euro(wallet.Holds.Values.Sum(hold => hold.Amount.Minor)), wallet.Held);
            Assert.Equal(wallet.Posted - wallet.Held + wallet.Overdraft, wallet.Available);
            Assert.True(wallet.Available.Minor >= 0);
        }
    });

    [Fact]
    public void What_counts_against_a_day_is_what_went_out_or_is_held_of_it_and_never_more_than_the_limit() => AfterEveryCommand(step =>
    {
        if (step.After is { } wallet)
        {
            Assert.Equal(step.History.Sum(e => Counted(e, step.History, wallet.Spent.Day)), wallet.Spent.Minor);
            Assert.InRange(wallet.Spent.Minor, 0, WalletCommands.Rules.For(Eur).PerDayMinor!.Value);
        }
    });

    [Fact]
    public void What_was_decided_can_be_folded_again_to_the_same_wallet() => AfterEveryCommand(step =>
    {
        if (step.After is { } wallet)
        {
            Same(step.History.Aggregate((Wallet?)null, Wallet.Evolve)!, wallet);
        }
    });

    [Fact]
    public void A_snapshot_is_read_back_as_the_same_wallet() => AfterEveryCommand(step =>
    {
        if (step.After is { } wallet)
        {
            Same(wallet, StateFormat.DecodeWallet(StateFormat.Encode(wallet)));
        }
    });

    [Fact]
    public void Only_a_fee_makes_two_events_of_one_command_and_a_refused_one_makes_none() => AfterEveryCommand(step => Assert.True(
        step.Decided is Decision<WalletEvent>.Refused || IsOneAnswer(EventsOf(step.Decided))));

    /// <summary>Opening, depositing and withdrawing are asked by people over HTTP: there the idempotency key recognises a repeat.</summary>
    [Fact]
    public void A_repeat_of_the_last_message_moves_nothing() => AfterEveryCommand(step =>
    {
        if (IsOfSaga(step.Command))
        {
            Assert.All(
                EventsOf(Wallet.Decide(step.After, step.Command, step.Now, WalletCommands.Rules)),
                e => Assert.True(e is WalletEvent.CaptureRefused or WalletEvent.CreditReversalRefused));
        }
    });

    [Fact]
    public void A_repeat_of_any_earlier_hold_capture_credit_or_reversal_that_was_obeyed_moves_nothing()
    {
        var executed = new List<WalletCommand>();
        AfterEveryCommand(step =>
        {
            if (step.Before is null)
            {
                executed.Clear(); // A new life.
            }

            Assert.All(executed, command => Assert.Empty(When(step.After, command, step.Now, WalletCommands.Rules)));
            if (IsOfSaga(step.Command)
                && step.Decided is Decision<WalletEvent>.Accepted
                {
                    Events: not [WalletEvent.CaptureRefused or WalletEvent.CreditReversalRefused],
                })
            {
                executed.Add(step.Command);
            }
        });
    }

    [Fact]
    public void An_operation_is_held_credited_reversed_and_ended_at_most_once() => AfterEveryCommand(step =>
    {
        Assert.Distinct(step.History.OfType<WalletEvent.FundsHeld>().Select(e => e.Hold));
        Assert.Distinct(step.History.OfType<WalletEvent.FundsCredited>().Select(e => e.Operation));
        Assert.Distinct(step.History.OfType<WalletEvent.CreditReversed>().Select(e => e.Operation));
        Assert.Distinct(step.History.Select(EndOfHold).OfType<HoldId>());
    });

    [Fact]
    public void A_frozen_wallet_holds_and_takes_in_nothing_new() => AfterEveryCommand(step => Assert.False(
        step.Before is { IsFrozen: true } && EventsOf(step.Decided).Any(e =>
            e is WalletEvent.Deposited or WalletEvent.Withdrawn or WalletEvent.FundsHeld or WalletEvent.FundsCredited)));

    /// <summary>Else the properties would be true of little.</summary>
    [Fact]
    public void The_random_lives_meet_every_event_and_every_usual_refusal()
    {
        var met = new HashSet<string>();
        AfterEveryCommand(
            step => met.UnionWith(step.Decided is Decision<WalletEvent>.Refused refused
                ? [refused.Reason.Code]
                : EventsOf(step.Decided).SelectMany(Names)),
            count: 4_000);

        Assert.Equal(
            [
                "CaptureRefused", "CreditRefused", "CreditReversalRefused", "CreditReversed", "Deposited", "FeeCharged", "FeeReturned",
                "Frozen", "FundsCredited", "FundsHeld", "FundsInsufficient", "HoldCaptured", "HoldExpired", "HoldNotOpen", "HoldRefused",
                "HoldRefused amount_out_of_range", "HoldRefused currency_mismatch", "HoldRefused limit_per_day",
                "HoldRefused limit_per_transaction", "HoldRefused wallet_frozen", "HoldReleased", "Opened", "OverdraftSet", "Unfrozen",
                "Withdrawn",
                "already_exists", "amount_out_of_range", "currency_mismatch", "insufficient_funds", "limit_per_day",
                "limit_per_transaction", "overdraft_in_use", "wallet_frozen",
            ],
            met.Order(StringComparer.Ordinal));
    }

    private static void AfterEveryCommand(Action<Step> assert, int count = 500) => Invariant.HoldsForAll(
        WalletCommands.Lives, commands => Live(commands, assert), count);

    private static void Live(TimedCommand[] commands, Action<Step> assert)
    {
        Wallet? wallet = null;
        var now = Now;
        var history = new List<WalletEvent>();
        foreach (var (command, minutesLater) in commands)
        {
            now = now.AddMinutes(minutesLater);
            var (before, decided) = (wallet, Wallet.Decide(wallet, command, now, WalletCommands.Rules));
            foreach (var e in EventsOf(decided))
            {
                wallet = Wallet.Evolve(wallet, e);
                history.Add(e);
            }

            assert(new Step(command, now, before, decided, wallet, history));
        }
    }

    private static bool IsOfSaga(WalletCommand command) =>
        command is WalletCommand.Hold or WalletCommand.Release or WalletCommand.Capture
            or WalletCommand.Credit or WalletCommand.ReverseCredit;

    private static ImmutableArray<WalletEvent> EventsOf(Decision<WalletEvent> decision) =>
        decision is Decision<WalletEvent>.Accepted accepted ? accepted.Events : [];

    private static bool IsOneAnswer(ImmutableArray<WalletEvent> events) => events is [] or [_]
        or [WalletEvent.FundsCredited, WalletEvent.FeeCharged]
        or [WalletEvent.FeeReturned, WalletEvent.CreditReversed];

    private static string[] Names(WalletEvent e) =>
        e is WalletEvent.HoldRefused refused ? [e.GetType().Name, $"{e.GetType().Name} {refused.Code}"] : [e.GetType().Name];

    private static long Entry(WalletEvent e) => e switch
    {
        WalletEvent.Deposited d => d.Amount.Minor,
        WalletEvent.FundsCredited c => c.Amount.Minor,
        WalletEvent.FeeReturned f => f.Amount.Minor,
        WalletEvent.Withdrawn w => -w.Amount.Minor,
        WalletEvent.HoldCaptured c => -c.Amount.Minor,
        WalletEvent.FeeCharged f => -f.Amount.Minor,
        WalletEvent.CreditReversed c => -c.Amount.Minor,
        _ => 0,
    };

    private static long Counted(WalletEvent e, IReadOnlyList<WalletEvent> history, DateOnly day)
    {
        return e switch
        {
            WalletEvent.Withdrawn w when w.On == day => w.Amount.Minor,
            WalletEvent.FundsHeld h when h.On == day => h.Amount.Minor,
            WalletEvent.HoldReleased r when DayOf(r.Hold) == day => -r.Amount.Minor,
            WalletEvent.HoldExpired r when DayOf(r.Hold) == day => -r.Amount.Minor,
            WalletEvent.HoldCaptured c when DayOf(c.Hold) == day => -c.Released.Minor,
            _ => 0,
        };

        DateOnly? DayOf(HoldId hold) => history.OfType<WalletEvent.FundsHeld>().Single(h => h.Hold == hold).On;
    }

    private static HoldId? EndOfHold(WalletEvent e) => e switch
    {
        WalletEvent.HoldReleased r => r.Hold,
        WalletEvent.HoldExpired r => r.Hold,
        WalletEvent.HoldCaptured c => c.Hold,
        _ => null,
    };

    private static Dictionary<HoldId, long> OpenHolds(IReadOnlyList<WalletEvent> history)
    {
        var ended = history.Select(EndOfHold).OfType<HoldId>().ToHashSet();
        return history.OfType<WalletEvent.FundsHeld>().Where(e => !ended.Contains(e.Hold)).ToDictionary(e => e.Hold, e => e.Amount.Minor);
    }

    private sealed record Step(
        WalletCommand Command,
        DateTimeOffset Now,
        Wallet? Before,
        Decision<WalletEvent> Decided,
        Wallet? After,
        IReadOnlyList<WalletEvent> History);
}
