using System.Collections.Immutable;
using Payments.Contracts.Invariants;
using Payments.Domain;
using Payments.Domain.Cards;
using Payments.Domain.Payments;
using Payments.Domain.Sagas;
using Payments.Domain.Wallets;
using Payments.EventStore.Aggregates;
using Payments.EventStore.Contract;
using Payments.Operations.Invariants;
using Payments.Operations.Invariants.ProjectionChecks;
using Payments.SagaService;
using Payments.SagaService.Invariants;
using Payments.SagaService.Sagas;

namespace IntegrationTests.Invariants;

/// <summary>What the saga service compares with the books of others: the wallets' holds and the card processor's operations.</summary>
public sealed class SagaRecordsTests(PostgresFixture postgres) : IAsyncLifetime
{
    private static readonly Currency Euro = Currency.Parse("EUR");
    private readonly SagaEngine _engine = new(new SagaTimeouts());
    private WatchedDatabase _database = null!;
    private PeerRecords _others = null!;

    private Invariant Holds => new HoldsMatchSagas(_database.Source, _database.Store, new OpenHolds(_others)).Invariant;

    private Invariant Books => new CardRecordsAgree(
        _database.Source, _database.Store, new ProcessorRecordsCopy(_database.Source, _others), _database.Options,
        _database.Clock).Invariant;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await WatchedDatabase.CreateAsync(postgres, "sagas", typeof(SagaHost).Assembly);
        _others = await PeerRecords.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _others.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Holds_of_sagas_on_their_way_and_reservations_raise_nothing()
    {
        var holding = await PayAsync(100);
        _others.Hold(holding, 100); // Held, and the saga has not heard of it yet.
        var crediting = await PayAsync(200);
        await HeldAsync(crediting, 200);
        _others.Hold(crediting, 200);
        _others.Hold(Guid.NewGuid(), 300, "reservation");
        await _database.LookTwiceAsync(Holds);

        Assert.Empty(await _database.AlertsAsync());
        Assert.Equal(("holds", 4L), await CheckedAsync(Holds));
    }

    [Fact]
    public async Task A_hold_that_no_saga_knows_or_that_outlives_its_saga_or_of_another_amount_is_found()
    {
        var stranger = Guid.NewGuid();
        var strange = (Guid)_others.Hold(stranger, 50)["walletId"]!;
        var ended = await PayAsync(100);
        await SignalAsync(
            ended, new Signal.OfWallet(new WalletEvent.HoldRefused(HoldId.For(new(ended)), new(ended), Minor(100), "wallet_frozen")));
        var leftOver = (Guid)_others.Hold(ended, 100)["walletId"]!;
        var other = await PayAsync(100);
        _others.Hold(other, 101);
        await _database.LookTwiceAsync(Holds);

        var alerts = (await _database.OpenAlertsAsync()).ToDictionary(a => a.Subject);
        Assert.Equal(
            new Dictionary<string, (string, AlertEventView?)>
            {
                [$"saga/{stranger}"] = ($"Wallet {strange} holds 50 EUR for {stranger}, and there is no such saga.", null),
                [$"saga/{ended}"] = (
                    $"Wallet {leftOver} holds 100 EUR for {ended}, whose saga has failed.", await LastMoveAsync(ended)),
                [$"saga/{other}"] = (alerts[$"saga/{other}"].Message, await LastMoveAsync(other)),
            },
            alerts.ToDictionary(a => a.Key, a => (a.Value.Message, a.Value.Event)));
        Assert.EndsWith(
            $"holds 101 EUR for {other}, whose saga is about 100 EUR.", alerts[$"saga/{other}"].Message, StringComparison.Ordinal);

        _others.Holds.Clear();
        await _database.LookAsync(Holds);
        Assert.Empty(await _database.OpenAlertsAsync());
    }

    [Fact]
    public async Task A_saga_that_counts_on_a_hold_that_is_gone_is_found_and_one_whose_hold_is_only_late_is_not()
    {
        var late = await PayAsync(100);
        await HeldAsync(late, 100);
        var robbed = await PayAsync(200);
        await HeldAsync(robbed, 200);
        await _database.LookAsync(Holds);
        _others.Hold(late, 100);
        await _database.LookAsync(Holds);

        var alert = Assert.Single(await _database.OpenAlertsAsync());
        Assert.Equal(
            $"The wallet-payment {robbed} is crediting and counts on its hold of 200 EUR, which no wallet has.", alert.Message);
        Assert.Equal(await LastMoveAsync(robbed), alert.Event);
    }

    [Fact]
    public async Task While_the_wallets_are_down_nothing_is_a_mismatch()
    {
        _others.Hold(Guid.NewGuid(), 50);
        _others.IsDown = true;
        var since = _database.Clock.Now;
        await _database.LookTwiceAsync(Holds);

        Assert.Empty(await _database.AlertsAsync());
        var view = await _database.ViewAsync(Holds);
        Assert.Equal("unknown", view.State);
        Assert.Equal(since, view.CouldNotCheckSince!.Value, TimeSpan.FromMilliseconds(1));
    }

    [Fact]
    public async Task Books_that_agree_or_will_as_soon_as_an_answer_is_heard_raise_nothing()
    {
        var paid = await PayByCardAsync(100);
        await ApproveAsync(paid, CardAct.Authorise, 100);
        _others.Operate($"{paid}.authorise", "authorise", 100);
        var asking = await PayByCardAsync(200);
        _others.Operate($"{asking}.authorise", "authorise", 200); // Approved there, and the answer got lost: it is being asked for.
        var silent = await PayByCardAsync(300);
        _others.Operate($"{silent}.authorise", "authorise", 300);
        await SignalAsync(silent, new Signal.DeadlinePassed(SagaPhases.Authorising), TimeSpan.FromMinutes(4));
        await ApproveAsync(silent, CardAct.Void, 300); // Voided before its answer was heard: both sides have the void.
        _others.Operate($"{silent}.void", "reverse", 300);
        _others.Operate($"{Guid.NewGuid()}.authorise", "authorise", 1, "declined");
        await _database.LookTwiceAsync(Books);

        Assert.Empty(await _database.AlertsAsync());
        Assert.Equal(("holds", 5L), await CheckedAsync(Books));
    }

    [Fact]
    public async Task A_void_that_was_declined_at_first_is_found_on_both_sides_under_its_second_key()
    {
        var silent = await PayByCardAsync(300);
        _others.Operate($"{silent}.authorise", "authorise", 300);
        await SignalAsync(silent, new Signal.DeadlinePassed(SagaPhases.Authorising), TimeSpan.FromMinutes(4));
        var answer = new CardAnswer(new OperationId(silent), CardAct.Void, Minor(300), "declined");
        await SignalAsync(silent, new Signal.OfCard(answer));
        _others.Operate($"{silent}.void", "reverse", 300, "declined");
        await SignalAsync(silent, new Signal.DeadlinePassed(SagaPhases.Voiding), TimeSpan.FromMinutes(8));
        await SignalAsync(silent, new Signal.OfCard(answer with { DeclineCode = null, Declines = 1 }));
        _others.Operate($"{silent}.void.2", "reverse", 300);
        await _database.LookTwiceAsync(Books);

        Assert.Empty(await _database.AlertsAsync());
        Assert.Equal(("holds", 3L), await CheckedAsync(Books));
    }

    [Fact]
    public async Task What_only_one_side_has_and_what_differs_is_found_with_our_event_or_their_operation()
    {
        var ours = await PayByCardAsync(100);
        await ApproveAsync(ours, CardAct.Authorise, 100);
        var differs = await PayByCardAsync(200);
        await ApproveAsync(differs, CardAct.Authorise, 200);
        _others.Operate($"{differs}.authorise", "authorise", 201);
        _others.Operate("by-hand-7", "capture", 999);
        await _database.LookTwiceAsync(Books);

        var alerts = (await _database.OpenAlertsAsync()).ToDictionary(a => a.Subject, a => (a.Message, a.Event));
        Assert.Equal(
            new Dictionary<string, (string, AlertEventView?)>
            {
                [$"{ours}.authorise"] = (
                    $"Our card books have authorise of 100 EUR under {ours}.authorise, and the card processor does not have it.",
                    await EventAsync(ours, "saga.card-answered.v1")),
                [$"{differs}.authorise"] = (
                    $"Under {differs}.authorise the card processor has approved authorise of 201 EUR, " +
                    "and our card books have authorise of 200 EUR.",
                    await EventAsync(differs, "saga.card-answered.v1")),
                ["by-hand-7"] = (
                    "The card processor has approved capture of 999 EUR under by-hand-7, and our card books do not have it.",
                    new AlertEventView("card-processor/operations", 2, 2, null)),
            },
            alerts);

        _others.Operate($"{ours}.authorise", "authorise", 100);
        await _database.LookAsync(Books);
        Assert.Equal(2, (await _database.OpenAlertsAsync()).Count);
    }

    [Fact]
    public async Task A_processor_that_forgets_or_changes_what_it_has_told_is_found_and_one_that_is_down_is_no_mismatch()
    {
        var payment = await PayByCardAsync(100);
        await ApproveAsync(payment, CardAct.Authorise, 100);
        _others.Operate($"{payment}.authorise", "authorise", 100);
        await _database.LookAsync(Books);
        _others.IsDown = true;
        await _database.LookTwiceAsync(Books);
        Assert.Empty(await _database.AlertsAsync());
        Assert.Equal("unknown", (await _database.ViewAsync(Books)).State);

        _others.IsDown = false;
        _others.Operations.Clear();
        await _database.LookTwiceAsync(Books);
        Assert.Equal(
            "The card processor's books end at operation 0, and they have told us of 1.",
            Assert.Single(await _database.OpenAlertsAsync()).Message);
    }

    [Fact]
    public async Task The_sagas_table_is_the_fold_of_its_events()
    {
        var payment = await PayByCardAsync(100);
        await ApproveAsync(payment, CardAct.Authorise, 100);
        await PayAsync(100);
        var audit = new ProjectionCheck<Saga, SagaEvent>(
            _database.Store, _database.Source, SagaAggregate.Definition, SagaInvariants.Table, _database.Options).Invariant;
        await _database.LookTwiceAsync(audit);
        var view = await _database.ViewAsync(audit);
        Assert.Equal(("holds", 2L, 0L, null), (view.State, view.Checked, view.Suspicions, view.Error));

        await _database.ExecuteAsync("update sagas set phase = 'completed', deadline = null where saga_id = $1", payment);
        await _database.LookTwiceAsync(audit);
        Assert.Equal($"saga/{payment}", Assert.Single(await _database.OpenAlertsAsync()).Subject);
    }

    private async Task<(string State, long Checked)> CheckedAsync(Invariant invariant)
    {
        var view = await _database.ViewAsync(invariant);
        Assert.Equal((0, null, null), (view.Suspicions, view.Error, view.Note));
        return (view.State, view.Checked);
    }

    private Task<Guid> PayAsync(long amount) =>
        StartAsync(new PaymentSource.OfWallet(new WalletId(Guid.NewGuid()), UserId.Parse("alice")), amount);

    private Task<Guid> PayByCardAsync(long amount) => StartAsync(new PaymentSource.OfCard(CardToken.Parse("tok_ok")), amount);

    private async Task<Guid> StartAsync(PaymentSource source, long amount)
    {
        var payment = new PaymentId(Guid.NewGuid());
        var terms = new PaymentTerms(payment, source, new WalletId(Guid.NewGuid()), UserId.Parse("bob"), Minor(amount), Minor(0), null);
        await SignalAsync(payment.Value, new Signal.OfPayment(new PaymentEvent.Requested(terms)));
        return payment.Value;
    }

    private Task HeldAsync(Guid operation, long amount) => SignalAsync(operation, new Signal.OfWallet(new WalletEvent.FundsHeld(
        HoldId.For(new OperationId(operation)),
        new OperationId(operation),
        Minor(amount),
        _database.Clock.Now.AddDays(1),
        HoldPurpose.Payment,
        null)));

    private Task ApproveAsync(Guid operation, CardAct act, long amount) =>
        SignalAsync(operation, new Signal.OfCard(new CardAnswer(new OperationId(operation), act, Minor(amount), null)));

    private async Task SignalAsync(Guid operation, Signal signal, TimeSpan later = default)
    {
        var stream = SagaAggregate.Definition.Stream(operation);
        var past = new TimeTravel<Saga, SagaEvent>(_database.Store, SagaAggregate.Definition);
        var state = (await past.StateAsync(stream, Moment.Now, Cancel)).State;
        ImmutableArray<SagaEvent> events = [.. _engine.React(state, signal, _database.Clock.Now + later)];
        Assert.NotEmpty(events);
        await _database.HandleAsync(SagaAggregate.Definition, operation, [.. events]);
    }

    private static Money Minor(long amount) => new(amount, Euro);

    private Task<AlertEventView> LastMoveAsync(Guid saga) => EventAsync(saga, "saga.moved.v1");

    private async Task<AlertEventView> EventAsync(Guid saga, string type)
    {
        var events = await _database.Store.ReadStreamAsync(SagaAggregate.Definition.Stream(saga), VersionRange.All, 100, Cancel);
        var last = events.Last(e => e.Type == type);
        return new(last.Stream.ToString(), last.StreamVersion, last.Position, last.EventId);
    }
}
