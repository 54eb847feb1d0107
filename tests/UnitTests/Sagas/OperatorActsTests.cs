using Payments.Domain;
using Payments.Domain.Cards;
using Payments.Domain.Sagas;
using static UnitTests.Sagas.SagaScenario;

namespace UnitTests.Sagas;

/// <summary>What a person can do about a saga, in every phase of every kind.</summary>
public sealed class OperatorActsTests
{
    private const string WalletPayment =
        """
        phase     | Retry      | Compensate             | Complete
        Holding   | asks again | Releasing              | outcome_is_in_the_books
        Crediting | asks again | later                  | outcome_is_in_the_books
        Capturing | asks again | too_late_to_compensate | outcome_is_in_the_books
        Reversing | asks again | too_late_to_compensate | outcome_is_in_the_books
        Releasing | asks again | too_late_to_compensate | outcome_is_in_the_books
        Completed | saga_ended | saga_ended             | saga_ended
        Failed    | saga_ended | saga_ended             | saga_ended
        """;

    private const string CardPayment =
        """
        phase         | Retry      | Compensate             | Complete
        Authorising   | asks again | Voiding                | CapturingCard
        CapturingCard | asks again | later                  | Crediting
        Crediting     | asks again | too_late_to_compensate | outcome_is_in_the_books
        RefundingCard | asks again | too_late_to_compensate | Failed
        Voiding       | asks again | too_late_to_compensate | Failed
        Completed     | saga_ended | saga_ended             | saga_ended
        Failed        | saga_ended | saga_ended             | saga_ended
        """;

    private const string CreditFirst =
        """
        phase         | Retry      | Compensate             | Complete
        Authorising   | asks again | Voiding                | Crediting
        Crediting     | asks again | later                  | outcome_is_in_the_books
        CapturingCard | asks again | too_late_to_compensate | Completed
        Reversing     | asks again | too_late_to_compensate | outcome_is_in_the_books
        Voiding       | asks again | too_late_to_compensate | Failed
        Completed     | saga_ended | saga_ended             | saga_ended
        Failed        | saga_ended | saga_ended             | saga_ended
        """;

    private const string CardRefund =
        """
        phase         | Retry      | Compensate             | Complete
        Holding       | asks again | Releasing              | outcome_is_in_the_books
        RefundingCard | asks again | later                  | Capturing
        Capturing     | asks again | too_late_to_compensate | outcome_is_in_the_books
        Releasing     | asks again | too_late_to_compensate | outcome_is_in_the_books
        Completed     | saga_ended | saga_ended             | saga_ended
        Failed        | saga_ended | saga_ended             | saga_ended
        """;

    [Theory]
    [InlineData("wallet-payment", WalletPayment)]
    [InlineData("transfer", WalletPayment)]
    [InlineData("card-payment-v2", CardPayment)]
    [InlineData("card-payment", CreditFirst)]
    [InlineData("wallet-refund", WalletPayment)]
    [InlineData("card-refund", CardRefund)]
    public void Every_act_in_every_phase_does_what_the_table_says(string name, string table)
    {
        var (course, acts) = (Named(name), Enum.GetValues<SagaIntervention>());
        string[][] happened =
        [
            ["phase", .. acts.Select(act => $"{act}")],
            .. Phases(course).Select(phase => (string[])[phase, .. acts.Select(act => Led(At(course, phase), act))]),
        ];

        Assert.Equal(table.Split('\n').Select(line => line.Split('|', StringSplitOptions.TrimEntries)), happened);
    }

    [Fact]
    public void What_no_saga_is_about_cannot_be_acted_upon() => Assert.All(Enum.GetValues<SagaIntervention>(), act => Assert.Equal(
        new Decision<SagaEvent>.Refused(new Refusal("saga_not_found", "There is no such saga.")),
        Engine.Decide(null, act, "olga", "why", Start)));

    [Fact]
    public void A_retry_asks_the_same_again_with_all_attempts_anew() => Assert.All(Stops, place =>
    {
        var (course, stop) = place;
        var overdue = Fold(At(course, stop.Phase), [new SagaEvent.WentOverdue(stop.Phase, Start)]) with { Attempt = 3 };

        var events = Act(overdue, SagaIntervention.Retry);
        Assert.Equal(
            [Acted(SagaIntervention.Retry), new SagaEvent.Retried(stop.Phase, "Retry", 1, Start.AddSeconds(stop.Seconds)), stop.Asks],
            events);
        Assert.Equal(
            overdue with { Attempt = 1, Overdue = false, Deadline = Start.AddSeconds(stop.Seconds) }, Fold(overdue, events));
    });

    /// <summary>Whether the first step was done or not, its undoing is right: it begins at once.</summary>
    [Theory]
    [MemberData(nameof(SagaScenario.Names), MemberType = typeof(SagaScenario))]
    public void A_first_step_is_undone_before_its_answer_is_known(string name)
    {
        var course = Named(name);
        var (first, undo) = (At(course, course.Way[0].Phase), course.WayBack[^1]);

        var events = Act(first, SagaIntervention.Compensate);
        Assert.Equal([Acted(SagaIntervention.Compensate), Moved(undo, "Compensate", "compensated_by_operator"), undo.Asks], events);

        var undoing = Fold(first, events);
        Assert.Empty(React(undoing, course.Way[0].Done)); // Late, and undone as well.
        Assert.Equal("Failed", After(undoing, undo.Done).Phase);
    }

    [Theory]
    [InlineData("wallet-payment", "FundsCredited", "Reversing", "compensated_by_operator")]
    [InlineData("transfer", "FundsCredited", "Reversing", "compensated_by_operator")]
    [InlineData("card-payment-v2", "CaptureApproved", "RefundingCard", "compensated_by_operator")]
    [InlineData("card-payment-v2", "CaptureDeclined", "Voiding", "card_declined")]
    [InlineData("card-payment", "FundsCredited", "Reversing", "compensated_by_operator")]
    [InlineData("wallet-refund", "FundsCredited", "Reversing", "compensated_by_operator")]
    [InlineData("card-refund", "RefundApproved", "Capturing", null)] // The card has its money: there is no way back.
    [InlineData("wallet-payment", "CreditRefused", "Releasing", "wallet_frozen")]
    [InlineData("transfer", "CreditRefused", "Releasing", "wallet_frozen")]
    [InlineData("card-payment", "CreditRefused", "Voiding", "wallet_frozen")]
    [InlineData("wallet-refund", "CreditRefused", "Releasing", "wallet_frozen")]
    [InlineData("card-refund", "RefundDeclined", "Releasing", "card_declined")]
    public void A_later_step_is_undone_when_its_answer_is_known(string name, string answer, string to, string? code)
    {
        var course = Named(name);
        var (waiting, signal) = (At(course, course.Way[1].Phase), Answer(course, answer));
        SagaEvent[] requested = [Acted(SagaIntervention.Compensate), new SagaEvent.CompensationRequested(waiting.Phase)];
        Assert.Equal(requested, Act(waiting, SagaIntervention.Compensate));

        var asked = Fold(waiting, requested);
        Assert.Equal(waiting with { CompensationRequested = true }, asked);
        Assert.Equal([Acted(SagaIntervention.Compensate)], Act(asked, SagaIntervention.Compensate)); // Noted, and nothing new.

        var stop = course.Way.Concat(course.WayBack).Single(s => s.Phase == to);
        Assert.Equal([.. Evidence(signal), Moved(stop, answer, code), stop.Asks], React(asked, signal));
        Assert.False(After(asked, signal).CompensationRequested);
    }

    [Theory]
    [MemberData(nameof(SagaScenario.Names), MemberType = typeof(SagaScenario))]
    public void A_compensation_that_was_asked_for_outlasts_silence_and_retries(string name)
    {
        var (course, phase) = (Named(name), Named(name).Way[1].Phase);
        var asked = Fold(At(course, phase), [new SagaEvent.CompensationRequested(phase)]);
        var silent = asked;
        for (var i = 0; i < 3; i++)
        {
            silent = After(silent, Late(phase), silent.Deadline);
        }

        Assert.Equal((true, true, 3), (silent.Overdue, silent.CompensationRequested, silent.Attempt));
        Assert.Equal(React(asked, course.Way[1].Done), React(silent, course.Way[1].Done));
        Assert.True(Fold(silent, Act(silent, SagaIntervention.Retry)).CompensationRequested);
    }

    /// <summary>Else the books of the platform and of the processor would differ for ever.</summary>
    [Theory]
    [InlineData("card-payment-v2", "Authorising", CardAct.Authorise)]
    [InlineData("card-payment-v2", "CapturingCard", CardAct.Capture)]
    [InlineData("card-payment-v2", "RefundingCard", CardAct.Refund)]
    [InlineData("card-payment-v2", "Voiding", CardAct.Void)]
    [InlineData("card-payment", "Authorising", CardAct.Authorise)]
    [InlineData("card-payment", "CapturingCard", CardAct.Capture)]
    [InlineData("card-payment", "Voiding", CardAct.Void)]
    [InlineData("card-refund", "RefundingCard", CardAct.Refund)]
    public void What_a_person_declares_done_is_booked_as_an_answer_and_goes_on_like_one(string name, string phase, CardAct act)
    {
        var (course, saga) = (Named(name), At(Named(name), phase));
        var approved = React(saga, Approved(course.Terms.Operation, act, course.Terms.Amount));

        var events = Act(saga, SagaIntervention.Complete);

        Assert.Equal(
            [
                Acted(SagaIntervention.Complete),
                .. approved.Select(e => e switch
                {
                    SagaEvent.Moved moved => moved with { Because = "Complete" },
                    SagaEvent.CardAnswered answered => answered with { IsDeclared = true },
                    _ => e,
                }),
            ],
            events);
        Assert.Equal(Fold(saga, approved), Fold(saga, events));
    }

    private static SagaEvent.OperatorActed Acted(SagaIntervention act) => new SagaEvent.OperatorActed(act, "olga", "why");

    private static SagaEvent[] Act(Saga saga, SagaIntervention act) =>
        [.. Assert.IsType<Decision<SagaEvent>.Accepted>(Engine.Decide(saga, act, "olga", "why", Start)).Events];

    private static string Led(Saga saga, SagaIntervention act) => Engine.Decide(saga, act, "olga", "why", Start) switch
    {
        Decision<SagaEvent>.Refused refused => refused.Reason.Code,
        Decision<SagaEvent>.Accepted { Events: [_, .. var then] } => then.First(e => e is not SagaEvent.CardAnswered) switch
        {
            SagaEvent.Retried => "asks again",
            SagaEvent.CompensationRequested => "later",
            SagaEvent.Moved moved => moved.To,
            var other => throw new UnreachableStateException(saga, other),
        },
        var other => throw new UnreachableStateException(saga, other),
    };
}
