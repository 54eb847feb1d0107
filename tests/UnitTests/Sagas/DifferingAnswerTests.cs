using Payments.Domain;
using Payments.Domain.Sagas;
using Payments.Domain.Wallets;
using static UnitTests.Sagas.SagaScenario;

namespace UnitTests.Sagas;

/// <summary>
/// An answer about another amount, currency, hold or wallet than was asked for is neither success nor refusal: the saga stops where it is
/// and shows itself to a person at once.
/// </summary>
public sealed class DifferingAnswerTests
{
    private static readonly WalletId Stranger = new(new Guid(9, 0, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 0));

    [Fact]
    public void An_answer_of_another_amount_or_currency_moves_no_saga_on() => Assert.All(
        Stops.Where(place => place.Stop.Phase != SagaPhases.Voiding), // Undone is what was there, which may be nothing.
        place => Assert.All(
            [Euro(1), Euro(place.Course.Terms.Amount.Minor + 1), place.Course.Terms.Amount with { Currency = Currency.Parse("USD") }],
            amount => Stopped(place.Course, place.Stop, With(place.Stop.Done, amount))));

    [Fact]
    public void An_answer_of_another_wallet_moves_no_saga_on() => Assert.All(
        Stops.Where(place => place.Stop.Done is Signal.OfWallet),
        place => Stopped(place.Course, place.Stop, ((Signal.OfWallet)place.Stop.Done) with { From = Stranger }));

    [Fact]
    public void An_answer_about_another_hold_moves_no_saga_on()
    {
        var (course, stop) = (WalletPayment, WalletPayment.Way[0]);
        var held = (WalletEvent.FundsHeld)((Signal.OfWallet)stop.Done).Event;

        Stopped(course, stop, new Signal.OfWallet(held with { Hold = new HoldId(Stranger.Value) }));
    }

    [Fact]
    public void The_wallet_that_was_asked_is_heard() => Assert.All(
        Stops.Where(place => place.Stop.Done is Signal.OfWallet),
        place =>
        {
            var (course, stop) = place;
            var asked = ((SagaEvent.WalletCommanded)stop.Asks).Command switch
            {
                WalletCommand.Hold c => c.Wallet,
                WalletCommand.Capture c => c.Wallet,
                WalletCommand.Credit c => c.Wallet,
                WalletCommand.ReverseCredit c => c.Wallet,
                WalletCommand.Release c => c.Wallet,
                var other => throw new UnreachableStateException(other, null),
            };
            Assert.Equal(
                After(At(course, stop.Phase), stop.Done),
                After(At(course, stop.Phase), ((Signal.OfWallet)stop.Done) with { From = asked }));
        });

    private static void Stopped(Course course, Stop stop, Signal differing)
    {
        var saga = At(course, stop.Phase);

        var events = React(saga, differing);
        Assert.Equal(
            [
                .. Evidence(differing), new SagaEvent.StepRefused(stop.Phase, "answer_differs", Start),
                new SagaEvent.WentOverdue(stop.Phase, Start),
            ],
            events);
        var stopped = Fold(saga, events);
        Assert.Equal((stop.Phase, true, "answer_differs"), (stopped.Phase, stopped.Overdue, stopped.RefusalCode));

        // Once is enough; no clock moves it; and the answer to what was asked still does.
        Assert.Equal(Evidence(differing), React(stopped, differing));
        Assert.Empty(React(stopped, Late(stop.Phase), Start.AddDays(1)));
        Assert.Equal(After(saga, stop.Done).Phase, After(stopped, stop.Done).Phase);
    }

    private static Signal With(Signal done, Money amount) => done switch
    {
        Signal.OfCard { Answer: var answer } => new Signal.OfCard(answer with { Amount = amount }),
        Signal.OfWallet { Event: var e } => new Signal.OfWallet(e switch
        {
            WalletEvent.FundsHeld held => held with { Amount = amount },
            WalletEvent.FundsCredited credited => credited with { Amount = amount },
            WalletEvent.HoldCaptured captured => captured with { Amount = amount },
            WalletEvent.HoldReleased released => released with { Amount = amount },
            WalletEvent.CreditReversed reversed => reversed with { Amount = amount },
            var other => throw new UnreachableStateException(other, null),
        }),
        var other => throw new UnreachableStateException(other, null),
    };
}
