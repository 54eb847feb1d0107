using Payments.Domain;
using Payments.Domain.Payments;
using Payments.Messaging.Envelope;
using Payments.Messaging.Topics;
using Payments.PaymentService;
using Payments.PaymentService.Payments;

namespace IntegrationTests.Replays;

/// <summary>Payments, and what sagas ask of them and fail to be heard with.</summary>
internal static class PaymentLetters
{
    private static readonly Currency Eur = Currency.Parse("EUR");

    public static Task<ReplayStage<Payment, PaymentEvent>> StageAsync(PostgresFixture postgres) =>
        ReplayStage<Payment, PaymentEvent>.CreateAsync(postgres, "payments", PaymentAggregate.Consumer, typeof(PaymentHost).Assembly);

    public static PaymentTerms Terms(Guid payment, long amount = 1_000) => new(
        new PaymentId(payment),
        new PaymentSource.OfWallet(new WalletId(Guid.CreateVersion7()), UserId.Parse($"payer-{payment:N}")),
        new WalletId(Guid.CreateVersion7()),
        UserId.Parse($"payee-{payment:N}"),
        new Money(amount, Eur),
        Money.Zero(Eur),
        null);

    /// <returns>The kinds of the dead letters, one for each.</returns>
    public static async Task<IReadOnlyList<string>> MakeAsync(ReplayStage<Payment, PaymentEvent> stage, Random random, int perKind)
    {
        var consumer = stage.Consumer.Name;
        var kinds = new List<string>();
        for (var i = 0; i < perKind; i++)
        {
            var ids = Enumerable.Range(0, 4).Select(_ => Guid.CreateVersion7()).ToList();
            await stage.DecideAsync(ids.Select<Guid, (Guid, Func<Payment?, DateTimeOffset, Decision<PaymentEvent>>)>(id =>
                (id, (state, _) => Payment.Decide(state, new PaymentCommand.Request(Terms(id, random.Next(1, 5_000)))))));
            await stage.DecideAsync([(ids[1], (state, _) => Payment.Decide(state, new PaymentCommand.Complete(new(ids[1]))))]);

            await stage.ParkAsync(End(random, ids[0]).Dead(consumer));
            await stage.ParkAsync(Message(ids[1], new PaymentCommand.Complete(new(ids[1]))).Dead(consumer));
            await stage.ParkAsync(End(random, Guid.CreateVersion7()).Dead(consumer));
            var whole = End(random, ids[2]);
            await stage.ParkAsync(whole.Truncated().Dead(consumer));
            await WalletFailures.EditAsync(stage, whole);
            kinds.AddRange(["FailedForAWhile", "AppliedBefore", "Refused", "TruncatedThenEdited"]);
        }

        return kinds;
    }

    private static Message End(Random random, Guid payment) => Message(payment, random.Next(2) == 0
        ? new PaymentCommand.Complete(new(payment))
        : new PaymentCommand.Fail(new(payment), RefusalCodes.InsufficientFunds));

    private static Message Message(Guid payment, PaymentCommand command) =>
        Letters.Of(command, PlatformTopics.PaymentCommands, RoutingKey.ForPayment(payment), payment);
}
