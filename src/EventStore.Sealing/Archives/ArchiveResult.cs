using Payments.EventStore.Contract;
using Payments.EventStore.Partitions;

namespace Payments.EventStore.Sealing.Archives;

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
