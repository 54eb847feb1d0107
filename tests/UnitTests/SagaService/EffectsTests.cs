using Payments.Domain;
using Payments.Domain.Sagas;
using Payments.SagaService.Operators;
using static UnitTests.Sagas.SagaScenario;

namespace UnitTests.SagaService;

/// <summary>What a person reads before acting is what will happen.</summary>
public sealed class EffectsTests
{
    [Fact]
    public void Compensating_before_the_answer_is_known_says_what_hangs_on_it()
    {
        Assert.Equal(
            ["Is undone as soon as the answer is known that it waits for: until then nobody knows what there is to undo."],
            Texts(At(CardPayment, "CapturingCard"), SagaIntervention.Compensate));
        Assert.Equal(
            ["Is undone if the answer that it waits for is no. If it is yes there is no way back, and it goes on."],
            Texts(At(CardRefund, "RefundingCard"), SagaIntervention.Compensate));
    }

    [Fact]
    public void Retrying_a_void_that_was_declined_says_that_it_is_a_new_request()
    {
        const string again = "Asks again, with all attempts anew: waits for the card processor's answer to void.";
        var voiding = At(CardPayment, "Voiding");
        Assert.Equal(
            [again, "The card processor is asked to let go what it set aside of 25.00 EUR, or never to do so."],
            Texts(voiding, SagaIntervention.Retry));
        Assert.Equal(
            [
                again,
                "The card processor is asked anew to let go what it set aside of 25.00 EUR: a request of its own, for it declined before."
            ],
            Texts(After(voiding, Answer(CardPayment, "VoidDeclined")), SagaIntervention.Retry));
    }

    private static IReadOnlyList<string> Texts(Saga saga, SagaIntervention act) => Effects.Texts(
        Engine.Definitions,
        saga,
        Assert.IsType<Decision<SagaEvent>.Accepted>(Engine.Decide(saga, act, "olga", "a test", Start)).Events);
}
