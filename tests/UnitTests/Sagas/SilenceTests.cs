using Payments.Domain.Sagas;
using Payments.Domain.Wallets;
using static UnitTests.Sagas.SagaScenario;

namespace UnitTests.Sagas;

/// <summary>Nobody answers: a saga asks again, then shows itself to a person, and never takes silence for an answer.</summary>
public sealed class SilenceTests
{
    [Fact]
    public void A_silence_is_asked_about_twice_and_then_shown_to_a_person_once() => Assert.All(
        Stops.Where(place => place.Stop.Phase != SagaPhases.Authorising),
        place =>
        {
            var ((course, stop), saga) = (place, At(place.Course, place.Stop.Phase));
            for (var attempt = 2; attempt <= 3; attempt++)
            {
                var deadline = saga.Deadline!.Value;
                Assert.Empty(React(saga, Late(stop.Phase), deadline.AddTicks(-1)));

                var events = React(saga, Late(stop.Phase), deadline);
                Assert.Equal(
                    [new SagaEvent.Retried(stop.Phase, "DeadlinePassed", attempt, deadline.AddSeconds(stop.Seconds)), stop.Asks], events);
                Assert.Equal(saga with { Attempt = attempt, Deadline = deadline.AddSeconds(stop.Seconds) }, Fold(saga, events));
                saga = Fold(saga, events);
            }

            var end = saga.Deadline!.Value.AddSeconds(1);
            Assert.Equal([new SagaEvent.WentOverdue(stop.Phase, end)], React(saga, Late(stop.Phase), end));
            var overdue = After(saga, Late(stop.Phase), end);
            Assert.Equal(saga with { Overdue = true }, overdue);
            Assert.Empty(React(overdue, Late(stop.Phase), end.AddDays(1)));
        });

    /// <summary>An authorisation has no use after its time; whether it was made or not, a void leaves none behind.</summary>
    [Fact]
    public void A_card_that_is_not_authorised_in_time_is_given_up_and_what_may_still_arrive_is_voided()
    {
        var (course, saga) = (CardPayment, At(CardPayment, "Authorising"));
        Assert.Empty(React(saga, Late("Authorising"), Start.AddSeconds(180).AddTicks(-1)));

        var now = Start.AddSeconds(180);
        var events = React(saga, Late("Authorising"), now);
        Assert.Equal(
            [
                new SagaEvent.Moved("Voiding", "DeadlinePassed", now.AddSeconds(120), "card_processor_unavailable"),
                course.WayBack[^1].Asks,
            ],
            events);

        var voiding = Fold(saga, events);
        Assert.Empty(React(voiding, Answer(course, "AuthoriseApproved"))); // Too late: it is being voided.
        Assert.Empty(React(voiding, Answer(course, "AuthoriseDeclined")));
        Assert.Equal(
            [
                .. Evidence(course.WayBack[^1].Done),
                new SagaEvent.Moved("Failed", "VoidApproved", null, "card_processor_unavailable"),
                course.TellsFailed("card_processor_unavailable"),
            ],
            React(voiding, course.WayBack[^1].Done, now));
    }

    [Fact]
    public void The_deadline_of_another_phase_is_ignored() => Assert.All(All, course => Assert.All(
        Phases(course),
        phase => Assert.All(
            Phases(course).Where(other => other != phase || At(course, phase).HasEnded),
            other => Assert.Empty(React(At(course, phase), Late(other), Start.AddDays(1))))));

    /// <summary>Money that fell back while its payment is still on its way could be spent twice.</summary>
    [Fact]
    public void A_sagas_hold_does_not_lapse_while_a_person_may_still_be_needed() => Assert.All(
        All.Where(course => course.Way[0].Asks is SagaEvent.WalletCommanded),
        course =>
        {
            var hold = (WalletCommand.Hold)((SagaEvent.WalletCommanded)course.Way[0].Asks).Command;
            Assert.Equal(10 * 365, TimeSpan.FromSeconds(hold.LifetimeSeconds).TotalDays);
        });
}
