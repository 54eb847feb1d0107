using Payments.Domain;
using Payments.Domain.Wallets;

namespace Payments.WalletService.Invariants;

/// <summary>What an event does to a wallet and to the account on the other side, read from the event alone.</summary>
/// <remarks>On purpose not the code that writes the ledger: the two are compared with each other.</remarks>
/// <param name="Amount">Of the wallet; the other side has the opposite.</param>
internal readonly record struct Effect(Money Amount, string OtherSide)
{
    private const string Outside = "card-clearing";
    private const string Between = "suspense";
    private const string Earned = "fees";

    /// <returns>Null: no money moved.</returns>
    public static Effect? Of(WalletEvent e) => e switch
    {
        WalletEvent.Deposited d => new(d.Amount, Outside),
        WalletEvent.Withdrawn d => new(Less(d.Amount), Outside),
        WalletEvent.FundsCredited c => new(c.Amount, c.Payer is null ? Outside : Between),
        WalletEvent.CreditReversed c => new(Less(c.Amount), c.Payer is null ? Outside : Between),
        WalletEvent.HoldCaptured c => new(Less(c.Amount), c.Payee is null ? Outside : Between),
        WalletEvent.FeeCharged c => new(Less(c.Amount), Earned),
        WalletEvent.FeeReturned c => new(c.Amount, Earned),
        WalletEvent.Opened or WalletEvent.FundsHeld or WalletEvent.FundsInsufficient or WalletEvent.HoldRefused or WalletEvent.HoldReleased
            or WalletEvent.HoldExpired or WalletEvent.HoldNotOpen or WalletEvent.CaptureRefused or WalletEvent.CreditRefused
            or WalletEvent.CreditReversalRefused or WalletEvent.Frozen or WalletEvent.Unfrozen or WalletEvent.OverdraftSet => null,
        _ => throw new InvalidOperationException($"{e.GetType().Name} is not weighed yet."),
    };

    private static Money Less(Money amount) => new(checked(-amount.Minor), amount.Currency);
}
