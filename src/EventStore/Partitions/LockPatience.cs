using Npgsql;

namespace Payments.EventStore.Partitions;

/// <summary>How partitions are detached and attached while everybody works.</summary>
/// <remarks>
/// Detaching locks the parent table against all others for a moment, and cannot be done CONCURRENTLY where there is a default partition.
/// Whoever waits for such a lock makes all who come after wait behind it, appends too: so one waits briefly, gives up, and tries again.
/// </remarks>
internal static class LockPatience
{
    /// <summary>Run it in the transaction, before the statement that locks.</summary>
    public const string Sql = "set local lock_timeout = '100ms'";

    private const int AttemptsMax = 300;

    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(200);

    /// <param name="attempt">Leaves nothing behind when it fails.</param>
    /// <exception cref="PostgresException">The lock was not to be had, for about a minute; or the database refused something
    /// else.</exception>
    public static async Task TryAsync(Func<Task> attempt, TimeProvider clock, CancellationToken cancel)
    {
        for (var attempts = 1; ; attempts++)
        {
            try
            {
                await attempt();
                return;
            }
            catch (PostgresException busy) when (
                busy.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected && attempts < AttemptsMax)
            {
                await Task.Delay(Between, clock, cancel);
            }
        }
    }
}
