using System.Data.Common;
using Npgsql;

namespace Payments.Hosting;

/// <summary>Settings of database connections that a connection string leaves open. What it says wins.</summary>
internal static class ConnectionDefaults
{
    /// <summary>Prepared statements kept per connection.</summary>
    private const int StatementsPreparedMax = 40;

    /// <summary>
    /// Connections of one instance at most. Appends share one; the rest serve reads, which are short: more would only queue in the server.
    /// </summary>
    private const int ConnectionsMax = 40;

    /// <summary>How long it is believed who of several hosts is the primary: appends wait at most so long after a failover.</summary>
    private const int HostRecheckSeconds = 2;

    /// <param name="throughPooler">The connections lead through a pooler in transaction mode: nothing may be kept in a session.</param>
    public static void Apply(NpgsqlConnectionStringBuilder settings, bool throughPooler)
    {
        var given = new DbConnectionStringBuilder { ConnectionString = settings.ConnectionString };
        if (!given.ContainsKey("Max Auto Prepare"))
        {
            settings.MaxAutoPrepare = throughPooler || settings.NoResetOnClose ? 0 : StatementsPreparedMax;
        }

        // Through a pooler a reset would hit somebody else's session. Without one it is a round trip for nothing: nobody here gives a
        // session back with a setting, a temporary table or a lock.
        if (!given.ContainsKey("No Reset On Close"))
        {
            settings.NoResetOnClose = true;
        }

        if (!given.ContainsKey("Maximum Pool Size"))
        {
            settings.MaxPoolSize = Math.Max(ConnectionsMax, settings.MinPoolSize);
        }

        if (settings.Host?.Contains(',', StringComparison.Ordinal) != true)
        {
            return;
        }

        if (!given.ContainsKey("Load Balance Hosts"))
        {
            settings.LoadBalanceHosts = true;
        }

        if (!given.ContainsKey("Host Recheck Seconds"))
        {
            settings.HostRecheckSeconds = HostRecheckSeconds;
        }
    }
}
