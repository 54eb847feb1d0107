using Payments.Domain;
using Payments.Domain.Wallets;
using SimulationTests.Worlds;

namespace SimulationTests.Checking;

/// <summary>What wallets did for one operation, counted from their events.</summary>
internal sealed class Movements(Guid operation)
{
    private int _holds;
    private int _captures;
    private int _credits;
    private int _reversals;
    private long _fees;

    /// <summary>Nothing is moved twice, and nothing is taken back that was not given.</summary>
    public void Observe(WalletEvent e)
    {
        switch (e)
        {
            case WalletEvent.FundsHeld:
                Violation.Unless(++_holds == 1, $"Operation {operation} has a second hold.");
                break;
            case WalletEvent.HoldCaptured:
                Violation.Unless(++_captures == 1, $"The hold of operation {operation} is captured twice.");
                break;
            case WalletEvent.FundsCredited:
                Violation.Unless(++_credits == 1, $"Operation {operation} is credited twice.");
                break;
            case WalletEvent.CreditReversed:
                Violation.Unless(++_reversals <= _credits, $"Operation {operation} is reversed and was not credited.");
                break;
            case WalletEvent.FeeCharged { Amount.Minor: var fee }:
                Violation.Unless(_fees == 0, $"Operation {operation} is charged twice.");
                _fees += fee;
                break;
            case WalletEvent.FeeReturned { Amount.Minor: var fee }:
                _fees -= fee;
                Violation.Unless(_fees == 0, $"Operation {operation} has another fee returned than it was charged.");
                break;
        }
    }

    /// <summary>The operation has ended well: credited where a wallet gets money, captured where a wallet gives it, its fee kept.</summary>
    public void CheckCompleted(bool credits, bool captures, Money fee) => Violation.Unless(
        (_credits - _reversals, _captures, _fees) == (credits ? 1 : 0, captures ? 1 : 0, fee.Minor),
        $"Operation {operation} is completed, with {this}.");

    /// <summary>The operation has failed: nothing has moved, all in all.</summary>
    public void CheckFailed() => Violation.Unless(
        (_credits - _reversals, _captures, _fees) == (0, 0, 0),
        $"Operation {operation} has failed, with {this}.");

    public override string ToString() =>
        $"{_credits} credits, {_reversals} of them reversed, {_captures} captures and a fee of {_fees}";
}
