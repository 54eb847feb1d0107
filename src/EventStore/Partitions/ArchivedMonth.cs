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
