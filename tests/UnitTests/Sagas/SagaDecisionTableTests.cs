using Payments.Domain;
using Payments.Domain.Payments;
using Payments.Domain.Sagas;
using Payments.Domain.Wallets;
using static UnitTests.Sagas.SagaScenario;

namespace UnitTests.Sagas;

/// <summary>
/// Where every signal leads from every phase; a dash is a signal that is ignored, as is any that has no line. «refused» is a refusal
/// where there must be none: the saga stays, and asks again later.
/// </summary>
public sealed class SagaDecisionTableTests
{
    private const string WalletPayment =
        """
        signal                | Holding   | Crediting | Capturing | Reversing | Releasing | Completed | Failed
        FundsHeld             | Crediting | -         | -         | -         | -         | -         | -
        FundsInsufficient     | Failed    | -         | -         | -         | -         | -         | -
        HoldRefused           | Failed    | -         | -         | -         | -         | -         | -
        FundsCredited         | -         | Capturing | -         | -         | -         | -         | -
        CreditRefused         | -         | Releasing | -         | -         | -         | -         | -
        HoldCaptured          | -         | -         | Completed | -         | -         | -         | -
        CaptureRefused        | -         | -         | Reversing | -         | -         | -         | -
        HoldReleased          | -         | -         | -         | -         | Failed    | -         | -
        HoldNotOpen           | -         | -         | -         | -         | Failed    | -         | -
        CreditReversed        | -         | -         | -         | Releasing | -         | -         | -
        CreditReversalRefused | -         | -         | -         | refused   | -         | -         | -
        """;

    private const string CardPayment =
        """
        signal            | Authorising   | CapturingCard | Crediting     | RefundingCard | Voiding | Completed | Failed
        FundsCredited     | -             | -             | Completed     | -             | -       | -         | -
        CreditRefused     | -             | -             | RefundingCard | -             | -       | -         | -
        AuthoriseApproved | CapturingCard | -             | -             | -             | -       | -         | -
        AuthoriseDeclined | Failed        | -             | -             | -             | -       | -         | -
        CaptureApproved   | -             | Crediting     | -             | -             | -       | -         | -
        CaptureDeclined   | -             | Voiding       | -             | -             | -       | -         | -
        VoidApproved      | -             | -             | -             | -             | Failed  | -         | -
        VoidDeclined      | -             | -             | -             | -             | refused | -         | -
        RefundApproved    | -             | -             | -             | Failed        | -       | -         | -
        RefundDeclined    | -             | -             | -             | refused       | -       | -         | -
        """;

    private const string CreditFirst =
        """
        signal                | Authorising | Crediting     | CapturingCard | Reversing | Voiding | Completed | Failed
        FundsCredited         | -           | CapturingCard | -             | -         | -       | -         | -
        CreditRefused         | -           | Voiding       | -             | -         | -       | -         | -
        CreditReversed        | -           | -             | -             | Voiding   | -       | -         | -
        CreditReversalRefused | -           | -             | -             | refused   | -       | -         | -
        AuthoriseApproved     | Crediting   | -             | -             | -         | -       | -         | -
        AuthoriseDeclined     | Failed      | -             | -             | -         | -       | -         | -
        CaptureApproved       | -           | -             | Completed     | -         | -       | -         | -
        CaptureDeclined       | -           | -             | Reversing     | -         | -       | -         | -
        VoidApproved          | -           | -             | -             | -         | Failed  | -         | -
        VoidDeclined          | -           | -             | -             | -         | refused | -         | -
        """;

    private const string CardRefund =
        """
        signal            | Holding       | RefundingCard | Capturing | Releasing | Completed | Failed
        FundsHeld         | RefundingCard | -             | -         | -         | -         | -
        FundsInsufficient | Failed        | -             | -         | -         | -         | -
        HoldRefused       | Failed        | -             | -         | -         | -         | -
        HoldCaptured      | -             | -             | Completed | -         | -         | -
        CaptureRefused    | -             | -             | refused   | -         | -         | -
        HoldReleased      | -             | -             | -         | Failed    | -         | -
        HoldNotOpen       | -             | -             | -         | Failed    | -         | -
        RefundApproved    | -             | Capturing     | -         | -         | -         | -
        RefundDeclined    | -             | Releasing     | -         | -         | -         | -
        """;

    [Theory]
    [InlineData("wallet-payment", WalletPayment)]
    [InlineData("transfer", WalletPayment)]
    [InlineData("card-payment-v2", CardPayment)]
    [InlineData("card-payment", CreditFirst)]
    [InlineData("wallet-refund", WalletPayment)]
    [InlineData("card-refund", CardRefund)]
    public void Every_signal_in_every_phase_leads_where_the_table_says(string name, string table)
    {
        var course = Named(name);
        var phases = Phases(course);
        string[][] happened =
        [
            ["signal", .. phases],
            .. Signals(course).Select(signal => (string[])[signal.Name, .. phases.Select(phase => Led(At(course, phase), signal))])
                .Where(line => line.Skip(1).Any(to => to != "-")),
        ];

        Assert.Equal(table.Split('\n').Select(line => line.Split('|', StringSplitOptions.TrimEntries)), happened);
    }

    /// <summary>Silence is not an answer: what was awaited still counts, however late.</summary>
    [Theory]
    [MemberData(nameof(SagaScenario.Names), MemberType = typeof(SagaScenario))]
    public void An_overdue_saga_goes_where_the_answer_would_have_led_in_time(string name)
    {
        var course = Named(name);
        Assert.All(Phases(course).Where(phase => !At(course, phase).HasEnded), phase => Assert.All(Signals(course), signal =>
        {
            var inTime = At(course, phase);
            var late = Fold(inTime, [new SagaEvent.WentOverdue(phase, Start)]);

            Assert.Equal(React(inTime, signal), React(late, signal));
            if (After(inTime, signal).Phase != phase)
            {
                Assert.Equal(After(inTime, signal), After(late, signal));
            }
        }));
    }

    private static Signal[] Signals(Course course) =>
    [
        .. Answers(course.Terms.Operation, course.Terms.Amount),
        course.Begins,
        new Signal.OfPayment(new PaymentEvent.Completed(Paid)),
        new Signal.OfPayment(new PaymentEvent.Failed(Paid, "x")),
        new Signal.OfPayment(new PaymentEvent.RefundCompleted(Paid, Refund, Euro(1))),
        new Signal.OfPayment(new PaymentEvent.RefundFailed(Paid, Refund, "x")),
        new Signal.OfWallet(new WalletEvent.Opened(Anna, UserId.Parse("anna"), Currency.Parse("EUR"))),
        new Signal.OfWallet(new WalletEvent.Deposited(new MovementId(Paid.Value), Euro(1), null)),
        new Signal.OfWallet(new WalletEvent.Withdrawn(new MovementId(Paid.Value), Euro(1), null, null)),
        new Signal.OfWallet(new WalletEvent.Frozen("x")),
        new Signal.OfWallet(new WalletEvent.Unfrozen("x")),
        new Signal.OfWallet(new WalletEvent.OverdraftSet(Euro(1))),
    ];

    private static string Led(Saga saga, Signal signal) => React(saga, signal).Except(Evidence(signal)).ToArray() switch
    {
        [] => "-",
        [SagaEvent.StepRefused] => "refused",
        [SagaEvent.Moved moved, _] => moved.To,
        var other => throw new UnreachableStateException(saga, other),
    };
}
