namespace Payments.Messaging.Topics;

/// <summary>The phase in which the relays of this process write, now. May be set at any time, by any thread.</summary>
public sealed class SplitSwitch(SplitPhase phase = SplitPhase.Single)
{
    private volatile SplitPhase _phase = phase;

    public SplitPhase Phase
    {
        get => _phase;
        set => _phase = value;
    }

    /// <summary>Reads a phase as it is written in a configuration: <c>single</c>, <c>dual</c> or <c>split</c>.</summary>
    public static bool TryParse(string? text, out SplitPhase phase)
    {
        phase = default;
        return text is { Length: > 0 } && !char.IsAsciiDigit(text[0])
            && Enum.TryParse(text, ignoreCase: true, out phase) && Enum.IsDefined(phase);
    }
}
