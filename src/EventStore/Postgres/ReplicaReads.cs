using Microsoft.Extensions.Logging;
using Npgsql;
using Payments.EventStore.Contract;

namespace Payments.EventStore.Postgres;

/// <summary>
/// Reads that may lag a little: pages, lists, histories. They go to standbys where there are some, and to the primary otherwise.
/// </summary>
/// <remarks>
/// What decides something reads the primary, by <see cref="IEventStore"/>: a stale state would do no harm (the append checks the version),
/// but cost a second attempt. A caller who has just written, and wants to see it, says at least up to which position.
/// </remarks>
public sealed partial class ReplicaReads(LogDatabase database, TimeProvider clock, ILogger<ReplicaReads> log)
{
    private static readonly TimeSpan CatchUpMax = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(10);

    /// <summary>Reads the log, as <see cref="IEventStore.ReadAllAsync"/> does.</summary>
    /// <inheritdoc cref="ReadAsync{T}"/>
    public Task<IReadOnlyList<StoredEvent>> ReadAllAsync(
        long atLeast, long afterPosition, int countMax, EventFilter filter, CancellationToken cancel) =>
        ReadAsync<IReadOnlyList<StoredEvent>>(
            atLeast,
            async (connection, stop) =>
            {
                await using var command = EventQueries.All(afterPosition, countMax, filter);
                command.Connection = connection;
                return await EventQueries.ReadAsync(command, stop);
            },
            cancel);

    /// <summary>Runs a query of whatever is in the database, for example of a projection.</summary>
    /// <param name="atLeast">A position that the answer must include, for example that of the caller's own last append; 0 when it does not
    /// matter.
    /// A standby that has not come so far is waited for, a second at most; then the primary is asked.</param>
    /// <param name="query">Only reads. It may be run twice, on two connections.</param>
    /// <exception cref="StoreUnavailableException">Even the primary has not come to that position: it never existed, or a failover lost
    /// it.</exception>
    /// <exception cref="NpgsqlException">The database is in trouble, or the query is wrong.</exception>
    public async Task<T> ReadAsync<T>(long atLeast, Func<NpgsqlConnection, CancellationToken, Task<T>> query, CancellationToken cancel)
    {
        if (database.Replicas != database.Primary)
        {
            try
            {
                await using var replica = await database.Replicas.OpenConnectionAsync(cancel);
                if (await CatchesUpAsync(replica, atLeast, cancel))
                {
                    return await query(replica, cancel);
                }
            }
            catch (NpgsqlException trouble)
            {
                // A standby that went away, or whose replication had to cancel the query. The primary knows better, also when the query is
                // wrong.
                LogFellBack(log, trouble.Message);
            }
        }

        await using var primary = await database.Primary.OpenConnectionAsync(cancel);
        if (atLeast > 0 && await PositionAsync(primary, cancel) is var position && position < atLeast)
        {
            throw new StoreUnavailableException(
                $"Position {atLeast} was asked for.", new InvalidOperationException($"The primary's log ends at {position}."));
        }

        return await query(primary, cancel);
    }

    private async Task<bool> CatchesUpAsync(NpgsqlConnection replica, long atLeast, CancellationToken cancel)
    {
        var start = clock.GetTimestamp();
        while (atLeast > 0 && await PositionAsync(replica, cancel) < atLeast)
        {
            if (clock.GetElapsedTime(start) >= CatchUpMax)
            {
                return false;
            }

            await Task.Delay(LookEvery, clock, cancel);
        }

        return true;
    }

    private static async Task<long> PositionAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("select position from log_head", connection);
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }

    [LoggerMessage(EventId = 2008, Level = LogLevel.Warning, Message = "A standby could not answer; asking the primary: {Reason}")]
    private static partial void LogFellBack(ILogger log, string reason);
}
