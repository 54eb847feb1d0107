using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Payments.Contracts.DeadLetters;
using Payments.EventStore.Postgres;
using Payments.Hosting;

namespace Payments.Messaging.DeadLetters;

/// <summary><c>GET dead-letters/groups</c>: failures that are alike, those that hold up the most money first.</summary>
internal static class GroupDeadLetters
{
    public const int GroupsMax = 500;

    // Amounts as numeric: nobody has checked what is read from a payload that failed.
    private const string Sql =
        """
        with dead as materialized (
            select m.id, m.fingerprint, m.consumer, m.topic, m.key_topic, m.routing_key, m.message_type, m.amount, m.currency,
                m.first_failed_at, m.last_failed_at
            from parked_messages m where {0}),
        behind as materialized (
            select d.fingerprint, w.amount, w.currency
            from dead d
            join parked_keys k on k.head_id = d.id and k.waiting > 0
            join parked_messages w on w.consumer = d.consumer and w.key_topic = d.key_topic and w.routing_key = d.routing_key
                and w.status = 'parked'),
        money as (
            select fingerprint, currency, sum(amount) as total
            from (select fingerprint, currency, amount from dead union all select fingerprint, currency, amount from behind) every
            where amount is not null
            group by fingerprint, currency),
        groups as (
            select fingerprint, count(*) as dead, min(first_failed_at) as oldest, max(last_failed_at) as newest,
                array_agg(distinct consumer) as consumers, array_agg(distinct topic) as topics,
                array_agg(distinct message_type) filter (where message_type is not null) as types, max(id) as sample
            from dead group by fingerprint)
        select g.fingerprint, g.dead, (select count(*) from behind b where b.fingerprint = g.fingerprint),
            (select jsonb_agg(jsonb_build_object('currency', m.currency, 'amount', m.total) order by m.currency)
             from money m where m.fingerprint = g.fingerprint),
            g.oldest, g.newest, g.consumers, g.topics, g.types, s.error_type, s.error, g.sample
        from groups g
        join parked_messages s on s.id = g.sample
        order by (select max(m.total) from money m where m.fingerprint = g.fingerprint) desc nulls last, g.oldest
        """;

    public static async Task<IResult> Handle([AsParameters] DeadLetterFilter filter, LogDatabase database, CancellationToken cancel) =>
        Results.Json(await ReadAsync(database, filter, GroupsMax, cancel), DeadLetterJson.Default.IReadOnlyListDeadLetterGroup);

    public static async Task<IReadOnlyList<DeadLetterGroup>> ReadAsync(
        LogDatabase database, DeadLetterFilter filter, int countMax, CancellationToken cancel)
    {
        await using var command = database.Primary.CreateCommand();
        var conditions = new Conditions(command, "m.status = 'dead'").Add(filter);
        command.CommandText = $"{Sql.Replace("{0}", conditions.ToString(), StringComparison.Ordinal)} limit {countMax}";
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var groups = new List<DeadLetterGroup>();
        while (await reader.ReadAsync(cancel))
        {
            groups.Add(new DeadLetterGroup(
                reader.GetString(0),
                reader.GetInt64(1),
                reader.GetInt64(2),
                reader.IsDBNull(3) ? [] : JsonSerializer.Deserialize(reader.GetString(3), DeadLetterJson.Default.ListMoneyView)!,
                new DateTimeOffset(reader.GetDateTime(4)),
                new DateTimeOffset(reader.GetDateTime(5)),
                reader.GetFieldValue<string[]>(6),
                reader.GetFieldValue<string[]>(7),
                reader.IsDBNull(8) ? [] : reader.GetFieldValue<string[]>(8),
                reader.GetString(9),
                reader.GetString(10),
                reader.GetInt64(11)));
        }

        return groups;
    }
}
