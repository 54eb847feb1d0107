using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Payments.EventStore.Contract;
using Payments.EventStore.Subscriptions;

namespace Payments.EventStore.Projections;

/// <summary>
/// Keeps a service's projections: works on the asynchronous ones, and rebuilds those that are asked for or have a new version.
/// </summary>
/// <param name="newRandom">Makes one for each worker and each rebuild, which run side by side: for the jitter between attempts.</param>
public sealed partial class ProjectionHost(
    IEventStore store,
    NpgsqlDataSource database,
    IEnumerable<ProjectionDefinition> definitions,
    TimeProvider clock,
    Func<Random> newRandom,
    ILoggerFactory logs) : BackgroundService
{
    private const int LiveBatchMax = 2_000;

    /// <summary>A busy log is committed to hundreds of times a second: a projection need not be.</summary>
    private static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private readonly IReadOnlyList<ProjectionDefinition> _definitions = [.. definitions];
    private readonly PostgresCheckpoints _checkpoints = new(database, clock);
    private readonly PostgresLeadership _leadership = new(database, clock, logs.CreateLogger<PostgresLeadership>());
    private readonly ConcurrentDictionary<string, Task> _rebuilding = [];
    private readonly ILogger _log = logs.CreateLogger<ProjectionHost>();

    internal RebuildLimits Limits { get; init; } = RebuildLimits.Standard;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (_definitions.Count == 0)
        {
            return;
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        var workers = _definitions.OfType<AsynchronousProjection>().Select(Worker);
        Task[] tasks = [WatchAsync(stop.Token), .. workers.Select(worker => worker.RunAsync(stop.Token))];
        try
        {
            await await Task.WhenAny(tasks); // Each only ends by cancellation, or by a bug, which is for the host to see.
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll([.. tasks, .. _rebuilding.Values]).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private SubscriptionWorker Worker(AsynchronousProjection projection)
    {
        ProjectionWriter? writer = null;
        var effects = SubscriptionEffects.InDatabase(database, _checkpoints, async (events, transaction, cancel) =>
        {
            writer ??= await WriterAsync(projection, transaction.Connection!, cancel);
            Tell(projection, await writer.WriteAsync(transaction, events, null, cancel));

            // Rows and checkpoint go together: what a crash of the server takes is written again. So no commit waits for the disk.
            await using var relaxed = new NpgsqlCommand("set local synchronous_commit = off", transaction.Connection);
            await relaxed.ExecuteNonQueryAsync(cancel);
        });
        var subscription = new SubscriptionDefinition
        {
            Name = projection.SubscriptionName,
            Version = projection.Version,
            Filter = projection.Filter,
            BatchMax = LiveBatchMax,
            Linger = Linger,
            Effects = effects,
        };
        return new SubscriptionWorker(
            store, _checkpoints, _leadership, subscription, clock, newRandom(), logs.CreateLogger<SubscriptionWorker>());
    }

    private async Task<ProjectionWriter> WriterAsync(ProjectionDefinition projection, NpgsqlConnection connection, CancellationToken cancel)
    {
        var home = await ProjectionTables.HomeAsync(connection, cancel);
        return new ProjectionWriter(
            projection.NewFold(), new ProjectionTables(projection, home), new ParkedEvents(projection.Name, home, rebuild: false, clock));
    }

    /// <summary>
    /// Tries what is parked again where somebody has asked for it. Any process may: the checkpoint's row is held meanwhile.
    /// </summary>
    private async Task RetryParkedAsync(CancellationToken cancel)
    {
        await using var asked = database.CreateCommand(
            "select array_agg(distinct projection) from parked_projection_events where not rebuild and retry");
        if (await asked.ExecuteScalarAsync(cancel) is not string[] wanted)
        {
            return; // As nearly always, once a second.
        }

        foreach (var projection in _definitions.OfType<AsynchronousProjection>().Where(p => wanted.Contains(p.Name)))
        {
            await using var connection = await database.OpenConnectionAsync(cancel);
            await using var transaction = await connection.BeginTransactionAsync(cancel);
            await using var hold = new NpgsqlCommand(
                "select version from checkpoints where name = $1 and exists (" +
                "select from parked_projection_events where projection = $2 and not rebuild and retry) for update",
                connection);
            hold.Parameters.AddWithValue(projection.SubscriptionName);
            hold.Parameters.AddWithValue(projection.Name);
            if (await hold.ExecuteScalarAsync(cancel) is int version && version == projection.Version)
            {
                var writer = await WriterAsync(projection, connection, cancel);
                Tell(projection, await writer.RetryAsync(transaction, store, cancel));
                await transaction.CommitAsync(cancel);
            }
        }
    }

    private void Tell(ProjectionDefinition projection, IReadOnlyList<(long Position, string Error)> refused)
    {
        if (refused is [var (position, error), ..])
        {
            SubscriptionMetrics.Parked(store.Name, projection.SubscriptionName, refused.Count);
            LogParked(_log, projection.Name, refused.Count, position, error);
        }
    }

    private async Task WatchAsync(CancellationToken cancel)
    {
        var known = false;
        while (true)
        {
            try
            {
                if (!known)
                {
                    await RegisterAsync(cancel);
                    known = true;
                }

                await RetryParkedAsync(cancel);
                foreach (var name in await WantedAsync(cancel))
                {
                    if (!_rebuilding.TryGetValue(name, out var running) || running.IsCompleted)
                    {
                        _rebuilding[name] = Task.Run(() => RebuildAsync(_definitions.Single(d => d.Name == name), cancel), cancel);
                    }
                }
            }
            catch (Exception trouble) when (trouble is NpgsqlException or IOException or TimeoutException or StoreUnavailableException)
            {
                LogTrouble(_log, store.Name, trouble.Message);
            }

            await Task.Delay(LookEvery, clock, cancel);
        }
    }

    private async Task RegisterAsync(CancellationToken cancel)
    {
        foreach (var definition in _definitions)
        {
            await _checkpoints.ReadAsync(definition.SubscriptionName, definition.Version, cancel);
            await using var insert = database.CreateCommand(
                "insert into projections (name, inline) values ($1, $2) on conflict do nothing");
            insert.Parameters.AddWithValue(definition.Name);
            insert.Parameters.AddWithValue(definition is InlineProjection);
            await insert.ExecuteNonQueryAsync(cancel);
        }

        // What the version before could not take, this one may.
        await using var retry = database.CreateCommand(ParkedEvents.WantRetry);
        retry.Parameters.AddWithValue(_definitions.Select(d => d.Name).ToArray());
        await retry.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>
    /// Projections to be rebuilt to the version that this process has. A version that is newer than the stored one asks by itself.
    /// </summary>
    private async Task<List<string>> WantedAsync(CancellationToken cancel)
    {
        await using var command = database.CreateCommand(
            "with mine as (select * from unnest($1, $2) as m (name, version)), " +
            "asked as (update projections p set rebuild_version = m.version, rebuild_requested_at = $3, rebuild_position = " +
            "null, rebuild_error = null " +
            "from mine m join checkpoints c on c.name = 'projection/' || m.name " +
            "where p.name = m.name and c.version < m.version and (p.rebuild_version is null or p.rebuild_version < m.version) " +
            "returning p.name) " +
            "select name from asked union select p.name from projections p join mine m on m.name = p.name and m.version = " +
            "p.rebuild_version");
        command.Parameters.AddWithValue(_definitions.Select(d => d.Name).ToArray());
        command.Parameters.AddWithValue(_definitions.Select(d => d.Version).ToArray());
        command.Parameters.AddWithValue(clock.GetUtcNow().UtcDateTime);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var names = new List<string>();
        while (await reader.ReadAsync(cancel))
        {
            names.Add(reader.GetString(0));
        }

        return names;
    }

    private async Task RebuildAsync(ProjectionDefinition definition, CancellationToken cancel)
    {
        var random = newRandom();
        for (var failures = 1; ; failures++)
        {
            try
            {
                await using var lease = await _leadership.AcquireAsync($"{definition.SubscriptionName}/rebuild", cancel);
                using var work = CancellationTokenSource.CreateLinkedTokenSource(cancel, lease.Lost);
                var run = new RebuildRun(definition, store, database, Limits, clock, refused => Tell(definition, refused));
                var done = await run.RunAsync(work.Token);
                LogOver(_log, definition.Name, done ? "serves" : "was given up");
                return;
            }
            catch (Exception failure) when (!cancel.IsCancellationRequested)
            {
                // Whatever a fold throws: the old tables go on serving, everybody can see why, and it is tried again.
                LogFailure(_log, definition.Name, failures, failure);
                await NoteAsync(definition, $"{failure.GetType().Name}: {failure.Message}", cancel);
                await Task.Delay(Backoff.After(failures, random), clock, cancel);
            }
        }
    }

    private async Task NoteAsync(ProjectionDefinition definition, string error, CancellationToken cancel)
    {
        try
        {
            await using var connection = await database.OpenConnectionAsync(cancel);
            var home = await ProjectionTables.HomeAsync(connection, cancel);
            await new RebuildStore(definition, home, clock).NoteAsync(connection, error, cancel);
        }
        catch (Exception unreachable) when (unreachable is NpgsqlException or IOException or TimeoutException)
        {
            LogTrouble(_log, store.Name, unreachable.Message);
        }
    }

    [LoggerMessage(EventId = 153, Level = LogLevel.Error,
        Message = "Projection {Name} goes on without {Count} events that the database refuses, the first at position {Position}: {Error}")]
    private static partial void LogParked(ILogger log, string name, int count, long position, string error);

    [LoggerMessage(EventId = 150, Level = LogLevel.Information, Message = "The rebuild of projection {Name} {Outcome}")]
    private static partial void LogOver(ILogger log, string name, string outcome);

    [LoggerMessage(EventId = 151, Level = LogLevel.Error,
        Message = "The rebuild of projection {Name} failed {Failures} times in a row; it tries again")]
    private static partial void LogFailure(ILogger log, string name, int failures, Exception failure);

    [LoggerMessage(EventId = 152, Level = LogLevel.Warning, Message = "Projections of {Source} cannot be looked after now: {Reason}")]
    private static partial void LogTrouble(ILogger log, string source, string reason);
}
