using System.Collections.Immutable;
using static Payments.Domain.RefusalCodes;

namespace Payments.Domain.Wallets;

public enum WalletStatus
{
    Active,
}

/// <summary>One wallet, folded from its events. Pure: no clock, no I/O, no exception for a business refusal.</summary>
/// <param name="Posted">The balance: everything that came in less everything that went out. Never below zero.</param>
/// <param name="Held">The sum of the open holds; <see cref="Available"/> is what is left.</param>
/// <param name="Recent">The last outcomes, so that a repeated command is recognised (see <see cref="RecentOutcomes"/>).</param>
public sealed record Wallet(
    WalletId Id,
    UserId Owner,
    Money Posted,
    Money Held,
    ImmutableDictionary<HoldId, Money> Holds,
    RecentOutcomes Recent,
    WalletStatus Status)
{
    /// <summary>The most one wallet may contain: 10^18 minor units, so that no sum of a balance and an amount overflows.</summary>
    public const long BalanceMinorMax = 1_000_000_000_000_000_000;

    /// <summary>The most holds open at once in one wallet: bounds the state, far above what people do.</summary>
    public const int HoldsMax = 10_000;

    private const WalletOutcomes HoldEnded = WalletOutcomes.HoldRefused | WalletOutcomes.HoldReleased | WalletOutcomes.HoldCaptured;

    private static readonly ImmutableDictionary<HoldId, Money> NoHolds = ImmutableDictionary<HoldId, Money>.Empty;

    public Currency Currency => Posted.Currency;

    public Money Available => Posted - Held;

    /// <summary>Folds one more event into the wallet.</summary>
    /// <exception cref="UnreachableStateException">No decision leads from this state to this event: the stream is corrupt.</exception>
    public static Wallet Evolve(Wallet? state, WalletEvent e)
    {
        var next = Next(state, e);
        return next.Available.Minor >= 0 ? next : throw new UnreachableStateException(state, e);
    }

    /// <summary>Decides one command. A message that was already obeyed is accepted without events, so that a repeat does nothing.</summary>
    public static Decision<WalletEvent> Decide(Wallet? state, WalletCommand command, DateTimeOffset now) => (state, command) switch
    {
        (null, WalletCommand.Open c) => Accept(new WalletEvent.Opened(c.Wallet, c.Owner, c.Currency)),
        ({ } w, WalletCommand.Open) => Refuse(AlreadyExists, $"Wallet {w.Id} is already open."),
        (null, _) => Refuse(WalletNotFound, "There is no such wallet."),
        ({ } w, WalletCommand.Deposit c) => Deposit(w, c),
        ({ } w, WalletCommand.Withdraw c) => Withdraw(w, c),
        ({ } w, WalletCommand.Hold c) => Hold(w, c, now),
        ({ } w, WalletCommand.Release c) => w.Holds.TryGetValue(c.Id, out var held)
            ? Accept(new WalletEvent.HoldReleased(c.Id, c.Payment, held))
            : Accept(), // Nothing is held any more: what a release is for has been reached.
        ({ } w, WalletCommand.Capture c) => Capture(w, c),
        ({ } w, WalletCommand.Credit c) => Credit(w, c),
        _ => throw new UnreachableStateException(state, command),
    };

    private static Wallet Next(Wallet? state, WalletEvent e) => (state, e) switch
    {
        (null, WalletEvent.Opened o) => new Wallet(
            o.Wallet, o.Owner, Money.Zero(o.Currency), Money.Zero(o.Currency), NoHolds, RecentOutcomes.None, WalletStatus.Active),
        ({ } w, WalletEvent.Deposited { Amount.IsPositive: true } d) => w with { Posted = w.Posted + d.Amount },
        ({ } w, WalletEvent.Withdrawn { Amount.IsPositive: true } d) => w with { Posted = w.Posted - d.Amount },
        ({ } w, WalletEvent.FundsHeld { Amount.IsPositive: true } h) when !w.Holds.ContainsKey(h.Hold) => w with
        {
            Held = w.Held + h.Amount,
            Holds = w.Holds.Add(h.Hold, h.Amount),
        },
        ({ } w, WalletEvent.FundsInsufficient h) => w with { Recent = w.Recent.Add(h.Hold.Value, WalletOutcomes.HoldRefused) },
        ({ } w, WalletEvent.HoldReleased h) when w.Holds.TryGetValue(h.Hold, out var held) && h.Amount == held => w with
        {
            Held = w.Held - held,
            Holds = w.Holds.Remove(h.Hold),
            Recent = w.Recent.Add(h.Hold.Value, WalletOutcomes.HoldReleased),
        },
        ({ } w, WalletEvent.HoldCaptured { Amount.IsPositive: true, Released.Minor: >= 0 } h)
            when w.Holds.TryGetValue(h.Hold, out var held) && h.Amount + h.Released == held => w with
            {
                Posted = w.Posted - h.Amount,
                Held = w.Held - held,
                Holds = w.Holds.Remove(h.Hold),
                Recent = w.Recent.Add(h.Hold.Value, WalletOutcomes.HoldCaptured),
            },
        ({ } w, WalletEvent.FundsCredited { Amount.IsPositive: true } c) => w with
        {
            Posted = w.Posted + c.Amount,
            Recent = w.Recent.Add(c.Payment.Value, WalletOutcomes.Credited),
        },
        ({ } w, WalletEvent.CreditRefused c) => w with { Recent = w.Recent.Add(c.Payment.Value, WalletOutcomes.CreditRefused) },
        _ => throw new UnreachableStateException(state, e), // A corrupt stream is a bug: stop, never skip.
    };

    private static Decision<WalletEvent> Deposit(Wallet w, WalletCommand.Deposit c) =>
        Amiss(w, c.Amount) ?? (ExceedsLimit(w, c.Amount)
            ? Refuse(BalanceLimit, $"A wallet contains at most {BalanceMinorMax} minor units.")
            : Accept(new WalletEvent.Deposited(c.Movement, c.Amount, c.Reference)));

    private static Decision<WalletEvent> Withdraw(Wallet w, WalletCommand.Withdraw c) =>
        Amiss(w, c.Amount) ?? (c.Amount > w.Available
            ? Refuse(InsufficientFunds, $"{c.Amount} is more than the {w.Available} available.")
            : Accept(new WalletEvent.Withdrawn(c.Movement, c.Amount, c.Reference)));

    private static Decision<WalletEvent> Hold(Wallet w, WalletCommand.Hold c, DateTimeOffset now) =>
        w.Holds.ContainsKey(c.Id) || w.Recent.Contains(c.Id.Value, HoldEnded)
            ? Accept() // The same request again.
            : Amiss(w, c.Amount) ?? (c.Amount > w.Available || w.Holds.Count >= HoldsMax
                ? Accept(new WalletEvent.FundsInsufficient(c.Id, c.Payment, c.Amount, w.Available))
                : Accept(new WalletEvent.FundsHeld(c.Id, c.Payment, c.Amount, now.AddSeconds(c.LifetimeSeconds))));

    private static Decision<WalletEvent> Capture(Wallet w, WalletCommand.Capture c)
    {
        if (!w.Holds.TryGetValue(c.Id, out var held))
        {
            return w.Recent.Contains(c.Id.Value, WalletOutcomes.HoldCaptured)
                ? Accept()
                : Refuse(HoldNotFound, $"Wallet {w.Id} has no hold {c.Id}.");
        }

        return Amiss(w, c.Amount) ?? (c.Amount > held
            ? Refuse(AmountOutOfRange, $"{c.Amount} is more than the {held} held.")
            : Accept(new WalletEvent.HoldCaptured(c.Id, c.Payment, c.Amount, held - c.Amount, c.Payee)));
    }

    private static Decision<WalletEvent> Credit(Wallet w, WalletCommand.Credit c)
    {
        if (w.Recent.Contains(c.Payment.Value, WalletOutcomes.Credited | WalletOutcomes.CreditRefused))
        {
            return Accept();
        }

        var code = Amiss(w, c.Amount) is Decision<WalletEvent>.Refused refused ? refused.Reason.Code
            : ExceedsLimit(w, c.Amount) ? BalanceLimit
            : null;
        return Accept(code is null
            ? new WalletEvent.FundsCredited(c.Payment, c.Amount, c.Payer)
            : new WalletEvent.CreditRefused(c.Payment, c.Amount, code));
    }

    private static bool ExceedsLimit(Wallet w, Money amount) => w.Posted.Minor > BalanceMinorMax - amount.Minor;

    private static Decision<WalletEvent>? Amiss(Wallet w, Money amount) =>
        amount.Currency != w.Currency ? Refuse(CurrencyMismatch, $"Wallet {w.Id} is in {w.Currency}, not {amount.Currency}.")
        : amount.Minor is <= 0 or > Money.AmountMinorMax
            ? Refuse(AmountOutOfRange, $"An amount is from 1 to {Money.AmountMinorMax} minor units.")
        : null;

    private static Decision<WalletEvent> Accept(params ImmutableArray<WalletEvent> events) => new Decision<WalletEvent>.Accepted(events);

    private static Decision<WalletEvent> Refuse(string code, string message) =>
        new Decision<WalletEvent>.Refused(new Refusal(code, message));
}
