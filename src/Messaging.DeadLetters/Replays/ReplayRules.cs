namespace Payments.Messaging.DeadLetters.Replays;

/// <summary>What has come of a replay so far.</summary>
/// <param name="RampApplied">Applied before the ramp began: it begins anew when one that was stopped is resumed.</param>
/// <param name="RampFailed">Failed before the ramp began.</param>
public readonly record struct ReplayCounts(int Total, int Applied, int Failed, int Skipped, int RampApplied, int RampFailed)
{
    /// <summary>What is not decided yet.</summary>
    public int Pending => Total - Applied - Failed - Skipped;

    /// <summary>Applied or failed on this ramp. What was skipped proves nothing.</summary>
    public int Done => Applied - RampApplied + (Failed - RampFailed);

    /// <summary>Failed on this ramp.</summary>
    public int DoneInVain => Failed - RampFailed;

    public ReplayCounts WithApplied() => this with { Applied = Applied + 1 };

    public ReplayCounts WithFailed() => this with { Failed = Failed + 1 };

    public ReplayCounts WithSkipped() => this with { Skipped = Skipped + 1 };
}

/// <summary>How a replay goes ahead: 1 message, then up to 5, then up to 25, then all; and when it stops by itself. Pure.</summary>
public static class ReplayRules
{
    public const int RatePerSecondMax = 10_000;

    /// <summary>Messages in one transaction at most: a few tens of milliseconds in which nobody else appends.</summary>
    public const int BatchMax = 100;

    private const int BatchesPerSecond = 5;

    private static readonly int[] StageEnds = [1, 5, 25];

    /// <summary>Stages by number: 1 (one message), 2 (up to 5), 3 (up to 25), 4 (all).</summary>
    public static int StageOf(ReplayCounts counts) => StageEnds.Count(end => counts.Done >= end) + 1;

    /// <summary>How many messages the next transaction may take.</summary>
    public static int BatchOf(ReplayCounts counts, int ratePerSecond) => Math.Min(
        Math.Clamp(ratePerSecond / BatchesPerSecond, 1, BatchMax),
        StageEnds.FirstOrDefault(end => counts.Done < end, int.MaxValue) - counts.Done);

    /// <summary>What follows from one more message being done.</summary>
    /// <param name="stopAtPercent">More failures than that, of what is done, are too many.</param>
    public static ReplayStep After(ReplayCounts counts, int stopAtPercent)
    {
        var atEndOfStage = StageEnds.Contains(counts.Done);
        var isLook = atEndOfStage || counts.Done > StageEnds[^1]; // In the last stage after each.
        return isLook && counts.DoneInVain * 100L > stopAtPercent * (long)counts.Done ? ReplayStep.Stop
            : atEndOfStage ? ReplayStep.Commit
            : ReplayStep.GoOn;
    }
}

/// <summary>What a replay does next.</summary>
public enum ReplayStep
{
    GoOn,

    /// <summary>A stage is over: what is done is stored before more is tried.</summary>
    Commit,

    /// <summary>Too many failures.</summary>
    Stop,
}
