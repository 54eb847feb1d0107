using Npgsql;
using Payments.EventStore.Contract;

namespace Payments.EventStore.Projections;

/// <summary>
/// One run of a rebuild: fills tables beside those that serve, from the log, and puts them in their place in one transaction. Wherever
/// it breaks, the next run goes on from the last commit, because rows and position are committed together; and until the last commit
/// nobody sees anything of it.
/// </summary>
/// <param name="limits">How much at once.</param>
/// <param name="tell">Is told of events that the database refuses.</param>
internal sealed class RebuildRun(
    ProjectionDefinition definition, IEventStore store, NpgsqlDataSource database, RebuildLimits limits, TimeProvider clock,
    Action<IReadOnlyList<(long Position, string Error)>> tell)
{
    private static readonly TimeSpan SwitchAgainAfter = TimeSpan.FromMilliseconds(300);

    private ProjectionTables _tables = null!;
    private ProjectionWriter _writer = null!;
    private RebuildStore _books = null!;
    private bool _analysed;

    /// <summary>Runs until the new tables serve, or until the rebuild is not wanted any more.</summary>
    /// <returns>Whether the new tables serve.</returns>
    /// <exception cref="InvalidOperationException">The beginning of the log is not in the database.</exception>
    public async Task<bool> RunAsync(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var home = await ProjectionTables.HomeAsync(connection, cancel);
        _tables = new ProjectionTables(definition, home);
        _books = new RebuildStore(definition, home, clock);
        _writer = new ProjectionWriter(definition.NewFold(), _tables, new ParkedEvents(definition.Name, home, rebuild: true, clock));
        var position = await BeginAsync(connection, cancel);
        while (position is { } from)
        {
            position = await FillAsync(connection, from, cancel);
            if (position is not { } filled)
            {
                break;
            }

            if (!_analysed)
            {
                await _tables.AnalyseSideAsync(connection, cancel);
                _analysed = true;
            }

            foreach (var statement in await _tables.MissingIndexesAsync(connection, cancel))
            {
                await ExecuteAsync(connection, statement, cancel); // As long as it takes: nobody else knows these tables.
            }

            switch (await TrySwitchAsync(connection, filled, cancel))
            {
                case Switch.Done:
                    return true;
                case Switch.Unwanted:
                    return false;
                case Switch.Busy:
                    await Task.Delay(SwitchAgainAfter, clock, cancel);
                    break;
            }
        }

        return false;
    }

    private async Task<long?> BeginAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var (wanted, position) = await _books.ReadAsync(connection, cancel);
        if (!wanted)
        {
            return null;
        }

        await CheckBeginningAsync(cancel);
        if (position is null || !await _tables.SideExistsAsync(connection, cancel))
        {
            position = 0;
            await _tables.MakeSideAsync(connection, cancel);
            await _writer.Parked.ReadDueAsync(connection, cancel);
        }

        await _books.BeginAsync(connection, position.Value, cancel);
        await transaction.CommitAsync(cancel);
        return position;
    }

    // A fold of half a log would be a lie that nobody notices.
    private async Task CheckBeginningAsync(CancellationToken cancel)
    {
        if (await store.ReadAllAsync(0, 1, EventFilter.None, cancel) is [{ Position: > 1 and var first }])
        {
            throw new InvalidOperationException($"The log begins at position {first} here: bring the archived months back first.");
        }
    }

    /// <summary>Fills up to the end of the log, reading the next stretch while one is being folded and written.</summary>
    /// <returns>Up to where, or null when the rebuild is not wanted any more.</returns>
    private async Task<long?> FillAsync(NpgsqlConnection connection, long position, CancellationToken cancel)
    {
        var end = await store.LastPositionAsync(cancel);
        var next = ReadAsync(position, end, cancel);
        try
        {
            while (position < end)
            {
                var (events, upTo) = await next;
                next = ReadAsync(upTo, end, cancel);
                if (!await WriteAsync(connection, events, position, upTo, cancel))
                {
                    return null;
                }

                position = upTo;
            }
        }
        finally
        {
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return position;
    }

    /// <returns>A stretch of wanted events, and the position up to which they are all. It may lie beyond the end that was known.</returns>
    private Task<(IReadOnlyList<StoredEvent> Events, long UpTo)> ReadAsync(long after, long end, CancellationToken cancel) => Task.Run(
        async () =>
        {
            if (after >= end)
            {
                return ([], after);
            }

            var events = await store.ReadAllAsync(after, limits.Stretch, definition.Filter, cancel);
            var read = events.Count == 0 ? after : events[^1].Position;
            return (events, events.Count == limits.Stretch ? read : Math.Max(read, end));
        },
        cancel);

    private async Task<bool> WriteAsync(
        NpgsqlConnection connection, IReadOnlyList<StoredEvent> events, long from, long to, CancellationToken cancel)
    {
        var folded = await _writer.FoldAsync(events, cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);

        // Nobody reads these tables yet: what a crash of the server takes, rows and position together, is filled again.
        await ExecuteAsync(connection, "set local synchronous_commit = off", cancel);
        if (!await _books.MoveAsync(connection, from, to, cancel))
        {
            return false;
        }

        await _tables.ShowSideOnlyAsync(connection, cancel);
        var refused = await _writer.WriteAsync(transaction, events, folded, cancel);
        await transaction.CommitAsync(cancel);
        tell(refused);
        return true;
    }

    private async Task<Switch> TrySwitchAsync(NpgsqlConnection connection, long filled, CancellationToken cancel)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        try
        {
            // While we wait for readers of the old tables, new readers wait behind us: so not for long, and again.
            await ExecuteAsync(connection, "set local lock_timeout = '500ms'", cancel);
            var serving = await _books.HoldServingAsync(connection, cancel);
            if (serving - filled > limits.SwitchAtMost)
            {
                return Switch.Behind;
            }

            var end = Math.Max(serving, filled);
            if (!await _books.MoveAsync(connection, filled, end, cancel))
            {
                return Switch.Unwanted;
            }

            if (end > filled)
            {
                var rest = await store.ReadAllAsync(filled, (int)(end - filled), definition.Filter, cancel);
                StoredEvent[] missing = [.. rest.Where(e => e.Position <= end)];
                var folded = await _writer.FoldAsync(missing, cancel);
                await _tables.ShowSideOnlyAsync(connection, cancel);
                tell(await _writer.WriteAsync(transaction, missing, folded, cancel));
            }

            await CheckWholeAsync(connection, cancel);
            if (!await _tables.TrySwitchAsync(connection, cancel))
            {
                return Switch.Busy;
            }

            await _writer.Parked.SwitchAsync(connection, cancel);
            await _books.EndAsync(connection, end, cancel);
            await transaction.CommitAsync(cancel);
            return Switch.Done;
        }
        catch (PostgresException busy) when (busy.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected)
        {
            return Switch.Busy;
        }
    }

    // Tables that are written with the events lack nothing: none that do should take their place.
    private async Task CheckWholeAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        if (definition is InlineProjection && await _writer.Parked.CountAsync(connection, cancel) is > 0 and var count)
        {
            throw new InvalidOperationException(
                $"The database refuses {count} events of the rebuild: the tables that serve stay. Mend what it is, cancel, and rebuild " +
                "again.");
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancel);
    }

    private enum Switch
    {
        Done,
        Unwanted,
        Behind,
        Busy,
    }
}

/// <summary>How much a rebuild does at once.</summary>
/// <param name="Stretch">Wanted events read, folded and committed together; two such stretches are in memory.</param>
/// <param name="SwitchAtMost">Events that may be left for the switch itself, while an inline projection's appends wait.</param>
internal sealed record RebuildLimits(int Stretch, int SwitchAtMost)
{
    public static readonly RebuildLimits Standard = new(25_000, 1_000);
}
