using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Payments.Contracts.Approvals;
using Payments.EventStore.Postgres;
using Payments.Hosting;

namespace Payments.Operations.Approvals;

/// <summary>
/// The orders that wait, or waited, for a second person. Whatever is done to one is in the operators' trail in the same moment.
/// </summary>
internal sealed class ApprovalStore
{
    private const string OfDeadLetters =
        "exists (select from parked_messages m " +
        "where m.id = (case when a.subject like 'dead-letter/%' then substr(a.subject, 13) end)::bigint " +
        "and (m.status <> 'dead' or m.revision <> coalesce((a.body ->> 'revision')::bigint, m.revision)))";

    private readonly LogDatabase _database;
    private readonly string _overtaken;

    /// <param name="overtaken">When an order <c>a</c> of the service cannot be carried out any more, whoever approves it; in SQL.</param>
    public ApprovalStore(LogDatabase database, IEnumerable<OvertakenOrders> overtaken)
    {
        _database = database;
        _overtaken = string.Join(" or ", overtaken.Select(orders => orders.Sql).Prepend(OfDeadLetters));
    }

    private string Columns =>
        "a.id, a.act, a.subject, a.path, a.body, a.order_hash, a.money, a.count, a.reason, a.asked_by, a.asked_at, a.expires_at, " +
        $"case when a.status <> 'waiting' then a.status when a.expires_at <= now() then 'expired' when {_overtaken} then 'overtaken' " +
        "else 'waiting' end, a.decided_by, a.decided_at, a.decided_reason";

    /// <summary>Writes an order down; one that was asked before under its key is not written again.</summary>
    /// <returns>The order under that key, which is another one when the key was used before.</returns>
    public async Task<ApprovalView> AskAsync(ApprovalView asked, string client, string key, CancellationToken cancel)
    {
        await using var command = _database.Primary.CreateCommand(
            "with asked as (insert into approvals (id, act, subject, path, body, order_hash, money, count, reason, client_id, " +
            "idempotency_key, asked_by, asked_at, expires_at) " +
            "values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) on conflict (client_id, idempotency_key) do nothing " +
            "returning *), " +
            "recorded as (insert into operator_acts (at, by, act, reason, subject, after) select asked_at, asked_by, 'approval-asked', " +
            "reason, subject, jsonb_build_object('approval', id, 'act', act, 'hash', order_hash, 'money', money, 'count', count) " +
            "from asked) " +
            $"select {Columns} from asked a union all select {Columns} from approvals a where client_id = $10 and idempotency_key = $11");
        var parameters = command.Parameters;
        parameters.AddWithValue(asked.Id);
        parameters.AddWithValue(asked.Act);
        parameters.AddWithValue(asked.Subject);
        parameters.AddWithValue(asked.Path);
        parameters.AddWithValue(NpgsqlDbType.Json, asked.Body!.Value.GetRawText());
        parameters.AddWithValue(asked.Hash);
        parameters.AddWithValue(
            NpgsqlDbType.Jsonb, JsonSerializer.SerializeToUtf8Bytes(asked.Money, ApprovalJson.Default.IReadOnlyListMoneyView));
        parameters.AddWithValue(asked.Count);
        parameters.AddWithValue(asked.Reason);
        parameters.AddWithValue(client);
        parameters.AddWithValue(key);
        parameters.AddWithValue(asked.AskedBy);
        parameters.AddWithValue(asked.AskedAt.UtcDateTime);
        parameters.AddWithValue(asked.ExpiresAt!.Value.UtcDateTime);
        return (await ReadAsync(command, cancel)) is [var found, ..]
            ? found
            : (await FindByKeyAsync(client, key, cancel))!; // Another request with the key was being stored in this very moment.
    }

    public async Task<ApprovalView?> FindAsync(Guid id, CancellationToken cancel)
    {
        await using var command = _database.Primary.CreateCommand($"select {Columns} from approvals a where id = $1");
        command.Parameters.AddWithValue(id);
        return (await ReadAsync(command, cancel)).SingleOrDefault();
    }

    /// <summary>Decides about an order that waits.</summary>
    /// <param name="status">Approved or declined.</param>
    /// <returns>False: it does not wait any more.</returns>
    public async Task<bool> DecideAsync(Guid id, string status, string by, string reason, DateTimeOffset at, CancellationToken cancel)
    {
        await using var command = _database.Primary.CreateCommand(
            "with decided as (update approvals set status = $2, decided_by = $3, decided_reason = $4, decided_at = $5 " +
            "where id = $1 and status = 'waiting' and expires_at > $5 returning *), " +
            "recorded as (insert into operator_acts (at, by, act, reason, subject, before, after) select decided_at, decided_by, " +
            "'approval-' || status, decided_reason, subject, jsonb_build_object('askedBy', asked_by), " +
            "jsonb_build_object('approval', id, 'act', act, 'hash', order_hash, 'money', money, 'count', count) from decided) " +
            "select count(*) from decided");
        command.Parameters.AddWithValue(id);
        command.Parameters.AddWithValue(status);
        command.Parameters.AddWithValue(by);
        command.Parameters.AddWithValue(reason);
        command.Parameters.AddWithValue(at.UtcDateTime);
        return (long)(await command.ExecuteScalarAsync(cancel))! == 1;
    }

    /// <summary>The newest first; of those that wait, the oldest.</summary>
    public async Task<IReadOnlyList<ApprovalView>> ListAsync(bool waiting, int countMax, CancellationToken cancel)
    {
        await using var command = _database.Primary.CreateCommand(
            waiting
                ? $"select {Columns} from approvals a where status = 'waiting' and expires_at > now() and not ({_overtaken}) " +
                    "order by asked_at, id limit $1"
                : $"select {Columns} from approvals a order by asked_at desc, id desc limit $1");
        command.Parameters.AddWithValue(countMax);
        return await ReadAsync(command, cancel);
    }

    private async Task<ApprovalView?> FindByKeyAsync(string client, string key, CancellationToken cancel)
    {
        await using var command = _database.Primary.CreateCommand(
            $"select {Columns} from approvals a where client_id = $1 and idempotency_key = $2");
        command.Parameters.AddWithValue(client);
        command.Parameters.AddWithValue(key);
        return (await ReadAsync(command, cancel)).SingleOrDefault();
    }

    private static async Task<IReadOnlyList<ApprovalView>> ReadAsync(NpgsqlCommand command, CancellationToken cancel)
    {
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var approvals = new List<ApprovalView>();
        while (await reader.ReadAsync(cancel))
        {
            approvals.Add(new ApprovalView(
                reader.GetGuid(0),
                "order",
                reader.GetString(1),
                reader.GetString(2),
                reader.GetString(3),
                JsonDocument.Parse(reader.GetString(4)).RootElement,
                reader.GetString(5),
                JsonSerializer.Deserialize(reader.GetString(6), ApprovalJson.Default.IReadOnlyListMoneyView)!,
                reader.GetInt64(7),
                reader.GetString(8),
                reader.GetString(9),
                new DateTimeOffset(reader.GetDateTime(10)),
                new DateTimeOffset(reader.GetDateTime(11)),
                reader.GetString(12),
                reader.GetStringOrNull(13),
                reader.GetTimeOrNull(14),
                reader.GetStringOrNull(15)));
        }

        return approvals;
    }
}
