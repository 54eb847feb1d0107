using Npgsql;

namespace Payments.EventStore.Postgres;

/// <summary>The ways into the database of a log: to the primary, to its standbys, and past a pooler.</summary>
/// <remarks>
/// <c>No Reset On Close=true</c> and no prepared statements say that a connection string leads through a pooler in transaction mode, such
/// as PgBouncer: each transaction may run in another session. So whatever belongs to a session (LISTEN, a session's advisory lock) goes
/// the direct way.
/// </remarks>
public sealed class LogDatabase
{
    /// <param name="source">A data source of several hosts knows which of them is the primary. Stays the caller's to dispose.</param>
    /// <param name="direct">The way to the server itself where <paramref name="source"/> leads through a pooler; null: none is known, or
    /// none is needed.</param>
    public LogDatabase(NpgsqlDataSource source, NpgsqlDataSource? direct = null)
    {
        Primary = View(source, TargetSessionAttributes.Primary);
        Replicas = View(source, TargetSessionAttributes.PreferStandby);
        var pooled = new NpgsqlConnectionStringBuilder(source.ConnectionString) is { NoResetOnClose: true, MaxAutoPrepare: 0 };
        Direct = direct is not null ? View(direct, TargetSessionAttributes.Primary) : pooled ? null : Primary;
    }

    /// <summary>For everything that writes, and for reads that decide something.</summary>
    public NpgsqlDataSource Primary { get; }

    /// <summary>
    /// For reads that may lag: the standbys in turn; the primary when there are none, or none is up. See <see cref="ReplicaReads"/>.
    /// </summary>
    public NpgsqlDataSource Replicas { get; }

    /// <summary>For what belongs to a session, on the primary; null when only the way through a pooler is known.</summary>
    public NpgsqlDataSource? Direct { get; }

    /// <exception cref="InvalidOperationException">Only the way through a pooler is known.</exception>
    /// <param name="purpose">What it is for, as the message says it.</param>
    public NpgsqlDataSource RequireDirect(string purpose) => Direct ?? throw new InvalidOperationException(
        $"{purpose} needs a session of its own, and the connection string leads through a pooler " +
        "(No Reset On Close=true, Max Auto Prepare=0): " +
        "give a second connection string of the same name with -direct after it, which leads to the server itself.");

    private static NpgsqlDataSource View(NpgsqlDataSource source, TargetSessionAttributes target) =>
        source is NpgsqlMultiHostDataSource hosts ? hosts.WithTargetSession(target) : source;
}
