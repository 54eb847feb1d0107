using Microsoft.Extensions.Logging;
using Npgsql;

namespace Payments.EventStore.Subscriptions;

/// <summary>
/// Leadership by a session's advisory lock: it goes when its holder's connection goes, and the next in line has it at once.
/// </summary>
/// <param name="database">Direct connections: through a pooler that shares sessions (PgBouncer in transaction mode) the lock means
/// nothing.</param>
public sealed partial class PostgresLeadership(NpgsqlDataSource database, TimeProvider clock, ILogger<PostgresLeadership> log) : ILeadership
{
    // A waiting statement holds back the clean-up of dead rows: so it ends now and then, and starts again.
    private const string Prepare =
        "set lock_timeout = '10s'; set statement_timeout = 0; " +
        // A machine that stands still keeps its connections: one that says nothing for six times as long as a lease is asked for is given
        // up.
        "set idle_session_timeout = '30s'; " +
        // The server finds out within about 15 s that a holder's machine is gone; a process that died is known at once.
        "set tcp_keepalives_idle = 5; set tcp_keepalives_interval = 3; set tcp_keepalives_count = 3; set tcp_user_timeout = 15000";

    private const int AnswerTimeoutSeconds = 20;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    /// <summary>SQL that says whether a name is held in this database.</summary>
    /// <param name="nameSql">The column with the name.</param>
    internal static string IsHeld(string nameSql) =>
        $"exists (select from pg_locks l where l.locktype = 'advisory' and l.objsubid = 1 and l.granted and l.database = " +
        "(select oid from pg_database where datname = current_database()) and (l.classid::bigint << 32) | l.objid::bigint " +
        $"= {Key(nameSql)})";

    public async Task<ILease> AcquireAsync(string name, CancellationToken cancel)
    {
        while (true)
        {
            try
            {
                return await WaitAsync(name, cancel);
            }
            catch (Exception trouble) when (trouble is NpgsqlException or IOException or TimeoutException)
            {
                LogTrouble(log, name, trouble.Message);
                await Task.Delay(RetryAfter, clock, cancel);
            }
        }
    }

    private async Task<PostgresLease> WaitAsync(string name, CancellationToken cancel)
    {
        var connection = await database.OpenConnectionAsync(cancel);
        try
        {
            await using (var prepare = new NpgsqlCommand(Prepare, connection))
            {
                await prepare.ExecuteNonQueryAsync(cancel);
            }

            while (!await TryLockAsync(connection, name, cancel))
            {
            }

            LogHeld(log, name);
            return new PostgresLease(connection, name);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private async Task<bool> TryLockAsync(NpgsqlConnection connection, string name, CancellationToken cancel)
    {
        try
        {
            await using var take = new NpgsqlCommand(
                $"select pg_advisory_lock({Key("$1")})", connection)
            { CommandTimeout = AnswerTimeoutSeconds };
            take.Parameters.Add(new NpgsqlParameter<string> { TypedValue = name });
            await take.ExecuteNonQueryAsync(cancel);
            return true;
        }
        catch (PostgresException stillHeld) when (stillHeld.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            return false;
        }
        catch (OperationCanceledException)
        {
            // The lock may have been granted in the very moment: a pooled session must not keep it.
            database.Clear();
            throw;
        }
    }

    internal static string Key(string nameSql) => $"hashtextextended('worker of ' || {nameSql}, 0)";

    [LoggerMessage(EventId = 2012, Level = LogLevel.Debug, Message = "This process works on {Name}")]
    private static partial void LogHeld(ILogger log, string name);

    [LoggerMessage(EventId = 2013, Level = LogLevel.Warning, Message = "Cannot compete for {Name} now; trying again: {Reason}")]
    private static partial void LogTrouble(ILogger log, string name, string reason);
}
