using FsCheck.Fluent;
using Payments.CardProcessor.Books;
using Payments.Domain;
using Payments.Domain.Cards;
using Payments.SagaService.Cards;
using UnitTests.Randomness;

namespace UnitTests.SagaService;

public sealed class CardCallerTests
{
    private static readonly OperationId Payment = new(Guid.Parse("0198c0de-0000-7000-8000-000000000001"));
    private static readonly OperationId Refund = new(Guid.Parse("0198c0de-0000-7000-8000-000000000002"));
    private static readonly Money Amount = new(1_000, Currency.Parse("EUR"));

    private readonly FaultyProcessor _processor = new();

    [Fact]
    public async Task What_was_never_asked_is_sent_at_once()
    {
        Assert.Equal(Done(CardAct.Authorise), await CallAsync(Authorise(), maybeAsked: false));

        Assert.Equal([$"send {Payment}.authorise"], _processor.Asked);
    }

    [Fact]
    public async Task What_may_have_been_asked_is_looked_up_and_not_sent_again_when_it_was_done()
    {
        _processor.Faults.Enqueue(Fault.AnswerLost);

        Assert.Equal(new CardOutcome.Unknown("no answer"), await CallAsync(Authorise(), maybeAsked: false));
        Assert.Equal(Done(CardAct.Authorise), await CallAsync(Authorise(), maybeAsked: true));

        Assert.Equal([$"send {Payment}.authorise", $"find {Payment}.authorise"], _processor.Asked);
    }

    [Fact]
    public async Task What_the_processor_knows_nothing_of_is_sent_with_the_same_key()
    {
        _processor.Faults.Enqueue(Fault.RequestLost);

        Assert.Equal(new CardOutcome.Unknown("no answer"), await CallAsync(Authorise(), maybeAsked: false));
        Assert.Equal(Done(CardAct.Authorise), await CallAsync(Authorise(), maybeAsked: true));

        Assert.Equal([$"send {Payment}.authorise", $"find {Payment}.authorise", $"send {Payment}.authorise"], _processor.Asked);
    }

    [Fact]
    public async Task A_look_up_without_an_answer_sends_nothing()
    {
        _processor.Faults.Enqueue(Fault.RequestLost);

        Assert.Equal(new CardOutcome.Unknown("no answer"), await CallAsync(Authorise(), maybeAsked: true));

        Assert.Equal([$"find {Payment}.authorise"], _processor.Asked);
    }

    [Fact]
    public async Task What_an_open_breaker_keeps_back_is_deferred()
    {
        _processor.Faults.Enqueue(Fault.BreakerOpen);

        Assert.Equal(new CardOutcome.Deferred("the breaker is open"), await CallAsync(Authorise(), maybeAsked: false));
    }

    [Fact]
    public async Task A_decline_is_an_answer_with_the_processors_code()
    {
        Assert.Equal(
            new CardOutcome.Answered(new CardAnswer(Payment, CardAct.Authorise, Amount, "card_declined")),
            await CallAsync(Authorise("tok_declined"), maybeAsked: false));
    }

    [Fact]
    public async Task Captures_and_refunds_find_the_authorisation_also_after_a_restart()
    {
        await CallAsync(Authorise(), maybeAsked: false);

        Assert.Equal(Done(CardAct.Capture), await CallAsync(new CardCommand.Capture(Payment, Amount), maybeAsked: false));
        Assert.Equal(
            new CardOutcome.Answered(new CardAnswer(Refund, CardAct.Refund, Amount, null)),
            await CallAsync(new CardCommand.Refund(Refund, new PaymentId(Payment.Value), Amount), maybeAsked: false));
    }

    [Fact]
    public async Task The_authorisation_is_looked_up_once_only()
    {
        var caller = new CardCaller(_processor);
        await caller.CallAsync(Authorise(), maybeAsked: false, TestContext.Current.CancellationToken);

        await caller.CallAsync(new CardCommand.Capture(Payment, Amount), maybeAsked: false, TestContext.Current.CancellationToken);

        Assert.Equal([$"send {Payment}.authorise", $"send {Payment}.capture"], _processor.Asked);
    }

    [Fact]
    public async Task Without_an_authorisation_a_capture_is_neither_done_nor_refused()
    {
        Assert.Equal(
            new CardOutcome.Unknown("the card processor knows of no authorisation to do this on"),
            await CallAsync(new CardCommand.Capture(Payment, Amount), maybeAsked: false));
        Assert.Empty(_processor.Books.Operations);
    }

    [Fact]
    public async Task A_void_says_what_it_gave_back()
    {
        var nothing = await CallAsync(new CardCommand.Void(Refund, Amount), maybeAsked: false);
        await CallAsync(Authorise(), maybeAsked: false);
        var all = await CallAsync(new CardCommand.Void(Payment, Amount), maybeAsked: false);

        Assert.Equal(new CardOutcome.Answered(new CardAnswer(Refund, CardAct.Void, Money.Zero(Amount.Currency), null)), nothing);
        Assert.Equal(Done(CardAct.Void), all);
    }

    [Fact]
    public async Task Another_amount_than_was_asked_for_is_no_answer()
    {
        await CallAsync(Authorise(), maybeAsked: false);

        var outcome = await CallAsync(new CardCommand.Authorise(Payment, CardToken.Parse("tok_ok"), Amount + Amount), maybeAsked: true);

        Assert.Equal(new CardOutcome.Unknown("the card processor did 1000 EUR where 2000 EUR was asked"), outcome);
    }

    [Fact]
    public void Whatever_is_lost_on_the_line_the_card_is_charged_once_and_the_answer_is_what_the_books_say() =>
        Invariant.HoldsForAll(Gen.Elements(Enum.GetValues<Fault>()).ListOf().ToArbitrary(), faults =>
        {
            var processor = new FaultyProcessor();
            foreach (var fault in faults)
            {
                processor.Faults.Enqueue(fault);
            }

            foreach (var command in new CardCommand[] { Authorise(), new CardCommand.Capture(Payment, Amount) })
            {
                var maybeAsked = false;
                CardOutcome outcome;
                do
                {
                    // A caller of its own each time: as after a crash, nothing is remembered.
                    outcome = new CardCaller(processor).CallAsync(command, maybeAsked, CancellationToken.None).GetAwaiter().GetResult();
                    maybeAsked |= outcome is CardOutcome.Unknown;
                }
                while (outcome is not CardOutcome.Answered);

                Assert.Equal(Done(command.Act), outcome);
            }

            Assert.Equal(
                [(OperationKind.Authorise, 1_000), (OperationKind.Capture, 1_000)],
                processor.Books.Operations.Select(o => (o.Kind, o.Amount)));
        });

    private static CardCommand.Authorise Authorise(string token = "tok_ok") => new(Payment, CardToken.Parse(token), Amount);

    private static CardOutcome.Answered Done(CardAct act) => new(new CardAnswer(Payment, act, Amount, null));

    private Task<CardOutcome> CallAsync(CardCommand command, bool maybeAsked) =>
        new CardCaller(_processor).CallAsync(command, maybeAsked, TestContext.Current.CancellationToken);
}
