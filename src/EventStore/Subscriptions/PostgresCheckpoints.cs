using Npgsql;
using NpgsqlTypes;
using Payments.EventStore.Postgres;

namespace Payments.EventStore.Subscriptions;

/// <summary>Checkpoints in the table <c>checkpoints</c>, beside the log.</summary>
public sealed class PostgresCheckpoints(NpgsqlDataSource database, TimeProvider clock) : ICheckpoints
{
    private const string Move = "update checkpoints set position = $4, moved_at = $5 where name = $1 and version = $2 and position = $3";

    public async Task<Checkpoint> ReadAsync(string name, int version, CancellationToken cancel)
    {
        if (await FindAsync(name, cancel) is { } found)
        {
            return found;
        }

        await using var insert = database.CreateCommand(
            "insert into checkpoints (name, version, position, moved_at, state, state_since) values ($1, $2, 0, $3, $4, $3) on " +
            "conflict do nothing");
        Add(insert, name, version, clock.GetUtcNow().UtcDateTime, NameOf(SubscriptionState.Waiting));
        await insert.ExecuteNonQueryAsync(cancel);
        return await FindAsync(name, cancel) ?? throw new InvalidOperationException($"The checkpoint '{name}' cannot be made.");
    }

    public async Task<bool> MoveAsync(string name, int version, long from, long to, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(Move);
        Add(command, name, version, from, to, clock.GetUtcNow().UtcDateTime);
        return await command.ExecuteNonQueryAsync(cancel) == 1;
    }

    /// <summary>Moves a checkpoint with the transaction that holds the effects, and only while it is not paused.</summary>
    /// <returns>False: roll back.</returns>
    internal async Task<bool> MoveAsync(NpgsqlConnection within, string name, int version, long from, long to, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(Move + " and not paused", within);
        Add(command, name, version, from, to, clock.GetUtcNow().UtcDateTime);
        return await command.ExecuteNonQueryAsync(cancel) == 1;
    }

    public async Task NoteAsync(string name, SubscriptionState state, int failures, string? error, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(
            "update checkpoints set state = $2, state_since = case when state = $2 then state_since else $3 end, failures = " +
            "$4, error = $5 where name = $1");
        Add(command, name, NameOf(state), clock.GetUtcNow().UtcDateTime, failures);
        command.Parameters.Add(new NpgsqlParameter
        {
            Value = error is null ? DBNull.Value : StorableText.Of(error),
            NpgsqlDbType = NpgsqlDbType.Text,
        });
        await command.ExecuteNonQueryAsync(cancel);
    }

    public async Task<bool> SetPausedAsync(string name, bool paused, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await SetPausedAsync(connection, name, paused, cancel);
    }

    /// <summary>The same, with a transaction of the caller's.</summary>
    internal static async Task<bool> SetPausedAsync(NpgsqlConnection within, string name, bool paused, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("update checkpoints set paused = $2 where name = $1", within);
        Add(command, name, paused);
        return await command.ExecuteNonQueryAsync(cancel) == 1;
    }

    public async Task<IReadOnlyList<SubscriptionStatus>> ListAsync(CancellationToken cancel)
    {
        await using var command = database.CreateCommand(
            "select c.name, c.state, c.paused, c.position, h.position, c.state_since, c.failures, c.error, " +
            $"{PostgresLeadership.IsHeld("c.name")} " +
            "from checkpoints c cross join log_head h order by c.name");
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var list = new List<SubscriptionStatus>();
        while (await reader.ReadAsync(cancel))
        {
            list.Add(new SubscriptionStatus(
                reader.GetString(0),
                reader.GetBoolean(2) ? SubscriptionState.Paused : Enum.Parse<SubscriptionState>(reader.GetString(1), ignoreCase: true),
                reader.GetInt64(3),
                reader.GetInt64(4),
                new DateTimeOffset(reader.GetDateTime(5)),
                reader.GetInt32(6),
                reader.IsDBNull(7) ? null : reader.GetString(7),
                reader.GetBoolean(8)));
        }

        return list;
    }

    private async Task<Checkpoint?> FindAsync(string name, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("select position, version, paused from checkpoints where name = $1");
        Add(command, name);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel) ? new Checkpoint(reader.GetInt64(0), reader.GetInt32(1), reader.GetBoolean(2)) : null;
    }

    private static string NameOf(SubscriptionState state) => state.ToString().ToLowerInvariant();

    private static void Add(NpgsqlCommand command, params IReadOnlyList<object> values)
    {
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }
    }
}
