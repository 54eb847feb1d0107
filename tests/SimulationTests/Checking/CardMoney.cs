using Payments.Domain.Cards;
using Payments.Domain.Sagas;
using Payments.Domain.Wallets;
using SimulationTests.Worlds;

namespace SimulationTests.Checking;

/// <summary>
/// The platform never pays: what a payee can spend of a card payment is captured from the card at that moment, by the processor's books.
/// </summary>
/// <remarks>Payments of the kind that credits first are left out: they are of before, and may have to be made up for by people.</remarks>
internal sealed class CardMoney(World world)
{
    private readonly Dictionary<Guid, long> _credited = [];
    private readonly Dictionary<Guid, long> _refunds = [];

    public void Observe(WalletEvent e)
    {
        switch (e)
        {
            case WalletEvent.FundsCredited { Payer: null, Operation.Value: var payment, Amount.Minor: var minor }:
                _credited[payment] = _credited.GetValueOrDefault(payment) + minor;
                break;
            case WalletEvent.CreditReversed { Payer: null, Operation.Value: var payment, Amount.Minor: var minor }:
                _credited[payment] -= minor;
                break;
            case WalletEvent.FundsHeld { Purpose: HoldPurpose.Refund, Operation.Value: var refund, Amount.Minor: var minor }:
                _refunds[refund] = minor; // Held or captured, the payee cannot spend it.
                break;
            case WalletEvent.HoldReleased { Operation.Value: var refund }:
                _refunds.Remove(refund);
                break;
        }
    }

    public void Check()
    {
        foreach (var (payment, credited) in _credited)
        {
            if (world.Sagas.Watch.Find(payment) is { Definition: SagaNames.CardPaymentCreditFirst })
            {
                continue;
            }

            var given = _refunds.Where(r => world.Sagas.Watch.Find(r.Key)?.Terms.Payment.Payment.Value == payment).Sum(r => r.Value);
            var entered = world.Processor.Books.Find(CardCommand.KeyOf(new(payment), CardAct.Authorise))?.AuthorisationId;
            var taken = entered is { } id && world.Processor.Books.Find(id) is { } a ? a.Captured - a.Refunded : 0;
            Violation.Unless(
                credited - given <= taken,
                $"The payee of {payment} can spend {credited - given} from a card of which {taken} are captured: the platform would pay.");
        }
    }
}
