using Payments.Domain;
using Payments.Domain.Payments;
using Payments.Domain.Sagas;
using Payments.Domain.Wallets;
using Payments.Messaging.Envelope;
using Payments.Messaging.Topics;
using Payments.SagaService;
using Payments.SagaService.Sagas;

namespace IntegrationTests.Replays;

/// <summary>Sagas, and what payments and wallets tell them and fail to be heard with.</summary>
internal static class SagaLetters
{
    private static readonly SagaEngine Engine = new(new SagaTimeouts());

    public static Task<ReplayStage<Saga, SagaEvent>> StageAsync(PostgresFixture postgres) =>
        ReplayStage<Saga, SagaEvent>.CreateAsync(postgres, "sagas", SagaAggregate.Consumer(Engine), typeof(SagaHost).Assembly);

    /// <returns>The kinds of the dead letters, one for each.</returns>
    public static async Task<IReadOnlyList<string>> MakeAsync(ReplayStage<Saga, SagaEvent> stage, Random random, int perKind)
    {
        var consumer = stage.Consumer.Name;
        var kinds = new List<string>();
        for (var i = 0; i < perKind; i++)
        {
            var terms = Enumerable.Range(0, 5).Select(_ => PaymentLetters.Terms(Guid.CreateVersion7(), random.Next(1, 5_000))).ToList();
            await stage.DecideAsync(new[] { 1, 2, 3 }.Select<int, (Guid, Func<Saga?, DateTimeOffset, Decision<SagaEvent>>)>(n => (
                terms[n].Payment.Value,
                (saga, now) => SagaAggregate.Decide(Engine, saga, new Signal.OfPayment(new PaymentEvent.Requested(terms[n])), now))));

            // A saga that has not begun, with its next signal behind; one that hears of its hold; one that hears its beginning twice; one
            // that hears of its hold and of its credit by two keys; and one whose signal came in pieces.
            await stage.ParkAsync(Requested(terms[0]).Dead(consumer), Held(terms[0]).Waiting(consumer));
            await stage.ParkAsync(Held(terms[1]).Dead(consumer));
            await stage.ParkAsync(Requested(terms[2]).Dead(consumer));
            await stage.ParkAsync(Held(terms[3]).Dead(consumer), Credited(terms[3]).Dead(consumer));
            await stage.ParkAsync(Requested(terms[4]).Truncated().Dead(consumer));
            kinds.AddRange(
                ["ManyBehind", "FailedForAWhile", "AppliedBefore", "TwoKeysOneAggregate", "TwoKeysOneAggregate", "StillTruncated"]);
        }

        return kinds;
    }

    private static Message Requested(PaymentTerms terms) =>
        Message(terms, new PaymentEvent.Requested(terms), ((PaymentSource.OfWallet)terms.Source).Owner);

    private static Message Held(PaymentTerms terms)
    {
        var operation = OperationId.For(terms.Payment);
        return Message(
            terms,
            new WalletEvent.FundsHeld(HoldId.For(operation), operation, terms.Amount, DateTimeOffset.UnixEpoch, HoldPurpose.Payment, null),
            ((PaymentSource.OfWallet)terms.Source).Owner,
            $"wallet/{terms.Source.PayerWallet}");
    }

    private static Message Credited(PaymentTerms terms) => Message(
        terms,
        new WalletEvent.FundsCredited(OperationId.For(terms.Payment), terms.Amount, terms.Source.PayerWallet),
        terms.Payee,
        $"wallet/{terms.PayeeWallet}");

    private static Message Message(PaymentTerms terms, object e, UserId user, string stream = "payment/1") =>
        Letters.Of(e, PlatformTopics.PaymentEvents, RoutingKey.ForUser(user.Value), terms.Payment.Value, stream);
}
