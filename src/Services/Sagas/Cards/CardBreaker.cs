using Payments.ServiceDefaults.Configuration;
using StackExchange.Redis;

namespace Payments.SagaService.Cards;

/// <summary>
/// The breaker of the card step: one for all instances, in Redis, so that one outage is found out once; each its own where Redis is absent
/// or away, which is no error.
/// </summary>
internal sealed partial class CardBreaker(Redis redis, BreakerLimits limits, TimeProvider clock, ILogger<CardBreaker> log)
{
    private const string Key = "payments:card-breaker";

    /// <summary>
    /// How often a change is made anew when other instances get in between. Then it is made here alone: it only counts failures.
    /// </summary>
    private const int AttemptsMax = 5;

    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan SharedAgainAfter = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan KeptFor = TimeSpan.FromDays(1);

    private readonly Lock _lock = new();
    private BreakerState _known = BreakerState.Closed;
    private long _aloneUntilTicks;
    private bool _alone = true;

    /// <summary>As a number, for a metric: 0 closed, 1 half open, 2 open; as this instance last knew it.</summary>
    public double Level
    {
        get
        {
            lock (_lock)
            {
                return _known.OpenUntil is not { } open ? 0 : clock.GetUtcNow() < open ? 2 : 1;
            }
        }
    }

    /// <summary>Is the state, as last asked, that of all instances?</summary>
    public bool IsShared => !Volatile.Read(ref _alone);

    public BreakerLimits Limits => limits;

    /// <remarks>
    /// Where Redis does not answer, what this instance knows alone holds only until Redis is to be asked again: whoever puts work off until
    /// the breaker lets it through must not do so for the whole time, when the others may know better in two seconds.
    /// </remarks>
    public async Task<BreakerState> StateAsync()
    {
        var state = (await ChangeAsync(state => (state, true))).After;
        if (IsShared || !redis.IsConfigured)
        {
            return state;
        }

        var askedAgain = clock.GetUtcNow() + SharedAgainAfter;
        return state with { OpenUntil = Earlier(state.OpenUntil, askedAgain), ProbeUntil = Earlier(state.ProbeUntil, askedAgain) };
    }

    /// <summary>Asks to be let through. Who is must tell what came of it.</summary>
    public async Task<(BreakerPass Pass, BreakerState State)> EnterAsync()
    {
        var (after, pass) = await ChangeAsync(state => state.Enter(clock.GetUtcNow(), limits));
        return (pass, after);
    }

    /// <param name="before">The state on entering. A success with no failures before it changes nothing, and costs nothing.</param>
    public async Task ReportAsync(BreakerPass.Through pass, BreakerState before, bool succeeded)
    {
        if (succeeded && !pass.IsProbe && before.Failures == 0)
        {
            return;
        }

        var (after, was) = await ChangeAsync(state => (state.Report(pass.IsProbe, succeeded, clock.GetUtcNow(), limits), state));
        if (after.OpenUntil is { } until && after != was)
        {
            BreakerMetrics.CountOpened();
            LogOpened(log, after.Failures, until);
        }
        else if (was.OpenUntil is not null && after.OpenUntil is null)
        {
            LogClosed(log);
        }
    }

    private static DateTimeOffset? Earlier(DateTimeOffset? one, DateTimeOffset other) => one > other ? other : one;

    private async Task<(BreakerState After, T Said)> ChangeAsync<T>(Func<BreakerState, (BreakerState After, T Said)> change)
    {
        if (await TryChangeSharedAsync(change) is { } shared)
        {
            return shared;
        }

        lock (_lock)
        {
            var changed = change(_known);
            _known = changed.After;
            return changed;
        }
    }

    private async Task<(BreakerState After, T Said)?> TryChangeSharedAsync<T>(Func<BreakerState, (BreakerState After, T Said)> change)
    {
        if (redis.Database is not { } database || clock.GetUtcNow().UtcTicks < Volatile.Read(ref _aloneUntilTicks))
        {
            Volatile.Write(ref _alone, true);
            return null;
        }

        try
        {
            for (var attempt = 1; attempt <= AttemptsMax; attempt++)
            {
                if (await ChangeOnceAsync(database, change).WaitAsync(Patience, TimeProvider.System) is { } changed)
                {
                    return changed;
                }
            }
        }
        catch (Exception away) when (away is RedisException or TimeoutException or ObjectDisposedException)
        {
            LogAway(log, away.Message);
            Volatile.Write(ref _aloneUntilTicks, (clock.GetUtcNow() + SharedAgainAfter).UtcTicks);
        }

        Volatile.Write(ref _alone, true);
        return null;
    }

    // Null: another instance was faster.
    private async Task<(BreakerState After, T Said)?> ChangeOnceAsync<T>(
        IDatabase database, Func<BreakerState, (BreakerState After, T Said)> change)
    {
        var stored = (string?)await database.StringGetAsync(Key);
        var before = Begin(stored);
        var changed = change(before);
        if (changed.After.Encode() != stored)
        {
            var transaction = database.CreateTransaction();
            transaction.AddCondition(stored is null ? Condition.KeyNotExists(Key) : Condition.StringEqual(Key, stored));
            _ = transaction.StringSetAsync(Key, changed.After.Encode(), KeptFor, When.Always, CommandFlags.None);
            if (!await transaction.ExecuteAsync())
            {
                return null;
            }
        }

        lock (_lock)
        {
            _known = changed.After;
        }

        Volatile.Write(ref _alone, false);
        return changed;
    }

    // A Redis that has come back empty learns what this instance knows. Closed is written down, too: else one that was late for a moment
    // would look empty, and what this instance has found out alone meanwhile would be everybody's.
    private BreakerState Begin(string? stored)
    {
        if (BreakerState.TryDecode(stored) is { } state)
        {
            return state;
        }

        lock (_lock)
        {
            return _alone ? _known : BreakerState.Closed;
        }
    }

    [LoggerMessage(
        EventId = 7002,
        Level = LogLevel.Error, Message = "The card processor has failed {Failures} times in a row: nothing is sent to it until {Until}")]
    private static partial void LogOpened(ILogger log, int failures, DateTimeOffset until);

    [LoggerMessage(EventId = 7003, Level = LogLevel.Warning, Message = "The card processor is back")]
    private static partial void LogClosed(ILogger log);

    [LoggerMessage(
        EventId = 7004,
        Level = LogLevel.Warning,
        Message = "Redis does not answer: each instance has a breaker of its own for now ({Reason})")]
    private static partial void LogAway(ILogger log, string reason);
}
