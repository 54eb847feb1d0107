using Payments.CardProcessor.Books;
using Payments.CardProcessor.Faults;
using static Payments.CardProcessor.Books.OperationStatus;

namespace UnitTests.CardProcessor;

public sealed class AcquirerTests
{
    private readonly BooksScenario _acquirer = new();

    [Fact]
    public void An_authorisation_is_entered_with_all_that_was_asked()
    {
        var operation = _acquirer.Entered(new ProcessorRequest.Authorise("order-1", CardTokens.Ok, 1_000, "EUR", "Order 1"));

        Assert.Equal(
            new Operation("order-1", OperationKind.Authorise, Approved, null, BooksScenario.Id(1), 1_000, "EUR", BooksScenario.Start, 1),
            operation);
        Assert.Equal(
            new Authorisation(BooksScenario.Id(1), "order-1", CardTokens.Ok, "EUR", 1_000, 0, 0, false, "Order 1"),
            Assert.Single(_acquirer.Books.Authorisations));
    }

    [Theory]
    [InlineData(CardTokens.Declined, ProcessorCodes.CardDeclined)]
    [InlineData("tok_stolen", ProcessorCodes.UnknownToken)]
    public void A_card_that_does_not_pay_is_declined_and_nothing_is_authorised(string token, string code)
    {
        var operation = _acquirer.Authorise(1_000, token);

        Assert.Equal(
            new Operation("key-1", OperationKind.Authorise, Declined, code, null, 1_000, "EUR", BooksScenario.Start, 1), operation);
        Assert.Empty(_acquirer.Books.Authorisations);
    }

    [Fact]
    public void Captures_in_parts_end_at_what_was_authorised_and_the_rest_can_be_voided()
    {
        _acquirer.Authorise(1_000);

        Assert.Equal([(Approved, null), (Approved, null), (Declined, ProcessorCodes.AmountExceedsAuthorised)], Codes(
            _acquirer.Capture(400), _acquirer.Capture(500), _acquirer.Capture(101)));
        Assert.Equal(AuthorisationStatus.PartiallyCaptured, Authorisation.Status);
        Assert.Equal((Approved, null, 100), Told(_acquirer.Void()));
        Assert.Equal((Declined, ProcessorCodes.AlreadyVoided, 50), Told(_acquirer.Capture(50)));
        Assert.Equal((900, 0, AuthorisationStatus.Captured), (Authorisation.Captured, Authorisation.Open, Authorisation.Status));
    }

    [Fact]
    public void A_void_gives_everything_back_once_and_not_what_was_captured()
    {
        _acquirer.Authorise(1_000);
        _acquirer.Authorise(500);
        _acquirer.Capture(500, of: 2);

        Assert.Equal((Approved, null, 1_000), Told(_acquirer.Void()));
        Assert.Equal((Declined, ProcessorCodes.AlreadyVoided, 0), Told(_acquirer.Void()));
        Assert.Equal((Declined, ProcessorCodes.AlreadyCaptured, 0), Told(_acquirer.Void(of: 2)));
        Assert.Equal(AuthorisationStatus.Voided, Authorisation.Status);
    }

    [Fact]
    public void Refunds_in_parts_end_at_what_was_captured()
    {
        _acquirer.Authorise(1_000);
        _acquirer.Capture(600);

        Assert.Equal(
            [
                (Approved, null), (Declined, ProcessorCodes.AmountExceedsCaptured),
                (Approved, null), (Declined, ProcessorCodes.AmountExceedsCaptured),
            ],
            Codes(_acquirer.Refund(200), _acquirer.Refund(401), _acquirer.Refund(400), _acquirer.Refund(1)));
    }

    [Fact]
    public void Another_currency_than_the_authorisations_is_refused()
    {
        _acquirer.Authorise(1_000);

        (OperationStatus, string?)[] refusedThenDone = [(Declined, ProcessorCodes.CurrencyMismatch), (Approved, null)];

        Assert.Equal(refusedThenDone, Codes(_acquirer.Capture(500, "USD"), _acquirer.Capture(500, "EUR")));
        Assert.Equal(refusedThenDone, Codes(_acquirer.Refund(500, "USD"), _acquirer.Refund(500, "EUR")));
    }

    [Fact]
    public void What_does_not_exist_cannot_be_captured_voided_or_refunded()
    {
        Assert.All(
            Codes(_acquirer.Capture(1), _acquirer.Void(), _acquirer.Refund(1)),
            told => Assert.Equal((Declined, ProcessorCodes.AuthorisationNotFound), told));
    }

    [Fact]
    public void A_reversal_voids_what_was_made_under_the_key()
    {
        _acquirer.Authorise(1_000, key: "order-1");

        Assert.Equal((Approved, ProcessorCodes.Voided, 1_000), Told(_acquirer.Reverse("order-1")));
        Assert.Equal((Approved, ProcessorCodes.NothingToReverse, 0), Told(_acquirer.Reverse("order-1")));
        Assert.Equal(AuthorisationStatus.Voided, Authorisation.Status);
    }

    [Fact]
    public void A_reversal_that_comes_first_closes_the_key()
    {
        Assert.Equal((Approved, ProcessorCodes.NothingToReverse, 0), Told(_acquirer.Reverse("order-1")));
        Assert.Equal((Declined, ProcessorCodes.Reversed, 1_000), Told(_acquirer.Authorise(1_000, key: "order-1")));
        Assert.Equal((Approved, ProcessorCodes.NothingToReverse, 0), Told(_acquirer.Reverse("order-1")));
        Assert.Empty(_acquirer.Books.Authorisations);
    }

    [Fact]
    public void A_reversal_of_what_was_captured_is_refused()
    {
        _acquirer.Authorise(1_000, key: "order-1");
        _acquirer.Capture(1);

        Assert.Equal((Declined, ProcessorCodes.AlreadyCaptured, 0), Told(_acquirer.Reverse("order-1")));
        Assert.Equal(999, Authorisation.Open);
    }

    [Fact]
    public void A_reversal_is_about_authorisations_only()
    {
        _acquirer.Authorise(1_000);
        var capture = _acquirer.Capture(1);

        Assert.Equal((Declined, ProcessorCodes.NotAnAuthorisation, 0), Told(_acquirer.Reverse(capture.Key)));
    }

    [Fact]
    public void A_key_gives_its_first_answer_again_and_serves_no_other_request()
    {
        var request = new ProcessorRequest.Authorise("order-1", CardTokens.Ok, 1_000, "EUR");
        var first = _acquirer.Entered(request);

        Assert.Equal(first, _acquirer.Entered(request));
        Assert.IsType<Reply.KeyReused>(_acquirer.Execute(request with { Reference = "" }));
        Assert.IsType<Reply.KeyReused>(_acquirer.Execute(new ProcessorRequest.Void("order-1", BooksScenario.Id(1))));
        Assert.Single(_acquirer.Books.Operations);
    }

    [Fact]
    public void The_answer_of_a_card_that_times_out_is_lost_once()
    {
        var request = new ProcessorRequest.Authorise("order-1", CardTokens.Timeout, 1_000, "EUR");

        var lost = Assert.IsType<Reply.Lost>(_acquirer.Execute(request)).Operation;
        Assert.Equal((Approved, lost), (lost.Status, _acquirer.Books.Find("order-1")));
        Assert.Equal(lost, _acquirer.Entered(request));
    }

    [Fact]
    public void A_flaky_card_fails_twice_before_any_effect_and_then_pays()
    {
        var request = new ProcessorRequest.Authorise("order-1", CardTokens.Flaky, 1_000, "EUR");

        Assert.IsType<Reply.Failed>(_acquirer.Execute(request));
        Assert.IsType<Reply.Failed>(_acquirer.Execute(request));
        Assert.Null(_acquirer.Books.Find("order-1"));
        Assert.Equal((Approved, null, 1_000), Told(_acquirer.Entered(request)));
    }

    [Fact]
    public void A_card_of_a_processor_that_is_down_has_no_effect_ever()
    {
        var request = new ProcessorRequest.Authorise("order-1", CardTokens.Down, 1_000, "EUR");

        Assert.All(Enumerable.Range(0, 3), _ => Assert.IsType<Reply.Unavailable>(_acquirer.Execute(request)));
        Assert.Empty(_acquirer.Books.Operations);
    }

    [Fact]
    public void A_decline_by_order_has_no_effect()
    {
        var decline = new RequestFaults(Decline: true);
        _acquirer.Authorise(1_000, key: "order-1");

        ProcessorRequest[] requests =
        [
            new ProcessorRequest.Authorise("a", CardTokens.Ok, 1, "EUR"), new ProcessorRequest.Capture("b", BooksScenario.Id(1), 1),
            new ProcessorRequest.Void("c", BooksScenario.Id(1)), new ProcessorRequest.Reverse("d", "order-1"),
        ];
        Assert.All(requests, request =>
        {
            var operation = _acquirer.Entered(request, decline);
            Assert.Equal((Declined, ProcessorCodes.Declined), (operation.Status, operation.Code));
        });
        Assert.Equal(1_000, Authorisation.Open);
    }

    private Authorisation Authorisation => _acquirer.Books.Find(BooksScenario.Id(1))!;

    private static IEnumerable<(OperationStatus, string?)> Codes(params Operation[] operations) =>
        operations.Select(o => (o.Status, o.Code));

    private static (OperationStatus, string?, long) Told(Operation o) => (o.Status, o.Code, o.Amount);
}
