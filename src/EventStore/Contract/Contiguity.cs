namespace Payments.EventStore.Contract;

/// <summary>Notices that events are missing where others go on: they are in an archive, and what is left is not the whole.</summary>
public static class Contiguity
{
    /// <summary>Call it for each event before it is folded.</summary>
    /// <param name="version">The version folded so far; 0 before the first event.</param>
    /// <exception cref="StreamArchivedException">The event is not the next one.</exception>
    public static void CheckNextOfStream(long version, StoredEvent next)
    {
        if (next.StreamVersion != version + 1)
        {
            throw new StreamArchivedException(next.Stream, version, next.StreamVersion);
        }
    }

    /// <summary>Call it for each event that a reader of the whole log, without a filter, is given.</summary>
    /// <param name="position">The position read so far; 0 before the first event.</param>
    /// <exception cref="LogArchivedException">The event is not the next one.</exception>
    public static void CheckNextOfLog(long position, StoredEvent next)
    {
        if (next.Position != position + 1)
        {
            throw new LogArchivedException(position, next.Position);
        }
    }
}

/// <summary>Events of a stream are in an archive and no snapshot covers them: a state folded from the rest would be wrong.</summary>
/// <param name="afterVersion">The version up to which the reader has the stream.</param>
/// <param name="firstVersionFound">The version of the next event that is still online.</param>
public sealed class StreamArchivedException(StreamId stream, long afterVersion, long firstVersionFound)
    : Exception(
        $"{stream}: versions {afterVersion + 1} to {firstVersionFound - 1} are archived. Restore them, or start from a later snapshot.")
{
    public StreamId Stream => stream;

    public long AfterVersion => afterVersion;

    public long FirstVersionFound => firstVersionFound;
}

/// <summary>A part of the log is in an archive: a reader that must see every event cannot go on from where it is.</summary>
/// <param name="afterPosition">The position up to which the reader has come.</param>
/// <param name="firstPositionFound">The next position that is still online.</param>
public sealed class LogArchivedException(long afterPosition, long firstPositionFound)
    : Exception(
        $"Positions {afterPosition + 1} to {firstPositionFound - 1} of the log are archived. Restore them, or read the archives first.")
{
    public long AfterPosition => afterPosition;

    public long FirstPositionFound => firstPositionFound;
}
