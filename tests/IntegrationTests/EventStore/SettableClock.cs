using Npgsql;

namespace IntegrationTests.EventStore;

/// <summary>A clock that stands where it is put, also backwards.</summary>
/// <param name="longTimersRun">Whether its timers run, in real time; otherwise those of half a second or more never fire.</param>
internal sealed class SettableClock(DateTimeOffset now, bool longTimersRun = true) : TimeProvider
{
    private static readonly TimeSpan Long = TimeSpan.FromMilliseconds(500);

    public DateTimeOffset Now { get; set; } = now;

    /// <summary>
    /// A database whose log is given its time by whoever appends, as before it had its own: for tests that need events of certain moments.
    /// </summary>
    public static async Task RuleAsync(NpgsqlDataSource database)
    {
        await using var command = database.CreateCommand("alter table log_head disable trigger database_time");
        await command.ExecuteNonQueryAsync();
    }

    public override DateTimeOffset GetUtcNow() => Now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        base.CreateTimer(callback, state, longTimersRun || dueTime < Long ? dueTime : Timeout.InfiniteTimeSpan, period);
}
