namespace Payments.Operations.Invariants;

/// <summary>How often and how thoroughly a service looks at its invariants: the configuration section <c>Invariants</c>.</summary>
public sealed record InvariantOptions
{
    public const string Section = "Invariants";

    /// <summary>From the end of one look to the beginning of the next.</summary>
    public int EveryMs { get; init; } = 20_000;

    /// <summary>
    /// How long a finding must stand before it is an alert. Less than <see cref="EveryMs"/>, so that the second look decides: the worst
    /// case is two intervals and the look itself, well below a minute.
    /// </summary>
    public int GraceMs { get; init; } = 15_000;

    /// <summary>How long a reader of the log may stand still while events wait for it.</summary>
    public int StalledMs { get; init; } = 60_000;

    /// <summary>A look that takes longer is given up: it could not be checked.</summary>
    public int LookTimeoutMs { get; init; } = 30_000;

    /// <summary>Streams that the slow walk over all of them looks at in one look.</summary>
    public int WalkStreams { get; init; } = 2_000;

    /// <summary>
    /// Streams with new events, or with rows that were written lately, that one look takes at most. The walk comes to the others.
    /// </summary>
    public int ChangedStreamsMax { get; init; } = 4_000;

    /// <summary>Events that one look reads at most where it follows the log.</summary>
    public int EventsMax { get; init; } = 50_000;

    /// <summary>Tables of more rows are not counted, summed or compared as a whole any more, only walked over.</summary>
    public long WholeTableRowsMax { get; init; } = 1_000_000;

    internal TimeSpan Every => TimeSpan.FromMilliseconds(EveryMs);

    internal TimeSpan Grace => TimeSpan.FromMilliseconds(GraceMs);

    internal static bool IsValid(InvariantOptions o) =>
        o.EveryMs is >= 100 and <= 3_600_000
        && o.GraceMs is >= 0 and <= 3_600_000
        && o.StalledMs is >= 1_000 and <= 86_400_000
        && o.LookTimeoutMs is >= 1_000 and <= 600_000
        && o.WalkStreams is >= 1 and <= 100_000
        && o.ChangedStreamsMax is >= 1 and <= 100_000
        && o.EventsMax is >= 1_000 and <= 1_000_000
        && o.WholeTableRowsMax >= 0;
}
