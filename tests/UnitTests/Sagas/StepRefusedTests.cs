using Payments.Domain;
using Payments.Domain.Sagas;
using static UnitTests.Sagas.SagaScenario;

namespace UnitTests.Sagas;

/// <summary>A refusal where there must be none, of an undoing or after a pivot: asked again, then shown to a person.</summary>
public sealed class StepRefusedTests
{
    public static TheoryData<string, string, string, string> Refusals => new()
    {
        { "wallet-payment", "Reversing", "CreditReversalRefused", "insufficient_funds" }, // The payee has spent it.
        { "transfer", "Reversing", "CreditReversalRefused", "insufficient_funds" },
        { "card-payment-v2", "RefundingCard", "RefundDeclined", "card_declined" },
        { "card-payment-v2", "Voiding", "VoidDeclined", "card_declined" },
        { "card-payment", "Reversing", "CreditReversalRefused", "insufficient_funds" },
        { "card-payment", "Voiding", "VoidDeclined", "card_declined" },
        { "wallet-refund", "Reversing", "CreditReversalRefused", "insufficient_funds" },
        { "card-refund", "Capturing", "CaptureRefused", "hold_not_found" }, // The card has its money back already.
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public void It_is_asked_again_after_a_pause_that_doubles_and_then_shown_to_a_person(
        string name, string phase, string refusal, string code)
    {
        var (course, saga, now) = (Named(name), At(Named(name), phase), Start);
        var (stop, refusedFirst) = (course.Way.Concat(course.WayBack).Single(s => s.Phase == phase), Answer(course, refusal));
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            var refused = Now(saga, refusedFirst);
            var again = now.AddSeconds(10 << (attempt - 1));
            var events = React(saga, refused, now);
            Assert.Equal([.. Evidence(refused), new SagaEvent.StepRefused(phase, code, again)], events);
            var declines = saga.Declines + Evidence(refused).Length;
            Assert.Equal(saga with { RefusalCode = code, Deadline = again, Declines = declines }, Fold(saga, events));
            saga = Fold(saga, events);
            now = again;
            if (attempt < 3)
            {
                events = React(saga, Late(phase), now);
                Assert.Equal(
                    [new SagaEvent.Retried(phase, "DeadlinePassed", attempt + 1, now.AddSeconds(stop.Seconds)), Now(saga, stop.Asks)],
                    events);
                saga = Fold(saga, events);
            }
        }

        Assert.Equal([new SagaEvent.WentOverdue(phase, now)], React(saga, Late(phase), now));
        var overdue = After(saga, Late(phase), now);
        Assert.Equal(saga with { Overdue = true }, overdue);

        // The same refusal once more is no news; and what it waits for still moves it on.
        Assert.Equal(Evidence(Now(overdue, refusedFirst)), React(overdue, Now(overdue, refusedFirst), now));
        Assert.Equal([.. React(At(course, phase), stop.Done).Where(NoEvidence)], React(overdue, Now(overdue, stop.Done)).Where(NoEvidence));
    }

    /// <summary>All attempts met silence, and only then does the reason come: a person must be able to read it.</summary>
    [Theory]
    [MemberData(nameof(Refusals))]
    public void A_refusal_of_an_overdue_saga_is_shown_and_asks_nothing(string name, string phase, string refusal, string code)
    {
        var refused = Answer(Named(name), refusal);
        var overdue = Fold(At(Named(name), phase), [new SagaEvent.WentOverdue(phase, Start)]);

        var events = React(overdue, refused);
        Assert.Equal([.. Evidence(refused), new SagaEvent.StepRefused(phase, code, Start.AddSeconds(10))], events);
        Assert.Equal(
            overdue with { RefusalCode = code, Deadline = Start.AddSeconds(10), Declines = Evidence(refused).Length },
            Fold(overdue, events));
        Assert.Empty(React(Fold(overdue, events), Late(phase), Start.AddDays(1)));
    }

    [Theory]
    [MemberData(nameof(Refusals))]
    public void A_person_has_it_asked_anew_with_all_attempts_and_the_reason_stays_readable(
        string name, string phase, string refusal, string code)
    {
        var overdue = Fold(After(At(Named(name), phase), Answer(Named(name), refusal)), [new SagaEvent.WentOverdue(phase, Start)]);
        var events = Assert.IsType<Decision<SagaEvent>.Accepted>(
            Engine.Decide(overdue, SagaIntervention.Retry, "olga", "topped up", Start)).Events;

        var anew = Fold(overdue, events);
        Assert.Equal((phase, 1, false, code), (anew.Phase, anew.Attempt, anew.Overdue, anew.RefusalCode));
        Assert.Equal(2, After(anew, Late(phase), anew.Deadline).Attempt);
    }

    /// <summary>
    /// Under the key it was declined under, the processor says the same for ever. What has no answer yet keeps its key: it may have been
    /// done.
    /// </summary>
    [Theory]
    [InlineData("Voiding", "Void")]
    [InlineData("RefundingCard", "Refund")]
    public void An_undoing_that_was_declined_is_asked_under_a_new_key_and_one_without_an_answer_under_its_own(string phase, string act)
    {
        var key = $"{CardPayment.Terms.Operation}.{act.ToLowerInvariant()}";
        var saga = At(CardPayment, phase);
        Assert.Equal(key, KeyOf(React(saga, Late(phase), saga.Deadline)));

        var declined = After(saga, Answer(CardPayment, $"{act}Declined"));
        Assert.Equal($"{key}.2", KeyOf(React(declined, Late(phase), declined.Deadline)));
        Assert.Equal($"{key}.2", KeyOf(Retry(declined)));

        var asked = Fold(declined, Retry(declined));
        Assert.Equal($"{key}.2", KeyOf(Retry(asked))); // Not answered yet.
        Assert.Empty(React(asked, Answer(CardPayment, $"{act}Declined"))); // A late word about the first.
        Assert.Equal("Failed", After(asked, Now(asked, Answer(CardPayment, $"{act}Approved"))).Phase);
        var twice = After(asked, Now(asked, Answer(CardPayment, $"{act}Declined")));
        Assert.Equal($"{key}.3", KeyOf(Retry(twice)));
    }

    private static bool NoEvidence(SagaEvent e) => e is not SagaEvent.CardAnswered;

    private static System.Collections.Immutable.ImmutableArray<SagaEvent> Retry(Saga saga) => Assert.IsType<Decision<SagaEvent>.Accepted>(
        Engine.Decide(saga, SagaIntervention.Retry, "olga", "again", Start)).Events;

    private static string KeyOf(IEnumerable<SagaEvent> events) => events.OfType<SagaEvent.CardCommanded>().Single().Command.Key;
}
