using Payments.Console.Text;
using Payments.Contracts.Consumers;

namespace Payments.Console.Consumers;

/// <summary>Why a consumer does not keep up, and what mends it.</summary>
/// <param name="Words">A sentence for people.</param>
/// <param name="Href">Where it is mended; null: here, or outside the console.</param>
/// <param name="IsBad">A person is needed.</param>
public sealed record ConsumerStatusWords(string Words, bool IsBad, string? Href = null, string? Link = null);

/// <summary>Consumers in plain words. Pure.</summary>
public static class ConsumerWords
{
    /// <summary>Below this a lag is what is under way, not a trouble.</summary>
    public const long LagMuch = 500;

    public static ConsumerStatusWords Explain(ConsumersView c, DateTimeOffset now) => c switch
    {
        { State: "stopped", Members: [var last, ..] } => new(
            $"No instance of it was seen for {Figures.Span(now - last.SeenAt)}: start the service, and look at its log for why it stopped.",
            true),
        { State: "stopped" } => new("No instance of it was ever seen: start the service.", true),
        { State: "trouble" } => new(
            "It cannot go on now, and tries again: " +
                $"{c.Members.FirstOrDefault(m => m.Trouble is not null)?.Trouble ?? "no reason was told"}",
            true),
        { Paused: { } pause } => new($"{pause.By} has paused it {Figures.Span(now - pause.At)} ago: {pause.Reason}", true),
        { DeadKeys: > 0 } => new(
            $"{Count(c.DeadKeys, "key waits", "keys wait")} for a person behind a dead letter; the others go on.",
            true,
            "dead-letters",
            "Dead letters"),
        { RetriedKeys: > 0 } => new(
            $"{Count(c.RetriedKeys, "key fails", "keys fail")} and {(c.RetriedKeys == 1 ? "is" : "are")} tried again by itself; " +
                "the others go on.",
            false),
        { Lag: > LagMuch, RatePerSecond: >= 1 } => new(
            $"More comes than it handles, or it catches up: at {Figures.PerSecond(c.RatePerSecond)} a second this takes " +
                $"{Figures.Span(TimeSpan.FromSeconds(c.Lag / c.RatePerSecond))}.",
            true),
        { Lag: > LagMuch } => new("Messages wait and none is handled: look at the service's log and its database.", true),
        { Relay.Lag: > LagMuch } => new("Its events wait for the broker: look whether the broker can be reached.", true),
        _ => new("It keeps up.", false),
    };

    private static string Count(long count, string one, string many) => $"{Figures.Count(count)} {(count == 1 ? one : many)}";
}
