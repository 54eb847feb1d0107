using Payments.Domain.Sagas;
using Payments.EventStore.Contract;
using Payments.Messaging.Relay;
using Payments.Messaging.Topics;
using SimulationTests.Services;
using SimulationTests.Worlds;

namespace SimulationTests.Checking;

/// <summary>What must be true when nothing goes wrong any more and everything has come to rest.</summary>
internal sealed class EndCheck(World world)
{
    public void Run()
    {
        CheckRequests();
        CheckEnds();
        CheckBalances();
        CheckLedger();
        new CardCheck(world).Run();
        CheckNothingLost();
        foreach (var (log, parked) in world.Parked)
        {
            Violation.Unless(parked.All.All(m => m.Key is null), $"Messages are still parked beside the log of {log}.");
        }
    }

    private void CheckRequests()
    {
        foreach (var request in world.Requests.All)
        {
            Violation.Unless(request.Answer is not null, $"{request.Operation} was never answered.");
            var effects = world.Oracle.EffectsOf(request.Operation.Reference);
            if (request.Counts)
            {
                var expected = request.Answer!.IsDone ? 1 : 0;
                Violation.Unless(
                    effects == expected, $"{request.Operation} was answered '{request.Answer.Text}' and has {effects} effects.");
            }
        }
    }

    private void CheckEnds()
    {
        foreach (var (id, payment) in world.Payments.Watch.All)
        {
            Violation.Unless(payment.IsFinal, $"Payment {id} has not ended; its saga is {SagaState(id)}.");
            Violation.Unless(
                payment.Refunds.IsEmpty,
                $"Refunds of payment {id} have not ended: {string.Join(", ", payment.Refunds.Keys.Select(r => SagaState(r.Value)))}.");
            CheckSaga(id, payment.IsCompleted);
            foreach (var (refund, completed) in payment.EndedRefunds)
            {
                CheckSaga(refund.Value, completed);
            }
        }

        Violation.Unless(world.HoldRows.Count == 0, $"The table of holds has {world.HoldRows.Count} rows, and all holds have ended.");
        foreach (var (wallet, hold) in world.Oracle.Holds.Open)
        {
            Violation.Unless(false, $"Hold {hold.Hold} of {hold.Amount} is still open in wallet {wallet}.");
        }
    }

    private void CheckSaga(Guid id, bool completed) => Violation.Unless(
        world.Sagas.Watch.Find(id)?.Phase == (completed ? SagaPhases.Completed : SagaPhases.Failed),
        $"Operation {id} has ended {(completed ? "completed" : "failed")}; its saga is {SagaState(id)}.");

    private string SagaState(Guid saga) => world.Sagas.Watch.Find(saga) is { } s
        ? $"{s.Phase}, attempt {s.Attempt}{(s.Overdue ? ", overdue" : "")}, refused with '{s.RefusalCode}'"
        : "not there";

    // Reckoned from what clients were told and how payments ended, apart from everything that wallets did.
    private void CheckBalances()
    {
        var expected = world.Wallets.Watch.Ids.ToDictionary(id => id, _ => 0L);
        foreach (var (wallet, minor) in ByHand())
        {
            if (minor != 0)
            {
                expected[wallet] += minor;
            }
        }

        foreach (var (_, payment) in world.Payments.Watch.All.Where(p => p.State.IsCompleted))
        {
            expected[payment.Terms.PayeeWallet.Value] += (payment.Terms.Amount - payment.Terms.Fee - payment.Refunded).Minor;
            if (payment.Terms.Source.PayerWallet is { } payer)
            {
                expected[payer.Value] -= (payment.Terms.Amount - payment.Refunded).Minor;
            }
        }

        foreach (var (id, wallet) in world.Wallets.Watch.All)
        {
            Violation.Unless(
                wallet.Posted.Minor == expected[id], $"Wallet {id} has {wallet.Posted}; by what has happened it must have {expected[id]}.");
        }
    }

    // What clients and people moved in and out of wallets, apart from payments.
    private IEnumerable<(Guid Wallet, long Minor)> ByHand() =>
        [.. world.Requests.All.Select(r => r.Effect), .. world.Operators.Effects, .. world.Oracle.Holds.ReservationsCaptured];

    private void CheckLedger()
    {
        foreach (var (id, wallet) in world.Wallets.Watch.All)
        {
            Violation.Unless(
                world.Ledger.SumOf(id) == wallet.Posted.Minor,
                $"The ledger of wallet {id} comes to {world.Ledger.SumOf(id)}, its balance is {wallet.Posted}.");
        }

        foreach (var currency in world.Ledger.Currencies)
        {
            CheckClearing(currency);
            var suspense = world.Ledger.SumOf("suspense", currency);
            var fees = world.Payments.Watch.All
                .Where(p => p.State.IsCompleted && p.State.Terms.Fee.Currency.Code == currency)
                .Sum(p => p.State.Terms.Fee.Minor);
            Violation.Unless(suspense == 0, $"{suspense} {currency} are in suspense, and nothing is on its way.");
            Violation.Unless(
                world.Ledger.SumOf("fees", currency) == fees,
                $"The fees come to {world.Ledger.SumOf("fees", currency)} {currency}, not {fees}.");
        }
    }

    // What wallets have by deposits and cards is what came in from outside, by the books of those outside.
    private void CheckClearing(string currency)
    {
        var byHand = ByHand()
            .Where(e => e.Minor != 0 && world.Wallets.Watch.Find(e.Wallet)!.Currency.Code == currency)
            .Sum(e => e.Minor);
        var byCard = world.Processor.Books.Authorisations.Where(a => a.Currency == currency).Sum(a => a.Captured - a.Refunded);
        var clearing = world.Ledger.SumOf("card-clearing", currency);
        Violation.Unless(
            clearing == -(byHand + byCard),
            $"Card clearing comes to {clearing} {currency}; from outside came {byHand} by hand and {byCard} by card.");
    }

    private void CheckNothingLost()
    {
        Check(world.Sagas, [world.Payments.Log, world.Wallets.Log]);
        Check(world.Wallets, [world.Sagas.Log]);
        Check(world.Payments, [world.Sagas.Log]);
    }

    private static void Check<TState, TEvent>(Service<TState, TEvent> service, IReadOnlyList<IEventStore> sources)
        where TState : class
    {
        var watermarks = Actor.Result(service.Log.WatermarksAsync(service.Consumer.Name, CancellationToken.None))
            .ToDictionary(w => (w.Partition, w.Source), w => w.Position);
        foreach (var source in sources)
        {
            var last = new Dictionary<PartitionOf, long>();
            foreach (var e in Actor.Result(source.ReadAllAsync(0, int.MaxValue, EventFilter.None, CancellationToken.None)))
            {
                if (Routes.TopicOf(e) is { } topic && topic.Name == service.Topic.Name)
                {
                    last[new(topic.Name, PaymentEventsPartitioner.PartitionOf(topic, e.Metadata.RoutingKey!))] = e.Position;
                }
            }

            foreach (var (partition, position) in last)
            {
                var mark = watermarks.GetValueOrDefault((partition.Partition, source.Name));
                Violation.Unless(
                    mark == position,
                    $"{service.Name} has come to {mark} of {source.Name} on partition {partition.Partition}, which ends at {position}.");
            }
        }
    }
}
