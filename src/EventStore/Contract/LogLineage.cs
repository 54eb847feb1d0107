namespace Payments.EventStore.Contract;

/// <summary>A part of a log that was appended without a restore in between. The next one begins where it ends.</summary>
/// <param name="BeginsAfter">Up to and with this position the log is that of the incarnations before.</param>
public sealed record LogIncarnation(Guid Id, long BeginsAfter);

/// <summary>
/// The incarnations that a log consists of. A position says which event is meant only together with its incarnation: after a restore to an
/// earlier moment the log fills the same positions with others.
/// </summary>
/// <remarks>
/// Each restart of the database server begins an incarnation, so most of them end without a loss. A restore shows when two lineages of one
/// log are compared: what the one has beyond their fork is not in the other. The same idea as the terms of Raft. Pure.
/// </remarks>
public sealed class LogLineage
{
    /// <summary>What was appended before there were incarnations: its messages name none.</summary>
    public static readonly Guid Nameless = Guid.Empty;

    /// <summary>A log that was never interrupted.</summary>
    public static readonly LogLineage Unnamed = new([new(Nameless, 0)]);

    private readonly LogIncarnation[] _incarnations;

    /// <param name="incarnations">Oldest first; the oldest may be left out, then nothing is known of their positions.</param>
    public LogLineage(IEnumerable<LogIncarnation> incarnations)
    {
        _incarnations = [.. incarnations];
        ArgumentOutOfRangeException.ThrowIfZero(_incarnations.Length, nameof(incarnations));
    }

    public IReadOnlyList<LogIncarnation> Incarnations => _incarnations;

    /// <summary>The one that is being appended to.</summary>
    public LogIncarnation Latest => _incarnations[^1];

    /// <summary>
    /// The incarnation of the event at a position, whether it is there yet or not; null for one before all that are known.
    /// </summary>
    public Guid? At(long position)
    {
        var i = _incarnations.Length - 1;
        while (i >= 0 && _incarnations[i].BeginsAfter >= position)
        {
            i--;
        }

        return i < 0 ? null : _incarnations[i].Id;
    }

    /// <summary>The last position of an incarnation, without an end for the latest; null when the log has no such incarnation.</summary>
    public long? EndOf(Guid incarnation)
    {
        var i = Array.FindIndex(_incarnations, known => known.Id == incarnation);
        return i < 0 ? null : i == _incarnations.Length - 1 ? long.MaxValue : _incarnations[i + 1].BeginsAfter;
    }

    /// <summary>
    /// The position up to which both are the same log: without an end when one is the other, 0 when they have nothing in common.
    /// </summary>
    public long ForkFrom(LogLineage other) =>
        _incarnations.Max(i => Math.Min(EndOf(i.Id)!.Value, other.EndOf(i.Id) ?? 0));

    public bool IsSameAs(LogLineage? other) => other is not null && _incarnations.AsSpan().SequenceEqual(other._incarnations);
}
