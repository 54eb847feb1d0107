using Payments.CardProcessor.Books;
using Payments.Domain.Cards;
using Payments.Domain.Payments;
using SimulationTests.Worlds;

namespace SimulationTests.Checking;

/// <summary>At the end, our card books and those of the processor say the same.</summary>
internal sealed class CardCheck(World world)
{
    public void Run()
    {
        foreach (var (id, payment) in world.Payments.Watch.All.Where(p => p.State.Terms.Source is PaymentSource.OfCard))
        {
            CheckPayment(id, payment);
        }

        CheckOurs();
        CheckTheirs();
    }

    private void CheckPayment(Guid id, Payment payment)
    {
        var entered = world.Processor.Books.Find(CardCommand.KeyOf(new(id), CardAct.Authorise))?.AuthorisationId;
        var (captured, refunded, open) = entered is { } authorisation && world.Processor.Books.Find(authorisation) is { } a
            ? (a.Captured, a.Refunded, a.Open)
            : (0, 0, 0);
        var kept = payment.IsCompleted ? (payment.Terms.Amount - payment.Refunded).Minor : 0;
        Violation.Unless(
            captured - refunded == kept && open == 0 && (!payment.IsCompleted || captured == payment.Terms.Amount.Minor),
            $"Payment {id} is {payment.Status}; of the card {captured} are captured, {refunded} refunded and {open} still authorised.");
    }

    private void CheckOurs()
    {
        foreach (var (key, ours) in world.CardRecords.Entries.Where(e => !e.Value.IsDeclared))
        {
            var theirs = world.Processor.Books.Find(key);
            Violation.Unless(
                theirs is { Status: OperationStatus.Approved } && (theirs.Amount == ours.Minor || theirs.Kind == OperationKind.Reverse),
                $"Our card books have {key} with {ours.Minor}; the processor's have {theirs?.ToString() ?? "nothing"}.");
        }
    }

    private void CheckTheirs()
    {
        foreach (var theirs in world.Processor.Books.Operations)
        {
            if (theirs is { Status: OperationStatus.Approved, Kind: OperationKind.Capture or OperationKind.Refund })
            {
                var ours = world.CardRecords.Entries.GetValueOrDefault(theirs.Key);
                Violation.Unless(
                    ours?.Minor == theirs.Amount, $"The processor's books have {theirs}; ours have {ours?.ToString() ?? "nothing"}.");
            }
        }
    }
}
