using System.Collections.Immutable;

namespace Payments.Domain.Wallets;

public enum WalletStatus
{
    Active,
    Frozen,
}

/// <summary>Money that is set aside.</summary>
/// <param name="CountedOn">The day (UTC) against whose limit it counts; null when it does not.</param>
/// <param name="Reference">In the words of whoever asked for it.</param>
public readonly record struct OpenHold(
    OperationId Operation,
    Money Amount,
    DateTimeOffset ExpiresAt,
    DateOnly? CountedOn,
    HoldPurpose Purpose = HoldPurpose.Payment,
    string? Reference = null)
{
    public bool IsOver(DateTimeOffset now) => ExpiresAt <= now;
}

/// <summary>What went out on one day (UTC), or was held to go out: as much of the past as a limit per day needs.</summary>
public readonly record struct DaySpending(DateOnly Day, long Minor)
{
    public long On(DateOnly day) => day == Day ? Minor : 0;

    /// <summary>A later day begins anew; what belongs to an earlier one is over and done with.</summary>
    public DaySpending Add(DateOnly? day, long minor) =>
        day is not { } on || on < Day ? this
        : on == Day ? this with { Minor = checked(Minor + minor) }
        : new DaySpending(on, minor);
}

/// <summary>One wallet, folded from its events. Pure: no clock, no I/O, no exception for a business refusal.</summary>
/// <param name="Posted">The balance: all that came in less all that went out. Never below zero, or the overdraft agreed.</param>
/// <param name="Held">The sum of the open holds.</param>
/// <param name="Recent">The last outcomes, so that a repeated command is recognised (see <see cref="RecentOutcomes"/>).</param>
/// <param name="Overdraft">How far below zero the balance may go; zero unless agreed.</param>
/// <param name="Spent">What counts against the limit per day.</param>
public sealed partial record Wallet(
    WalletId Id,
    UserId Owner,
    Money Posted,
    Money Held,
    ImmutableDictionary<HoldId, OpenHold> Holds,
    RecentOutcomes Recent,
    WalletStatus Status,
    Money Overdraft,
    DaySpending Spent) : IIdentified
{
    /// <summary>The most one wallet may contain: 10^18 minor units, so that no sum of a balance and an amount overflows.</summary>
    public const long BalanceMinorMax = 1_000_000_000_000_000_000;

    /// <summary>The most holds open at once in one wallet: bounds the state, far above what people do.</summary>
    public const int HoldsMax = 10_000;

    private static readonly ImmutableDictionary<HoldId, OpenHold> NoHolds = ImmutableDictionary<HoldId, OpenHold>.Empty;

    string IIdentified.Identity => Id.ToString();

    public Currency Currency => Posted.Currency;

    /// <summary>What can be spent: the balance less what is held, and the overdraft.</summary>
    public Money Available => Posted - Held + Overdraft;

    public bool IsFrozen => Status == WalletStatus.Frozen;

    /// <summary>Folds one more event into the wallet.</summary>
    /// <exception cref="UnreachableStateException">No decision leads from this state to this event: the stream is corrupt.</exception>
    public static Wallet Evolve(Wallet? state, WalletEvent e)
    {
        var next = Next(state, e);
        return next.Available.Minor >= 0 ? next : throw new UnreachableStateException(state, e);
    }

    private static Wallet Next(Wallet? state, WalletEvent e) => (state, e) switch
    {
        (null, WalletEvent.Opened o) => new Wallet(
            o.Wallet,
            o.Owner,
            Money.Zero(o.Currency),
            Money.Zero(o.Currency),
            NoHolds,
            RecentOutcomes.None,
            WalletStatus.Active,
            Money.Zero(o.Currency),
            default),
        ({ } w, WalletEvent.Deposited { Amount.IsPositive: true } d) => w with { Posted = w.Posted + d.Amount },
        ({ } w, WalletEvent.Withdrawn { Amount.IsPositive: true } d) =>
            w with { Posted = w.Posted - d.Amount, Spent = w.Spent.Add(d.On, d.Amount.Minor) },
        ({ } w, WalletEvent.FundsHeld { Amount.IsPositive: true } h) when !w.Holds.ContainsKey(h.Hold) => w with
        {
            Held = w.Held + h.Amount,
            Holds = w.Holds.Add(h.Hold, new OpenHold(h.Operation, h.Amount, h.ExpiresAt, h.On, h.Purpose, h.Reference)),
            Spent = w.Spent.Add(h.On, h.Amount.Minor),
        },
        ({ } w, WalletEvent.FundsInsufficient h) => w.Remember(h.Hold, WalletOutcomes.HoldRefused),
        ({ } w, WalletEvent.HoldRefused h) => w.Remember(h.Hold, WalletOutcomes.HoldRefused),
        ({ } w, WalletEvent.HoldReleased h) => w.Open(h.Hold, h.Amount, e).Without(h.Hold, h.Amount, WalletOutcomes.HoldReleased),
        ({ } w, WalletEvent.HoldExpired h) => w.Open(h.Hold, h.Amount, e).Without(h.Hold, h.Amount, WalletOutcomes.HoldExpired),
        ({ } w, WalletEvent.HoldNotOpen h) => w.Remember(h.Hold, WalletOutcomes.HoldReleased), // A hold still on its way stays out.
        ({ } w, WalletEvent.CaptureRefused or WalletEvent.CreditReversalRefused) => w, // Answers: nothing changed.
        ({ } w, WalletEvent.HoldCaptured { Amount.IsPositive: true, Released.Minor: >= 0 } h) =>
            w.Open(h.Hold, h.Amount + h.Released, e).Without(h.Hold, h.Released, WalletOutcomes.HoldCaptured) with
            {
                Posted = w.Posted - h.Amount,
            },
        ({ } w, WalletEvent.FundsCredited { Amount.IsPositive: true } c) =>
            w.Remember(c.Operation, WalletOutcomes.Credited) with { Posted = w.Posted + c.Amount },
        ({ } w, WalletEvent.FeeCharged { Amount.IsPositive: true } c) => w with { Posted = w.Posted - c.Amount },
        ({ } w, WalletEvent.CreditRefused c) => w.Remember(c.Operation, WalletOutcomes.CreditRefused),
        ({ } w, WalletEvent.FeeReturned { Amount.IsPositive: true } c) => w with { Posted = w.Posted + c.Amount },
        ({ } w, WalletEvent.CreditReversed { Amount.IsPositive: true } c) =>
            w.Remember(c.Operation, WalletOutcomes.CreditReversed) with { Posted = w.Posted - c.Amount },
        ({ } w, WalletEvent.Frozen) => w with { Status = WalletStatus.Frozen },
        ({ } w, WalletEvent.Unfrozen) => w with { Status = WalletStatus.Active },
        ({ } w, WalletEvent.OverdraftSet { Limit.Minor: >= 0 } o) => w with { Overdraft = o.Limit },
        _ => throw new UnreachableStateException(state, e), // A corrupt stream is a bug: stop, never skip.
    };

    private Wallet Open(HoldId hold, Money amount, WalletEvent e) =>
        Holds.TryGetValue(hold, out var open) && open.Amount == amount ? this : throw new UnreachableStateException(this, e);

    /// <summary>Ends a hold; what of it was not spent does not count against its day any more.</summary>
    private Wallet Without(HoldId hold, Money unspent, WalletOutcomes outcome)
    {
        var open = Holds[hold];
        return Remember(hold, outcome) with
        {
            Held = Held - open.Amount,
            Holds = Holds.Remove(hold),
            Spent = open.CountedOn == Spent.Day ? Spent.Add(open.CountedOn, -unspent.Minor) : Spent,
        };
    }

    private Wallet Remember(HoldId hold, WalletOutcomes outcome) => this with { Recent = Recent.Add(hold.Value, outcome) };

    private Wallet Remember(OperationId operation, WalletOutcomes outcome) => this with { Recent = Recent.Add(operation.Value, outcome) };
}
