using Payments.SagaService.Sagas;

namespace UnitTests.SagaService;

public sealed class WaitingReasonTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 31, 12, 5, 0, TimeSpan.Zero);

    private static readonly WaitingReason Waiting = new(
        "FundsCredited from wallet w", Now.AddMinutes(-2), Now.AddSeconds(40), Attempt: 1, Overdue: false, RefusalCode: null,
        CompensationRequested: false, Card: null);

    [Fact]
    public void It_says_what_is_awaited_since_when_and_until_when() =>
        Assert.Equal("waiting for FundsCredited from wallet w since 12:03:00, deadline in 40 s", Waiting.Say(Now));

    [Fact]
    public void It_says_how_often_it_was_asked_and_that_the_deadline_is_over() =>
        Assert.Equal(
            "waiting for FundsCredited from wallet w since 2026-01-30 12:05:00, asked 2 times, deadline is over",
            (Waiting with { Attempt = 2, Since = Now.AddDays(-1), Deadline = Now }).Say(Now));

    [Fact]
    public void It_says_since_when_it_is_overdue() =>
        Assert.Equal(
            "overdue since 12:04:00: waiting for FundsCredited from wallet w since 12:03:00, asked 3 times",
            (Waiting with { Attempt = 3, Overdue = true, Deadline = Now.AddMinutes(-1) }).Say(Now));

    [Fact]
    public void It_says_what_it_was_refused_with_and_when_it_is_tried_again() =>
        Assert.Equal(
            "refused with insufficient_funds, tried again in 20 s: waiting for FundsCredited from wallet w since 12:03:00, asked once",
            (Waiting with { RefusalCode = "insufficient_funds", Deadline = Now.AddSeconds(20) }).Say(Now));

    [Fact]
    public void It_says_that_the_card_processor_is_down() =>
        Assert.Equal(
            "waiting for FundsCredited from wallet w since 12:03:00, deadline in 40 s; " +
            "the card processor is down: breaker open until 12:05:30",
            (Waiting with { Card = new(Now, "no answer", Now.AddSeconds(30)) }).Say(Now));

    [Fact]
    public void It_says_why_an_outcome_is_not_known_and_that_it_will_be_undone() =>
        Assert.Equal(
            "waiting for FundsCredited from wallet w since 12:03:00, deadline in 40 s; " +
            "the outcome is not known (no answer), looked up again in 3 s; is undone as soon as the answer is known",
            (Waiting with { Card = new(Now.AddSeconds(2.5), "no answer", null), CompensationRequested = true }).Say(Now));
}
