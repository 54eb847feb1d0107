using Payments.Domain.Sagas;
using static UnitTests.Sagas.SagaScenario;

namespace UnitTests.Sagas;

/// <summary>The way of every kind of saga when all goes well, and the way back when it does not.</summary>
public sealed class WayTests
{
    [Theory]
    [MemberData(nameof(SagaScenario.Names), MemberType = typeof(SagaScenario))]
    public void A_saga_goes_from_its_request_step_by_step_to_completed(string name)
    {
        var course = Named(name);
        var events = Begin(course);
        Assert.Equal([new SagaEvent.Started(name, course.Terms), Moved(course.Way[0], course.Begins.Name), course.Way[0].Asks], events);
        var saga = Fold(null, events);

        foreach (var (stop, next) in course.Way.Zip(course.Way.Skip(1)))
        {
            Assert.Equal(Waiting(course, stop), saga);
            events = React(saga, stop.Done);
            Assert.Equal([.. Evidence(stop.Done), Moved(next, stop.Done.Name), next.Asks], events);
            saga = Fold(saga, events);
        }

        var last = course.Way[^1];
        Assert.Equal(Waiting(course, last), saga);
        events = React(saga, last.Done);
        Assert.Equal(
            [.. Evidence(last.Done), new SagaEvent.Moved("Completed", last.Done.Name, null, null), course.TellsCompleted], events);
        Assert.Equal(
            new Saga(name, course.Terms, "Completed", null, 1, Overdue: false, null, null, CompensationRequested: false),
            Fold(saga, events));
    }

    /// <summary>The first step left nothing to undo: it did not happen.</summary>
    [Theory]
    [InlineData("wallet-payment", "FundsInsufficient", "insufficient_funds")]
    [InlineData("wallet-payment", "HoldRefused", "limit_per_day")]
    [InlineData("transfer", "FundsInsufficient", "insufficient_funds")]
    [InlineData("transfer", "HoldRefused", "limit_per_day")]
    [InlineData("card-payment-v2", "AuthoriseDeclined", "card_declined")]
    [InlineData("card-payment", "AuthoriseDeclined", "card_declined")]
    [InlineData("wallet-refund", "FundsInsufficient", "insufficient_funds")]
    [InlineData("wallet-refund", "HoldRefused", "limit_per_day")]
    [InlineData("card-refund", "FundsInsufficient", "insufficient_funds")]
    [InlineData("card-refund", "HoldRefused", "limit_per_day")]
    public void A_first_step_that_is_refused_ends_the_saga_at_once(string name, string refusal, string code) =>
        GoesBack(Named(name), Fold(null, Begin(Named(name))), refusal, code, undone: 0);

    [Theory]
    [InlineData("wallet-payment", "Crediting", "CreditRefused", "wallet_frozen", 1)]
    [InlineData("transfer", "Crediting", "CreditRefused", "wallet_frozen", 1)]
    [InlineData("card-payment", "Crediting", "CreditRefused", "wallet_frozen", 1)]
    [InlineData("wallet-refund", "Crediting", "CreditRefused", "wallet_frozen", 1)]
    [InlineData("card-refund", "RefundingCard", "RefundDeclined", "card_declined", 1)]
    [InlineData("wallet-payment", "Capturing", "CaptureRefused", "hold_not_found", 2)] // It expired meanwhile.
    [InlineData("transfer", "Capturing", "CaptureRefused", "hold_not_found", 2)]
    [InlineData("card-payment", "CapturingCard", "CaptureDeclined", "card_declined", 2)]
    [InlineData("wallet-refund", "Capturing", "CaptureRefused", "hold_not_found", 2)]
    [InlineData("card-payment-v2", "CapturingCard", "CaptureDeclined", "card_declined", 1)]
    public void A_later_step_that_is_refused_undoes_those_before_it_the_last_one_first(
        string name, string phase, string refusal, string code, int undone) =>
        GoesBack(Named(name), At(Named(name), phase), refusal, code, undone);

    [Fact]
    public void A_card_that_was_captured_for_a_payee_who_cannot_take_it_gets_its_money_back_and_nothing_is_voided()
    {
        var saga = At(CardPayment, "Crediting");
        var (refunding, refused) = (CardPayment.WayBack[0], Answer(CardPayment, "CreditRefused"));
        var events = React(saga, refused);
        Assert.Equal([Moved(refunding, "CreditRefused", "wallet_frozen"), refunding.Asks], events);

        saga = Fold(saga, events);
        Assert.Equal(
            [
                .. Evidence(refunding.Done),
                new SagaEvent.Moved("Failed", "RefundApproved", null, "wallet_frozen"),
                CardPayment.TellsFailed("wallet_frozen"),
            ],
            React(saga, refunding.Done));
    }

    [Fact]
    public void A_payment_by_card_begins_with_the_kind_that_captures_before_it_credits() => Assert.Equal(
        new SagaEvent.Started("card-payment-v2", CardPayment.Terms), React(null, CreditFirst.Begins)[0]);

    /// <summary>The hold may have expired: that there is nothing to release is as good as a release.</summary>
    [Theory]
    [InlineData("wallet-payment")]
    [InlineData("transfer")]
    [InlineData("wallet-refund")]
    [InlineData("card-refund")]
    public void Nothing_to_release_ends_the_way_back_too(string name)
    {
        var (course, releasing) = (Named(name), At(Named(name), "Releasing"));

        Assert.Equal(
            [new SagaEvent.Moved("Failed", "HoldNotOpen", null, releasing.FailureCode), course.TellsFailed(releasing.FailureCode!)],
            React(releasing, Answer(course, "HoldNotOpen")));
    }

    [Fact]
    public void Only_a_request_begins_a_saga() => Assert.All(
        All.SelectMany(course => Answers(course.Terms.Operation, course.Terms.Amount).Append(Late("Holding"))),
        signal => Assert.Empty(React(null, signal)));

    private static void GoesBack(Course course, Saga saga, string refusal, string code, int undone)
    {
        var because = Answer(course, refusal);
        foreach (var stop in course.WayBack.TakeLast(undone))
        {
            var events = React(saga, because);
            Assert.Equal([.. Evidence(because), Moved(stop, because.Name, code), stop.Asks], events);
            saga = Fold(saga, events);
            Assert.Equal(Waiting(course, stop) with { FailureCode = code }, saga);
            because = stop.Done;
        }

        var last = React(saga, because);
        Assert.Equal([.. Evidence(because), new SagaEvent.Moved("Failed", because.Name, null, code), course.TellsFailed(code)], last);
        Assert.Equal(
            new Saga(course.Name, course.Terms, "Failed", null, 1, Overdue: false, code, null, CompensationRequested: false),
            Fold(saga, last));
    }

    private static Saga Waiting(Course course, Stop stop) => new(
        course.Name,
        course.Terms,
        stop.Phase,
        Start.AddSeconds(stop.Seconds),
        Attempt: 1,
        Overdue: false,
        FailureCode: null,
        RefusalCode: null,
        CompensationRequested: false);
}
