using Microsoft.AspNetCore.Http;
using Npgsql;
using NpgsqlTypes;
using Payments.Contracts.DeadLetters;
using Payments.EventStore.Postgres;
using Payments.Hosting;

namespace Payments.Messaging.DeadLetters;

/// <summary><c>GET dead-letters/parked[?dead=false]</c>: keys that wait for their time or for a person, by their heads.</summary>
internal static class ListParkedKeys
{
    private const int PageMax = 500;

    public static async Task<IResult> Handle(bool? dead, long? after, string? limit, LogDatabase database, CancellationToken cancel)
    {
        if (!PageLimit.TryParse(limit, 50, PageMax, out var countMax))
        {
            return PageLimit.Invalid(PageMax);
        }

        await using var command = database.Primary.CreateCommand(
            "select k.consumer, k.key_topic, k.routing_key, k.head_id, m.message_type, k.is_dead, m.attempts, k.retry_at, k.waiting, " +
            "m.error_type, m.error, m.parked_at from parked_keys k join parked_messages m on m.id = k.head_id " +
            "where ($1 is null or k.is_dead = $1) and k.head_id > $2 order by k.head_id limit $3");
        command.Parameters.Add(new() { Value = (object?)dead ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Boolean });
        command.Parameters.AddWithValue(after ?? 0);
        command.Parameters.AddWithValue(countMax);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var items = new List<ParkedKeyView>();
        while (await reader.ReadAsync(cancel))
        {
            items.Add(Read(reader));
        }

        return Results.Json(
            new ParkedKeyPage(items, items.Count == countMax ? items[^1].HeadId : null), DeadLetterJson.Default.ParkedKeyPage);
    }

    private static ParkedKeyView Read(NpgsqlDataReader row)
    {
        var isDead = row.GetBoolean(5);
        return new(
            row.GetString(0),
            row.GetString(1),
            row.GetString(2),
            row.GetInt64(3),
            row.GetStringOrNull(4),
            isDead,
            row.GetInt32(6),
            isDead ? null : row.GetTimeOrNull(7),
            row.GetInt32(8),
            row.GetStringOrNull(9),
            row.GetStringOrNull(10),
            new DateTimeOffset(row.GetDateTime(11)));
    }
}
