using Payments.Domain;
using Payments.Domain.Sagas;
using static UnitTests.Sagas.SagaScenario;

namespace UnitTests.Sagas;

/// <summary>A stream that cannot have come from the engine is corrupt: folding it stops.</summary>
public sealed class SagaFoldingTests
{
    private static readonly SagaEvent Acted = new SagaEvent.OperatorActed(SagaIntervention.Retry, "olga", "why");

    private static readonly SagaEvent Answered =
        new SagaEvent.CardAnswered(((Signal.OfCard)CardPayment.Way[0].Done).Answer);

    [Fact]
    public void Nothing_happens_to_a_saga_before_it_is_started() => Assert.All(
        [.. Of("Holding"), Acted, Answered, WalletPayment.Way[0].Asks, CardPayment.Way[0].Asks, WalletPayment.TellsCompleted],
        e => IsCorrupt(null, e));

    [Fact]
    public void A_saga_is_started_once() => Assert.All(All, course => Assert.All(
        Phases(course), phase => IsCorrupt(At(course, phase), new SagaEvent.Started(course.Name, course.Terms))));

    [Fact]
    public void Nothing_but_orders_happens_to_a_saga_that_has_ended() => Assert.All(All, course => Assert.All(
        ["Completed", "Failed"], phase => Assert.All([.. Of(phase), Acted, Answered], e => IsCorrupt(At(course, phase), e))));

    [Fact]
    public void What_happens_in_a_phase_happens_in_the_phase_that_the_saga_is_in() => Assert.All(
        Of("Crediting").Where(e => e is not SagaEvent.Moved), e => IsCorrupt(At(WalletPayment, "Holding"), e));

    [Theory]
    [MemberData(nameof(SagaScenario.Names), MemberType = typeof(SagaScenario))]
    public void The_phases_of_a_definition_differ_and_are_its_own(string name)
    {
        var definition = Engine.Definitions.Named(name);
        var undoing = definition.Steps.Reverse().Select(step => step.Undo?.Phase).OfType<string>();
        string[] phases = [.. definition.Steps.Select(step => step.Do.Phase), .. undoing];

        Assert.Equal<string[]>(Phases(Named(name)), [.. phases, "Completed", "Failed"]);
        Assert.Distinct(phases);
        Assert.All(phases, phase => Assert.Equal(phase, definition.RequestIn(phase).Phase));
        Assert.Equal(
            $"A saga of '{name}' has no phase 'Elsewhere'. (Parameter 'phase')",
            Assert.Throws<ArgumentException>(() => definition.Find("Elsewhere")).Message);
    }

    [Fact]
    public void A_definition_that_does_not_exist_is_a_mistake() => Assert.Equal(
        "There is no saga 'elsewhere'. (Parameter 'name')",
        Assert.Throws<ArgumentException>(() => Engine.Definitions.Named("elsewhere")).Message);

    [Fact]
    public void Every_definition_has_a_course_here() =>
        Assert.Equal(Engine.Definitions.All.Select(d => d.Name), All.Select(course => course.Name));

    /// <summary>For the console: what an operator reads about a saga that waits.</summary>
    [Fact]
    public void What_is_waited_for_is_told_in_words() => Assert.Equal(
        [
            $"wallet-payment Holding: FundsHeld from wallet {Anna}",
            $"wallet-payment Crediting: FundsCredited from wallet {Ben}",
            $"wallet-payment Capturing: HoldCaptured from wallet {Anna}",
            $"wallet-payment Reversing: CreditReversed from wallet {Ben}",
            $"wallet-payment Releasing: HoldReleased from wallet {Anna}",
            "card-payment-v2 Authorising: the card processor's answer to authorise",
            "card-payment-v2 CapturingCard: the card processor's answer to capture",
            $"card-payment-v2 Crediting: FundsCredited from wallet {Ben}",
            "card-payment-v2 RefundingCard: the card processor's answer to refund",
            "card-payment-v2 Voiding: the card processor's answer to void",
            $"card-refund Holding: FundsHeld from wallet {Ben}",
            "card-refund RefundingCard: the card processor's answer to refund",
            $"card-refund Capturing: HoldCaptured from wallet {Ben}",
            $"card-refund Releasing: HoldReleased from wallet {Ben}",
        ],
        Stops.Where(place => place.Course.Name is "wallet-payment" or "card-payment-v2" or "card-refund").Select(place =>
        {
            var (course, stop) = place;
            return $"{course} {stop.Phase}: {Engine.Definitions.Named(course.Name).RequestIn(stop.Phase).Awaits(course.Terms)}";
        }));

    private static SagaEvent[] Of(string phase) =>
    [
        new SagaEvent.Moved(phase, "x", Start, null), new SagaEvent.Retried(phase, "x", 2, Start),
        new SagaEvent.StepRefused(phase, "x", Start), new SagaEvent.WentOverdue(phase, Start), new SagaEvent.CompensationRequested(phase),
    ];

    private static void IsCorrupt(Saga? saga, SagaEvent e) => Assert.Throws<UnreachableStateException>(() => Saga.Evolve(saga, e));
}
