using System.Globalization;
using System.Text;

namespace Payments.SagaService.Sagas;

/// <summary>What a saga waits for, in one sentence for people. Times are UTC.</summary>
/// <param name="Awaits">For example <c>FundsCredited from wallet …</c>.</param>
/// <param name="RefusalCode">What it was last refused with, though it must not be.</param>
/// <param name="Card">What is to be asked of the card processor; null when nothing is.</param>
internal sealed record WaitingReason(
    string Awaits,
    DateTimeOffset Since,
    DateTimeOffset Deadline,
    int Attempt,
    bool Overdue,
    string? RefusalCode,
    bool CompensationRequested,
    WaitingReason.CardCall? Card)
{
    /// <param name="Trouble">Why the outcome of the last call is not known.</param>
    /// <param name="BreakerOpenUntil">Set while nothing is sent to the processor at all.</param>
    public sealed record CardCall(DateTimeOffset DueAt, string? Trouble, DateTimeOffset? BreakerOpenUntil);

    public string Say(DateTimeOffset now)
    {
        var text = new StringBuilder();
        if (Overdue)
        {
            text.Append(CultureInfo.InvariantCulture, $"overdue since {Clock(Deadline, now)}: ");
            text.Append(CultureInfo.InvariantCulture, $"waiting for {Awaits} since {Clock(Since, now)}, {Asked()}");
        }
        else if (RefusalCode is not null && Deadline > now && Card is null)
        {
            text.Append(CultureInfo.InvariantCulture, $"refused with {RefusalCode}, tried again in {Span(Deadline - now)}: ");
            text.Append(CultureInfo.InvariantCulture, $"waiting for {Awaits} since {Clock(Since, now)}, {Asked()}");
        }
        else
        {
            text.Append(CultureInfo.InvariantCulture, $"waiting for {Awaits} since {Clock(Since, now)}");
            text.Append(Attempt > 1 ? $", {Asked()}" : "");
            text.Append(Deadline > now ? $", deadline in {Span(Deadline - now)}" : ", deadline is over");
        }

        text.Append(Overdue && RefusalCode is not null ? $"; last refused with {RefusalCode}" : "");
        text.Append(CardWords(now));
        text.Append(CompensationRequested ? "; is undone as soon as the answer is known" : "");
        return text.ToString();
    }

    private string CardWords(DateTimeOffset now) => Card switch
    {
        { BreakerOpenUntil: { } until } when until > now => $"; the card processor is down: breaker open until {Clock(until, now)}",
        { BreakerOpenUntil: { } } => "; the card processor was down: the next call tries it out",
        { Trouble: { } trouble } call when call.DueAt > now =>
            $"; the outcome is not known ({trouble}), looked up again in {Span(call.DueAt - now)}",
        { Trouble: { } trouble } => $"; the outcome is not known ({trouble}), being looked up",
        _ => "",
    };

    private string Asked() => Attempt == 1 ? "asked once" : $"asked {Attempt} times";

    private static string Clock(DateTimeOffset at, DateTimeOffset now) =>
        at.UtcDateTime.ToString(
            at.UtcDateTime.Date == now.UtcDateTime.Date ? "HH:mm:ss" : "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private static string Span(TimeSpan span) => span.TotalSeconds < 120
        ? $"{Math.Ceiling(span.TotalSeconds)} s"
        : span.TotalMinutes < 120 ? $"{Math.Round(span.TotalMinutes)} min" : $"{Math.Round(span.TotalHours)} h";
}
