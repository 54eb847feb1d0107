using System.Collections.Immutable;
using static Payments.Domain.RefusalCodes;

namespace Payments.Domain.Wallets;

/// <summary>What a wallet decides on each command.</summary>
public sealed partial record Wallet
{
    private const WalletOutcomes HoldEnded =
        WalletOutcomes.HoldRefused | WalletOutcomes.HoldReleased | WalletOutcomes.HoldExpired | WalletOutcomes.HoldCaptured;

    /// <summary>
    /// Decides one command. A message that was already executed is accepted without events, so that a repeat does nothing.
    /// </summary>
    /// <remarks>
    /// A saga's command always leads to an event that answers it, unless the answer was given before: a saga never waits in vain.
    /// </remarks>
    /// <param name="rules">From the configuration; none unless given.</param>
    public static Decision<WalletEvent> Decide(Wallet? state, WalletCommand command, DateTimeOffset now, WalletRules? rules = null) =>
        (state, command) switch
        {
            (null, WalletCommand.Open c) => Accept(new WalletEvent.Opened(c.Wallet, c.Owner, c.Currency)),
            ({ } w, WalletCommand.Open) => Refuse(AlreadyExists, $"Wallet {w.Id} is already open."),
            (null, _) => Refuse(WalletNotFound, "There is no such wallet."),
            ({ } w, WalletCommand.Deposit c) => Deposit(w, c),
            ({ } w, WalletCommand.Withdraw c) => Withdraw(w, c, now, (rules ?? WalletRules.None).For(w.Currency)),
            ({ } w, WalletCommand.Hold c) => Hold(w, c, now, (rules ?? WalletRules.None).For(w.Currency)),
            ({ } w, WalletCommand.Release c) => Release(w, c),
            ({ } w, WalletCommand.ExpireHold c) => w.Holds.TryGetValue(c.Id, out var due) && due.IsOver(now)
                ? Accept(new WalletEvent.HoldExpired(c.Id, due.Operation, due.Amount))
                : Accept(), // Captured or released meanwhile, or not due: nothing to expire.
            ({ } w, WalletCommand.Capture c) => Capture(w, c, now),
            ({ } w, WalletCommand.Credit c) => Credit(w, c),
            ({ } w, WalletCommand.ReverseCredit c) => ReverseCredit(w, c),
            ({ } w, WalletCommand.Freeze c) => w.IsFrozen ? Accept() : Accept(new WalletEvent.Frozen(c.Reason)),
            ({ } w, WalletCommand.Unfreeze c) => w.IsFrozen ? Accept(new WalletEvent.Unfrozen(c.Reason)) : Accept(),
            ({ } w, WalletCommand.SetOverdraft c) => SetOverdraft(w, c),
            _ => throw new UnreachableStateException(state, command),
        };

    /// <summary>
    /// The same for one who waits for the answer: where a saga would be told by an event, this caller is refused at once; and what a saga
    /// has held is not this caller's to end.
    /// </summary>
    public static Decision<WalletEvent> DecideNow(Wallet? state, WalletCommand command, DateTimeOffset now, WalletRules? rules = null) =>
        HeldBySaga(state, command) is { } held
            ? Refuse(HoldOfOperation, $"Hold {held} belongs to a payment or refund that is on its way, and is ended by that.")
            : Decide(state, command, now, rules) switch
            {
                Decision<WalletEvent>.Accepted { Events: [var only] } answer => only switch
                {
                    WalletEvent.FundsInsufficient e => Refuse(InsufficientFunds, $"{e.Wanted} is more than the {e.Available} available."),
                    WalletEvent.HoldRefused e => Refuse(e.Code, $"The hold of {e.Amount} is refused: {e.Code}."),
                    WalletEvent.CaptureRefused e => Refuse(e.Code, $"The capture of {e.Amount} is refused: {e.Code}."),
                    WalletEvent.HoldNotOpen e => Refuse(HoldNotFound, $"There is no open hold {e.Hold}."),
                    _ => answer,
                },
                var other => other,
            };

    private static HoldId? HeldBySaga(Wallet? w, WalletCommand command)
    {
        HoldId? id = command is WalletCommand.Release r ? r.Id : command is WalletCommand.Capture c ? c.Id : null;
        return id is { } known && w is not null && w.Holds.TryGetValue(known, out var hold) && hold.Purpose != HoldPurpose.Reservation
            ? known
            : null;
    }

    private static Decision<WalletEvent> Deposit(Wallet w, WalletCommand.Deposit c) =>
        Amiss(w, c.Amount)
        ?? (w.IsFrozen ? RefuseFrozen(w)
            : ExceedsLimit(w, c.Amount) ? Refuse(BalanceLimit, $"A wallet contains at most {BalanceMinorMax} minor units.")
            : Accept(new WalletEvent.Deposited(c.Movement, c.Amount, c.Reference)));

    private static Decision<WalletEvent> Withdraw(Wallet w, WalletCommand.Withdraw c, DateTimeOffset now, SpendingLimits limits) =>
        Amiss(w, c.Amount)
        ?? (w.IsFrozen ? RefuseFrozen(w)
            : c.Amount > w.Available ? Refuse(InsufficientFunds, $"{c.Amount} is more than the {w.Available} available.")
            : LimitAgainst(w, c.Amount, limits, Day(now)) is { } code ? Refuse(code, LimitMessage(code, w, limits))
            : Accept(new WalletEvent.Withdrawn(c.Movement, c.Amount, c.Reference, Day(now))));

    private static Decision<WalletEvent> Hold(Wallet w, WalletCommand.Hold c, DateTimeOffset now, SpendingLimits limits)
    {
        if (w.Holds.ContainsKey(c.Id) || w.Recent.Contains(c.Id.Value, HoldEnded))
        {
            return Accept(); // The same request again.
        }

        DateOnly? counted = c.Purpose == HoldPurpose.Refund ? null : Day(now);
        var code = CodeOf(Amiss(w, c.Amount))
            ?? (w.IsFrozen ? WalletFrozen : w.Holds.Count >= HoldsMax ? TooManyHolds : null);
        return code is null && c.Amount > w.Available
            ? Accept(new WalletEvent.FundsInsufficient(c.Id, c.Operation, c.Amount, w.Available))
            : (code ?? (counted is { } day ? LimitAgainst(w, c.Amount, limits, day) : null)) is { } refusal
                ? Accept(new WalletEvent.HoldRefused(c.Id, c.Operation, c.Amount, refusal))
                : Accept(new WalletEvent.FundsHeld(
                    c.Id, c.Operation, c.Amount, now.AddSeconds(c.LifetimeSeconds), c.Purpose, counted, c.Reference));
    }

    private static Decision<WalletEvent> Release(Wallet w, WalletCommand.Release c) =>
        w.Holds.TryGetValue(c.Id, out var held) ? Accept(new WalletEvent.HoldReleased(c.Id, c.Operation, held.Amount))
        : w.Recent.Contains(c.Id.Value, WalletOutcomes.HoldReleased | WalletOutcomes.HoldCaptured) ? Accept() // Answered before.
        : Accept(new WalletEvent.HoldNotOpen(c.Id, c.Operation));

    // A hold whose time is over is none any more, whether or not somebody has come to end it.
    private static Decision<WalletEvent> Capture(Wallet w, WalletCommand.Capture c, DateTimeOffset now)
    {
        if (!w.Holds.TryGetValue(c.Id, out var held))
        {
            return w.Recent.Contains(c.Id.Value, WalletOutcomes.HoldCaptured)
                ? Accept()
                : Accept(new WalletEvent.CaptureRefused(c.Id, c.Operation, c.Amount, HoldNotFound));
        }

        var code = held.IsOver(now) ? HoldNotFound : CodeOf(Amiss(w, c.Amount)) ?? (c.Amount > held.Amount ? AmountOutOfRange : null);
        return Accept(code is null
            ? new WalletEvent.HoldCaptured(c.Id, c.Operation, c.Amount, held.Amount - c.Amount, c.Payee)
            : new WalletEvent.CaptureRefused(c.Id, c.Operation, c.Amount, code));
    }

    private static Decision<WalletEvent> Credit(Wallet w, WalletCommand.Credit c)
    {
        if (w.Recent.Contains(c.Operation.Value, WalletOutcomes.Credited | WalletOutcomes.CreditRefused))
        {
            return Accept();
        }

        var code = CodeOf(Amiss(w, c.Amount))
            ?? (w.IsFrozen ? WalletFrozen : ExceedsLimit(w, c.Amount) ? BalanceLimit : c.Fee >= c.Amount ? AmountBelowFee : null);
        var credited = new WalletEvent.FundsCredited(c.Operation, c.Amount, c.Payer, c.Purpose);
        return code is not null ? Accept(new WalletEvent.CreditRefused(c.Operation, c.Amount, code))
            : c.Fee.IsPositive ? Accept(credited, new WalletEvent.FeeCharged(c.Operation, c.Fee))
            : Accept(credited);
    }

    // Frozen or not: undoing ends what has begun.
    private static Decision<WalletEvent> ReverseCredit(Wallet w, WalletCommand.ReverseCredit c)
    {
        if (w.Recent.Contains(c.Operation.Value, WalletOutcomes.CreditReversed))
        {
            return Accept();
        }

        // A credit that is longer ago than this memory is looked up where the reversal is stored: apply_credit_reversals.
        var code = CodeOf(Amiss(w, c.Amount))
            ?? (w.Recent.Contains(c.Operation.Value, WalletOutcomes.CreditRefused) ? CreditNotFound
                : c.Amount - c.Fee > w.Available ? InsufficientFunds
                : null);
        return code is not null ? Accept(new WalletEvent.CreditReversalRefused(c.Operation, c.Amount, code))
            : c.Fee.IsPositive
                ? Accept(new WalletEvent.FeeReturned(c.Operation, c.Fee), new WalletEvent.CreditReversed(c.Operation, c.Amount, c.Payer))
                : Accept(new WalletEvent.CreditReversed(c.Operation, c.Amount, c.Payer));
    }

    private static Decision<WalletEvent> SetOverdraft(Wallet w, WalletCommand.SetOverdraft c) =>
        c.Limit.Currency != w.Currency ? Refuse(CurrencyMismatch, $"Wallet {w.Id} is in {w.Currency}, not {c.Limit.Currency}.")
        : c.Limit.Minor is < 0 or > Money.AmountMinorMax
            ? Refuse(AmountOutOfRange, $"An overdraft is from 0 to {Money.AmountMinorMax} minor units.")
        : (w.Available - w.Overdraft + c.Limit).Minor < 0 ? Refuse(OverdraftInUse, $"More than {c.Limit} of the overdraft is in use.")
        : c.Limit == w.Overdraft ? Accept()
        : Accept(new WalletEvent.OverdraftSet(c.Limit, c.Reason));

    private static DateOnly Day(DateTimeOffset now) => DateOnly.FromDateTime(now.UtcDateTime);

    private static string? LimitAgainst(Wallet w, Money amount, SpendingLimits limits, DateOnly day) =>
        amount.Minor > limits.PerTransactionMinor ? LimitPerTransaction
        : limits.PerDayMinor is { } most && w.Spent.On(day) > most - amount.Minor ? LimitPerDay
        : null;

    private static string LimitMessage(string code, Wallet w, SpendingLimits limits) => code == LimitPerDay
        ? $"At most {limits.PerDayMinor} {w.Currency} in minor units may leave a wallet in one day."
        : $"At most {limits.PerTransactionMinor} {w.Currency} in minor units may leave a wallet at once.";

    private static bool ExceedsLimit(Wallet w, Money amount) => w.Posted.Minor > BalanceMinorMax - amount.Minor;

    private static Decision<WalletEvent> RefuseFrozen(Wallet w) => Refuse(WalletFrozen, $"Wallet {w.Id} is frozen.");

    private static Decision<WalletEvent>? Amiss(Wallet w, Money amount) =>
        amount.Currency != w.Currency ? Refuse(CurrencyMismatch, $"Wallet {w.Id} is in {w.Currency}, not {amount.Currency}.")
        : amount.Minor is <= 0 or > Money.AmountMinorMax
            ? Refuse(AmountOutOfRange, $"An amount is from 1 to {Money.AmountMinorMax} minor units.")
        : null;

    private static string? CodeOf(Decision<WalletEvent>? decision) => (decision as Decision<WalletEvent>.Refused)?.Reason.Code;

    private static Decision<WalletEvent> Accept(params ImmutableArray<WalletEvent> events) => new Decision<WalletEvent>.Accepted(events);

    private static Decision<WalletEvent> Refuse(string code, string message) =>
        new Decision<WalletEvent>.Refused(new Refusal(code, message));
}
