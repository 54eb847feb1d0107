using Payments.Domain.Wallets;

namespace SimulationTests.Checking;

/// <summary>The open holds of all wallets, from the events.</summary>
internal sealed class OpenHolds
{
    private readonly Dictionary<Guid, (Guid Wallet, WalletEvent.FundsHeld Hold)> _open = [];

    private readonly List<(Guid Wallet, long Minor)> _reservationsCaptured = [];

    /// <summary>What left the platform through holds of the API.</summary>
    public IReadOnlyList<(Guid Wallet, long Minor)> ReservationsCaptured => _reservationsCaptured;

    public IEnumerable<(Guid Wallet, WalletEvent.FundsHeld Hold)> Open => _open.Values;

    public void Observe(Guid wallet, WalletEvent e)
    {
        switch (e)
        {
            case WalletEvent.FundsHeld held:
                _open.Add(held.Hold.Value, (wallet, held));
                break;
            case WalletEvent.HoldReleased { Hold: var hold }:
                _open.Remove(hold.Value);
                break;
            case WalletEvent.HoldExpired { Hold: var hold }:
                _open.Remove(hold.Value);
                break;
            case WalletEvent.HoldCaptured { Hold: var hold, Amount.Minor: var minor }:
                if (_open.Remove(hold.Value, out var ended) && ended.Hold.Purpose == HoldPurpose.Reservation)
                {
                    _reservationsCaptured.Add((wallet, -minor));
                }

                break;
        }
    }
}
