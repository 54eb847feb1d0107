using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Payments.Messaging.Parking;

namespace Payments.Messaging.DeadLetters.Replays;

/// <summary>A pending item with its message as that is now.</summary>
/// <param name="Message">Null when it is gone.</param>
/// <param name="Obstacle">Why it is not to be touched; null when nothing has changed since it was chosen.</param>
public sealed record PendingItem(int Ordinal, long MessageId, ParkedMessage? Message, string? Obstacle);

/// <summary>The replays in a service's database. What is done to them is stored with its effects: see <see cref="ReplayRow"/>.</summary>
public sealed class ReplayStore(NpgsqlDataSource database)
{
    private const string Columns =
        "id, act, created_at, created_by, reason, selection, selection_hash, rate_per_second, stop_at_percent, status, note, " +
        "total, applied, failed, skipped, ramp_applied, ramp_failed, changed_at, money, approved_by";

    /// <summary>Writes the items of a replay down, beside the log: nothing is done with them before it is set going.</summary>
    public async Task PlanAsync(ReplayOrder order, FrozenSelection selection, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using (var replay = new NpgsqlCommand(
            "insert into replays (id, act, created_at, created_by, reason, selection, selection_hash, total, rate_per_second, " +
            "stop_at_percent, changed_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $3)", connection))
        {
            replay.Parameters.AddWithValue(order.Id);
            replay.Parameters.AddWithValue(order.Act);
            replay.Parameters.AddWithValue(order.At.UtcDateTime);
            replay.Parameters.AddWithValue(order.By);
            replay.Parameters.AddWithValue(order.Reason);
            replay.Parameters.AddWithValue(
                NpgsqlDbType.Jsonb, JsonSerializer.SerializeToUtf8Bytes(order.Selection, DeadLetterRows.Default.DeadLetterSelection));
            replay.Parameters.AddWithValue(selection.Hash);
            replay.Parameters.AddWithValue(selection.Items.Count);
            replay.Parameters.AddWithValue(order.RatePerSecond);
            replay.Parameters.AddWithValue(order.StopAtPercent);
            await replay.ExecuteNonQueryAsync(cancel);
        }

        await using (var items = new NpgsqlCommand(
            "insert into replay_items (replay_id, ordinal, message_id, revision) " +
            "select $1, nth, id, revision from unnest($2, $3) with ordinality as i (id, revision, nth)", connection))
        {
            items.Parameters.AddWithValue(order.Id);
            items.Parameters.AddWithValue(selection.Items.Select(i => i.Id).ToArray());
            items.Parameters.AddWithValue(selection.Items.Select(i => i.Revision).ToArray());
            await items.ExecuteNonQueryAsync(cancel);
        }

        await using (var money = new NpgsqlCommand(
            "update replays set money = coalesce((select jsonb_agg(jsonb_build_object('currency', s.currency, 'amount', s.amount) " +
            "order by s.currency) from (select m.currency, sum(abs(m.amount::numeric)) as amount from replay_items i " +
            "join parked_messages m on m.id = i.message_id where i.replay_id = $1 and m.currency is not null group by 1) s), '[]') " +
            "where id = $1", connection))
        {
            money.Parameters.AddWithValue(order.Id);
            await money.ExecuteNonQueryAsync(cancel);
        }

        await transaction.CommitAsync(cancel);
    }

    /// <summary>Forgets a plan that nobody will set going.</summary>
    public async Task ForgetAsync(Guid id, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("delete from replays where id = $1 and status = 'planned'");
        command.Parameters.AddWithValue(id);
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Forgets plans whose maker went away before setting them going.</summary>
    public async Task ForgetPlansAsync(DateTimeOffset before, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("delete from replays where status = 'planned' and created_at < $1");
        command.Parameters.AddWithValue(before.UtcDateTime);
        await command.ExecuteNonQueryAsync(cancel);
    }

    public async Task<Replay?> FindAsync(Guid id, CancellationToken cancel)
    {
        await using var command = database.CreateCommand($"select {Columns} from replays where id = $1");
        command.Parameters.AddWithValue(id);
        return (await ReadAsync(command, cancel)).SingleOrDefault();
    }

    /// <summary>The oldest that is running; null when none is.</summary>
    public async Task<Replay?> FindRunningAsync(CancellationToken cancel)
    {
        await using var command = database.CreateCommand(
            $"select {Columns} from replays where status = 'running' order by created_at, id limit 1");
        return (await ReadAsync(command, cancel)).SingleOrDefault();
    }

    /// <summary>Those that wait for a second person, oldest first.</summary>
    public async Task<IReadOnlyList<Replay>> AwaitingApprovalAsync(int countMax, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(
            $"select {Columns} from replays where status = 'awaiting-approval' order by created_at, id limit $1");
        command.Parameters.AddWithValue(countMax);
        return await ReadAsync(command, cancel);
    }

    /// <summary>Newest first.</summary>
    /// <param name="before">The last one of the page before.</param>
    public async Task<IReadOnlyList<Replay>> PageAsync(Guid? before, int countMax, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(
            $"select {Columns} from replays where status <> 'planned' and ($1 is null or " +
            "(created_at, id) < (select created_at, id from replays where id = $1)) order by created_at desc, id desc limit $2");
        command.Parameters.Add(new() { Value = (object?)before ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid });
        command.Parameters.AddWithValue(countMax);
        return await ReadAsync(command, cancel);
    }

    /// <summary>Pending items after a place in the order, and the reason why one is not to be touched.</summary>
    public async Task<IReadOnlyList<PendingItem>> PendingAsync(
        Guid replay, string consumer, int from, int until, int countMax, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(
            $"select {PostgresParkedMessages.Columns}, i.ordinal, i.message_id, case " +
            "when m.consumer <> $2 then 'It is a message of another consumer.' " +
            "when m.status = 'replayed' then 'It was replayed meanwhile.' " +
            "when m.status = 'discarded' then 'It was discarded meanwhile.' " +
            "when m.revision <> i.revision then 'It was changed since it was chosen.' " +
            "when m.status <> 'dead' then 'It is no dead letter any more.' " +
            "when m.key_topic is not null and not exists (select from parked_keys k where k.head_id = m.id) " +
            "then 'It waits behind another message of its key.' end " +
            "from replay_items i left join parked_messages m on m.id = i.message_id " +
            "where i.replay_id = $1 and i.status = 'pending' and i.ordinal between $3 and $4 order by i.ordinal limit $5");
        command.Parameters.AddWithValue(replay);
        command.Parameters.AddWithValue(consumer);
        command.Parameters.AddWithValue(from);
        command.Parameters.AddWithValue(until);
        command.Parameters.AddWithValue(countMax);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        const int beside = PostgresParkedMessages.ColumnsCount;
        var items = new List<PendingItem>();
        while (await reader.ReadAsync(cancel))
        {
            var message = reader.IsDBNull(0) ? null : PostgresParkedMessages.Read(reader);
            items.Add(new(
                reader.GetInt32(beside),
                reader.GetInt64(beside + 1),
                message,
                message is null ? "It is gone." : reader.IsDBNull(beside + 2) ? null : reader.GetString(beside + 2)));
        }

        return items;
    }

    private static async Task<IReadOnlyList<Replay>> ReadAsync(NpgsqlCommand command, CancellationToken cancel)
    {
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var replays = new List<Replay>();
        while (await reader.ReadAsync(cancel))
        {
            replays.Add(new Replay(
                reader.GetGuid(0),
                reader.GetString(1),
                new DateTimeOffset(reader.GetDateTime(2)),
                reader.GetString(3),
                reader.GetString(4),
                JsonDocument.Parse(reader.GetString(5)).RootElement,
                reader.GetString(6),
                reader.GetInt32(7),
                reader.GetInt32(8),
                reader.GetString(9),
                reader.IsDBNull(10) ? null : reader.GetString(10),
                new(
                    reader.GetInt32(11),
                    reader.GetInt32(12),
                    reader.GetInt32(13),
                    reader.GetInt32(14),
                    reader.GetInt32(15),
                    reader.GetInt32(16)),
                new DateTimeOffset(reader.GetDateTime(17)),
                JsonSerializer.Deserialize(reader.GetString(18), ReplayJson.Default.IReadOnlyListReplayMoney)!,
                reader.IsDBNull(19) ? null : reader.GetString(19)));
        }

        return replays;
    }
}
