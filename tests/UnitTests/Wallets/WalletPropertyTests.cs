using System.Collections.Immutable;
using Payments.Domain;
using Payments.Domain.Wallets;
using Payments.Domain.Wire;
using UnitTests.Randomness;
using static UnitTests.Wallets.WalletScenario;

namespace UnitTests.Wallets;

/// <summary>What is true of a wallet whatever it is asked, in whatever order.</summary>
public sealed class WalletPropertyTests
{
    [Fact]
    public void The_balance_is_the_sum_of_the_entries_and_never_below_zero() => AfterEveryCommand(step =>
    {
        Assert.Equal(step.History.Sum(Entry), step.After?.Posted.Minor ?? 0);
        Assert.True(step.After is not { Posted.Minor: < 0 });
    });

    [Fact]
    public void What_is_held_is_the_sum_of_the_open_holds_and_never_more_than_there_is() => AfterEveryCommand(step =>
    {
        if (step.After is { } wallet)
        {
            Assert.Equal(OpenHolds(step.History), wallet.Holds.ToDictionary(hold => hold.Key, hold => hold.Value.Minor));
            Assert.Equal(Euro(wallet.Holds.Values.Sum(hold => hold.Minor)), wallet.Held);
            Assert.Equal(wallet.Posted - wallet.Held, wallet.Available);
            Assert.True(wallet.Available.Minor >= 0);
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
    public void A_command_leads_to_at_most_one_event_and_a_refused_one_to_none() => AfterEveryCommand(step =>
        Assert.True(step.Decided is Decision<WalletEvent>.Refused or Decision<WalletEvent>.Accepted { Events.Length: <= 1 }));

    /// <summary>Opening, depositing and withdrawing are asked by people over HTTP: there the idempotency key recognises a repeat.</summary>
    [Fact]
    public void A_repeat_of_the_last_message_does_nothing_or_is_refused_again() => AfterEveryCommand(step =>
    {
        if (step.Command is WalletCommand.Hold or WalletCommand.Release or WalletCommand.Capture or WalletCommand.Credit)
        {
            Assert.Empty(EventsOf(Wallet.Decide(step.After, step.Command, Now)));
        }
    });

    [Fact]
    public void A_repeat_of_any_earlier_hold_capture_or_credit_that_was_obeyed_does_nothing()
    {
        var obeyed = new List<WalletCommand>();
        AfterEveryCommand(step =>
        {
            if (step.Before is null)
            {
                obeyed.Clear(); // A new life.
            }

            Assert.All(obeyed, command => Assert.Empty(When(step.After, command)));
            var repeatable = step.Command is WalletCommand.Hold or WalletCommand.Capture or WalletCommand.Credit;
            if (repeatable && step.Decided is Decision<WalletEvent>.Accepted)
            {
                obeyed.Add(step.Command);
            }
        });
    }

    [Fact]
    public void A_payment_is_held_credited_and_ended_at_most_once() => AfterEveryCommand(step =>
    {
        Assert.Distinct(step.History.OfType<WalletEvent.FundsHeld>().Select(e => e.Hold));
        Assert.Distinct(step.History.OfType<WalletEvent.FundsCredited>().Select(e => e.Payment));
        Assert.Distinct(step.History.Select(EndOfHold).OfType<HoldId>());
    });

    /// <summary>Else the properties would be true of little.</summary>
    [Fact]
    public void The_random_lives_meet_every_event_and_every_usual_refusal()
    {
        var met = new HashSet<string>();
        AfterEveryCommand(step => met.UnionWith(step.Decided is Decision<WalletEvent>.Refused refused
            ? [refused.Reason.Code]
            : EventsOf(step.Decided).Select(e => e.GetType().Name)));

        Assert.Equal(
            [
                "CreditRefused", "Deposited", "FundsCredited", "FundsHeld", "FundsInsufficient", "HoldCaptured", "HoldReleased", "Opened",
                "Withdrawn",
                "already_exists", "amount_out_of_range", "currency_mismatch", "hold_not_found", "insufficient_funds",
            ],
            met.Order(StringComparer.Ordinal));
    }

    private static void AfterEveryCommand(Action<Step> assert) => Invariant.HoldsForAll(WalletCommands.Lives, commands =>
    {
        Wallet? wallet = null;
        var history = new List<WalletEvent>();
        foreach (var command in commands)
        {
            var (before, decided) = (wallet, Wallet.Decide(wallet, command, Now));
            foreach (var e in EventsOf(decided))
            {
                wallet = Wallet.Evolve(wallet, e);
                history.Add(e);
            }

            assert(new Step(command, before, decided, wallet, history));
        }
    });

    private static ImmutableArray<WalletEvent> EventsOf(Decision<WalletEvent> decision) =>
        decision is Decision<WalletEvent>.Accepted accepted ? accepted.Events : [];

    private static long Entry(WalletEvent e) => e switch
    {
        WalletEvent.Deposited d => d.Amount.Minor,
        WalletEvent.FundsCredited c => c.Amount.Minor,
        WalletEvent.Withdrawn w => -w.Amount.Minor,
        WalletEvent.HoldCaptured c => -c.Amount.Minor,
        _ => 0,
    };

    private static HoldId? EndOfHold(WalletEvent e) => e switch
    {
        WalletEvent.HoldReleased r => r.Hold,
        WalletEvent.HoldCaptured c => c.Hold,
        _ => null,
    };

    private static Dictionary<HoldId, long> OpenHolds(IReadOnlyList<WalletEvent> history)
    {
        var ended = history.Select(EndOfHold).OfType<HoldId>().ToHashSet();
        return history.OfType<WalletEvent.FundsHeld>().Where(e => !ended.Contains(e.Hold)).ToDictionary(e => e.Hold, e => e.Amount.Minor);
    }

    private sealed record Step(
        WalletCommand Command, Wallet? Before, Decision<WalletEvent> Decided, Wallet? After, IReadOnlyList<WalletEvent> History);
}
