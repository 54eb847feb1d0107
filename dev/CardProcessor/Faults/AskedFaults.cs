using System.Globalization;

namespace Payments.CardProcessor.Faults;

/// <summary>What one request asks to go wrong with itself, in the header <see cref="Header"/>.</summary>
/// <remarks>
/// <code>
/// X-Fault   = directive *( "," [ SP ] directive )
/// directive = "latency=" 1*5DIGIT / "timeout-after-effect" / "decline" / "error-500" / "down"
/// </code>
/// Each directive once; latency in milliseconds, to 60000. <c>error-500</c> and <c>down</c> prevent an effect, so that they stand alone or
/// with latency; <c>decline</c> and <c>timeout-after-effect</c> are about an effect, so that they are for POST.
/// </remarks>
internal sealed record AskedFaults(
    int LatencyMs = 0, bool TimeoutAfterEffect = false, bool Decline = false, bool Error = false, bool Down = false)
{
    public const string Header = "X-Fault";

    public static readonly AskedFaults None = new();

    private bool ConcernsEffect => TimeoutAfterEffect || Decline;

    /// <param name="problem">What is wrong with the text, when it is.</param>
    public static AskedFaults? Parse(string text, bool hasEffect, out string? problem)
    {
        var asked = None;
        var seen = new HashSet<string>();
        foreach (var directive in text.Split(',').Select(part => part.Trim(' ')))
        {
            var name = directive.Split('=')[0];
            if (asked.With(directive) is not { } more || !seen.Add(name))
            {
                problem = "Must be a list of latency=<ms to 60000>, timeout-after-effect, decline, error-500, down, each once.";
                return null;
            }

            asked = more;
        }

        problem = asked switch
        {
            { Error: true, Down: true } => "error-500 and down exclude each other.",
            { ConcernsEffect: true } when asked.Error || asked.Down => "error-500 and down prevent the effect that the others are about.",
            { ConcernsEffect: true } when !hasEffect => "decline and timeout-after-effect are for POST.",
            _ => null,
        };
        return problem is null ? asked : null;
    }

    private AskedFaults? With(string directive) => directive switch
    {
        "timeout-after-effect" => this with { TimeoutAfterEffect = true },
        "decline" => this with { Decline = true },
        "error-500" => this with { Error = true },
        "down" => this with { Down = true },
        ['l', 'a', 't', 'e', 'n', 'c', 'y', '=', .. { Length: <= 5 } digits]
            when int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var ms) && ms <= FaultSettings.LatencyMsMax =>
            this with { LatencyMs = ms },
        _ => null,
    };
}
