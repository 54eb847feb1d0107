namespace Payments.EventStore.Partitions;

/// <summary>A month whose events are in a file and no longer in the database.</summary>
/// <param name="File">Where it was written; it may have been moved since.</param>
/// <param name="Checksum">SHA-256 of the file.</param>
public sealed record ArchivedMonth(
    Month Month,
    long FirstPosition,
    long LastPosition,
    long EventCount,
    string File,
    ReadOnlyMemory<byte> Checksum,
    DateTimeOffset ArchivedAt)
{
    /// <summary>
    /// The idempotency keys that were archived with it, and the SHA-256 of their file; null: none were.
    /// </summary>
    public ArchivedClaims? Claims { get; init; }
}

/// <param name="Checksum">SHA-256 of the file.</param>
public sealed record ArchivedClaims(long Count, ReadOnlyMemory<byte> Checksum);

/// <summary>One who reads the log in order and has come so far: the relay, a subscription, a projection.</summary>
/// <param name="Position">It will never ask for this position or an earlier one again.</param>
public sealed record LogReader(string Name, long Position);

/// <summary>What became of the wish to archive a month.</summary>
public abstract record ArchiveResult
{
    private ArchiveResult()
    {
    }

    /// <summary>In the file, now or since an earlier call, and no longer in the database.</summary>
    public sealed record Archived(ArchivedMonth Month) : ArchiveResult;

    /// <summary>Nothing has changed. All the reasons, not only the first.</summary>
    public sealed record Refused(IReadOnlyList<ArchiveRefusal> Reasons) : ArchiveResult;
}

/// <summary>Why a month must stay in the database. <see cref="object.ToString"/> says it to a person.</summary>
public abstract record ArchiveRefusal
{
    private ArchiveRefusal()
    {
    }

    /// <summary>The clock or the log is not past it: an event may still be recorded in it.</summary>
    /// <param name="LogIsAt">When the log's last event was recorded; only an event of a later month closes a month.</param>
    public sealed record NotOver(Month Month, DateTimeOffset LogIsAt) : ArchiveRefusal
    {
        public override string ToString() => $"{Month} is not over: the last event of the log was recorded at {LogIsAt:u}.";
    }

    public sealed record NoEvents(Month Month) : ArchiveRefusal
    {
        public override string ToString() => $"There is no partition {Month.Partition} with events in it.";
    }

    /// <summary>Somebody has not read it to its end.</summary>
    public sealed record StillRead(LogReader Reader, long LastPosition) : ArchiveRefusal
    {
        public override string ToString() => $"{Reader.Name} has come to position {Reader.Position}; the month ends at {LastPosition}.";
    }

    /// <summary>Streams that could no longer be folded. See <see cref="MonthArchive.StreamsWithoutSnapshotAsync"/>.</summary>
    public sealed record WithoutSnapshot(long StreamCount, StreamId Example) : ArchiveRefusal
    {
        public override string ToString() =>
            $"{StreamCount} streams have no snapshot that covers their events of the month, for example {Example}.";
    }

    /// <summary>Another process is archiving or restoring a month of this log.</summary>
    public sealed record Busy : ArchiveRefusal
    {
        public override string ToString() => "Another process is archiving or restoring a month of this log.";
    }
}

/// <summary>What became of the wish to restore a month.</summary>
public abstract record RestoreResult
{
    private RestoreResult()
    {
    }

    /// <summary>In the database again. The file is still there; it is no longer needed.</summary>
    public sealed record Restored(ArchivedMonth Month) : RestoreResult;

    /// <summary>Nothing has changed.</summary>
    public sealed record Refused(string Reason) : RestoreResult;
}

/// <summary>An archive file is not what was written: damaged, cut off, or changed.</summary>
public sealed class ArchiveCorruptException(string file, string reason, Exception? inner = null) : Exception($"{file}: {reason}", inner)
{
    public string File => file;
}
