using System.Data.Common;
using Npgsql;

namespace Payments.CardProcessor.Postgres;

/// <summary>Settings of database connections that a connection string leaves open. What it says wins.</summary>
internal static class ConnectionLimits
{
    // Commits queue for one row anyway: more connections would only wait in the server.
    private const int ConnectionsMax = 40;
    private const int StatementsPreparedMax = 20;

    public static void Apply(NpgsqlConnectionStringBuilder settings)
    {
        var given = new DbConnectionStringBuilder { ConnectionString = settings.ConnectionString };
        if (!given.ContainsKey("Maximum Pool Size"))
        {
            settings.MaxPoolSize = Math.Max(ConnectionsMax, settings.MinPoolSize);
        }

        if (!given.ContainsKey("Max Auto Prepare"))
        {
            settings.MaxAutoPrepare = StatementsPreparedMax;
        }
    }
}
