namespace Payments.Standalone.Postgres;

/// <summary>Where a private PostgreSQL keeps its data, and its limits.</summary>
public sealed record PrivatePostgresOptions
{
    /// <summary>The data folder. The cluster goes into <c>postgres</c> below it, its log into <c>logs/postgres.log</c>.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>The folder with <c>initdb</c> and <c>postgres</c>. Null: looked for on PATH, then where Debian puts it.</summary>
    public string? BinDirectory { get; init; }

    /// <summary>The port. Null: one that is free, another at each start.</summary>
    public int? Port { get; init; }

    public int ConnectionsMax { get; init; } = 300;

    public int SharedBuffersMb { get; init; } = 256;

    /// <summary>How much write-ahead log may gather before a checkpoint is due.</summary>
    public int WalMbMax { get; init; } = 2048;

    /// <summary>How long a start may take, recovery after a crash included.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long to wait for a server on the same data that is still shutting down.</summary>
    public TimeSpan PredecessorTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a fast shutdown, which writes a checkpoint, may take. Then the server is told to stop at once:
    /// nothing is lost, and its next start reads the write-ahead log again.
    /// </summary>
    public TimeSpan StopPatience { get; init; } = TimeSpan.FromSeconds(3);

    internal void Validate()
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(DataDirectory);
        ArgumentOutOfRangeException.ThrowIfLessThan(ConnectionsMax, 10);
        ArgumentOutOfRangeException.ThrowIfLessThan(SharedBuffersMb, 16);
        ArgumentOutOfRangeException.ThrowIfLessThan(WalMbMax, 64);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(StartTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(PredecessorTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(StopPatience, TimeSpan.Zero);
    }
}
