using Npgsql;
using Payments.EventStore.Subscriptions;

namespace Payments.EventStore.Projections;

/// <summary>
/// What an operator sees of projections and can do with them, from any process that reaches the database. Wishes are rows: they survive
/// restarts.
/// </summary>
public sealed class ProjectionControl(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>Parked events that a list tells of, for each projection.</summary>
    private const int ParkedShown = 20;

    /// <summary>All projections of this database, by name.</summary>
    public async Task<IReadOnlyList<ProjectionStatus>> ListAsync(CancellationToken cancel)
    {
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new(
            "select p.name, p.inline, c.version, c.paused, c.state, c.position, h.position, c.error, p.rebuild_version, " +
            "p.rebuild_requested_at, " +
            "p.rebuild_started_at, p.rebuild_position, p.rebuild_from, p.rebuild_from_at, p.rebuild_error, p.rebuilt_at " +
            "from projections p join checkpoints c on c.name = 'projection/' || p.name cross join log_head h order by p.name"));
        batch.BatchCommands.Add(new(
            "select projection, position, stream_id, rebuild, error, parked_at, count from (select *, " +
            "count(*) over (partition by projection), row_number() over (partition by projection order by position, rebuild) as nth " +
            $"from parked_projection_events) k where nth <= {ParkedShown} order by projection, position, rebuild"));
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        var list = new List<ProjectionStatus>();
        while (await reader.ReadAsync(cancel))
        {
            list.Add(Read(reader));
        }

        await reader.NextResultAsync(cancel);
        var parked = new List<(string Projection, ParkedEvent Event, long Count)>();
        while (await reader.ReadAsync(cancel))
        {
            parked.Add((
                reader.GetString(0),
                new ParkedEvent(
                    reader.GetInt64(1), reader.GetString(2), reader.GetBoolean(3), OrNull(reader, 4), Time(reader, 5)!.Value),
                reader.GetInt64(6)));
        }

        return
        [
            .. from p in list
               join k in parked on p.Name equals k.Projection into its
               select !its.Any() ? p : p with { ParkedCount = its.First().Count, Parked = [.. its.Select(k => k.Event)] },
        ];
    }

    /// <summary>Holds a projection where it is. Its tables go on answering, with what they have.</summary>
    public Task<ProjectionAnswer> PauseAsync(string name, CancellationToken cancel) => OrderAsync(ProjectionOrder.Pause, name, cancel);

    public Task<ProjectionAnswer> ResumeAsync(string name, CancellationToken cancel) => OrderAsync(ProjectionOrder.Resume, name, cancel);

    /// <summary>
    /// Asks for the tables to be made again from the log, beside those that serve, which they then replace in one moment.
    /// </summary>
    public Task<ProjectionAnswer> RebuildAsync(string name, CancellationToken cancel) => OrderAsync(ProjectionOrder.Rebuild, name, cancel);

    /// <summary>
    /// Gives a rebuild up. The tables that serve stay. What a new version needs is asked for again at once by the processes that have it.
    /// </summary>
    public Task<ProjectionAnswer> CancelRebuildAsync(string name, CancellationToken cancel) =>
        OrderAsync(ProjectionOrder.CancelRebuild, name, cancel);

    /// <summary>Asks for another attempt at what is parked. The progress is in the list: what cannot be applied is parked again.</summary>
    public Task<ProjectionAnswer> RetryParkedAsync(string name, CancellationToken cancel) =>
        OrderAsync(ProjectionOrder.RetryParked, name, cancel);

    /// <summary>Carries an order out within a transaction of the caller's, who may store more with it.</summary>
    /// <returns>Anything but <see cref="ProjectionAnswer.Accepted"/>: nothing was changed.</returns>
    public Task<ProjectionAnswer> OrderAsync(
        ProjectionOrder order, string name, NpgsqlConnection within, CancellationToken cancel) =>
        order switch
        {
            ProjectionOrder.Pause => SetPausedAsync(within, name, paused: true, cancel),
            ProjectionOrder.Resume => SetPausedAsync(within, name, paused: false, cancel),
            ProjectionOrder.Rebuild => RebuildAsync(within, name, cancel),
            ProjectionOrder.CancelRebuild => CancelRebuildAsync(within, name, cancel),
            ProjectionOrder.RetryParked => RetryParkedAsync(within, name, cancel),
            _ => throw new ArgumentOutOfRangeException(nameof(order), order, null),
        };

    private async Task<ProjectionAnswer> OrderAsync(ProjectionOrder order, string name, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var answer = await OrderAsync(order, name, connection, cancel);
        await transaction.CommitAsync(cancel);
        return answer;
    }

    private async Task<ProjectionAnswer> RebuildAsync(NpgsqlConnection within, string name, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            "update projections p set rebuild_version = c.version, rebuild_requested_at = $2, rebuild_started_at = null, " +
            "rebuild_position = null, " +
            "rebuild_from = null, rebuild_from_at = null, rebuild_error = null " +
            "from checkpoints c where c.name = 'projection/' || p.name and p.name = $1 and p.rebuild_version is null", within);
        command.Parameters.AddWithValue(name);
        command.Parameters.AddWithValue(clock.GetUtcNow().UtcDateTime);
        return await command.ExecuteNonQueryAsync(cancel) == 1
            ? ProjectionAnswer.Accepted
            : await AnswerAsync(within, name, ProjectionAnswer.RebuildRunning, cancel);
    }

    private static async Task<ProjectionAnswer> CancelRebuildAsync(NpgsqlConnection within, string name, CancellationToken cancel)
    {
        await using var update = new NpgsqlCommand(
            "update projections set rebuild_version = null, rebuild_position = null where name = $1 and rebuild_version is not " +
            "null", within);
        update.Parameters.AddWithValue(name);
        if (await update.ExecuteNonQueryAsync(cancel) == 0)
        {
            return await AnswerAsync(within, name, ProjectionAnswer.NoRebuild, cancel);
        }

        await ProjectionTables.DropSideAsync(within, name, cancel);
        await using var parked = new NpgsqlCommand("delete from parked_projection_events where projection = $1 and rebuild", within);
        parked.Parameters.AddWithValue(name);
        await parked.ExecuteNonQueryAsync(cancel);
        return ProjectionAnswer.Accepted;
    }

    private static async Task<ProjectionAnswer> RetryParkedAsync(NpgsqlConnection within, string name, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(ParkedEvents.WantRetry, within);
        command.Parameters.AddWithValue(new[] { name });
        return await command.ExecuteNonQueryAsync(cancel) > 0
            ? ProjectionAnswer.Accepted
            : await AnswerAsync(within, name, ProjectionAnswer.NothingParked, cancel);
    }

    private static async Task<ProjectionAnswer> SetPausedAsync(NpgsqlConnection within, string name, bool paused, CancellationToken cancel)
    {
        switch (await InlineAsync(within, name, cancel))
        {
            case null:
                return ProjectionAnswer.NoSuchProjection;
            case true:
                return ProjectionAnswer.Inline;
            default:
                await PostgresCheckpoints.SetPausedAsync(within, ProjectionDefinition.SubscriptionNameOf(name), paused, cancel);
                return ProjectionAnswer.Accepted;
        }
    }

    private static async Task<ProjectionAnswer> AnswerAsync(
        NpgsqlConnection within, string name, ProjectionAnswer whenKnown, CancellationToken cancel) =>
        await InlineAsync(within, name, cancel) is null ? ProjectionAnswer.NoSuchProjection : whenKnown;

    private static async Task<bool?> InlineAsync(NpgsqlConnection within, string name, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("select inline from projections where name = $1", within);
        command.Parameters.AddWithValue(name);
        return (bool?)await command.ExecuteScalarAsync(cancel);
    }

    private ProjectionStatus Read(NpgsqlDataReader row)
    {
        var inline = row.GetBoolean(1);
        var last = row.GetInt64(6);
        var state = inline ? SubscriptionState.Live
            : row.GetBoolean(3) ? SubscriptionState.Paused
            : Enum.Parse<SubscriptionState>(row.GetString(4), ignoreCase: true);
        return new ProjectionStatus(
            row.GetString(0),
            inline,
            row.GetInt32(2),
            state,
            inline ? last : row.GetInt64(5),
            last,
            row.IsDBNull(7) ? null : row.GetString(7),
            row.IsDBNull(8) ? null : Progress(row, last),
            Time(row, 15));
    }

    private RebuildProgress Progress(NpgsqlDataReader row, long total)
    {
        var position = row.IsDBNull(11) ? (long?)null : row.GetInt64(11);
        double? rate = null;
        if (Time(row, 13) is { } since && position > row.GetInt64(12) && clock.GetUtcNow() > since)
        {
            rate = (position - row.GetInt64(12)) / (clock.GetUtcNow() - since).TotalSeconds;
        }

        return new RebuildProgress(
            row.GetInt32(8),
            Time(row, 9)!.Value,
            Time(row, 10),
            position,
            total,
            rate,
            rate is null ? null : TimeSpan.FromSeconds(Math.Max(0, total - position!.Value) / rate.Value),
            row.IsDBNull(14) ? null : row.GetString(14));
    }

    private static string? OrNull(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static DateTimeOffset? Time(NpgsqlDataReader row, int column) =>
        row.IsDBNull(column) ? null : new DateTimeOffset(row.GetDateTime(column));
}
