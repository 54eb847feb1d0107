using System.Text.Json.Nodes;
using Npgsql;
using NpgsqlTypes;
using Payments.Contracts.Audit;

namespace Payments.Gateway.Operators;

/// <summary>
/// The trail of what was done about operators' accounts, and about faults of the card processor's stand-in: in order, sealed, and never
/// changed.
/// </summary>
internal sealed class AccessTrail(NpgsqlDataSource database)
{
    public static async Task WriteAsync(NpgsqlConnection connection, AccessAct act, DateTimeOffset at, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            "insert into operator_acts (at, by, act, reason, subject, before, after) values ($1, $2, $3, $4, $5, $6, $7)", connection);
        command.Parameters.AddWithValue(at.UtcDateTime);
        command.Parameters.AddWithValue(act.By);
        command.Parameters.AddWithValue(act.Act);
        command.Parameters.AddWithValue(act.Reason);
        command.Parameters.AddWithValue(act.Subject);
        command.Parameters.Add(Json(act.Before));
        command.Parameters.Add(Json(act.After));
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Newest first.</summary>
    public async Task<ActPage> PageAsync(
        string? by, string? act, string? subject, DateTimeOffset? from, DateTimeOffset? until, long? before, int countMax,
        CancellationToken cancel)
    {
        await using var command = database.CreateCommand(
            "select seq, at, by, act, reason, before, after, subject, hash from operator_acts where " +
            "($1 is null or position(lower($1) in lower(by)) > 0) and ($2 is null or act = $2) and ($3 is null or subject = $3) and " +
            "($4 is null or at >= $4) and ($5 is null or at < $5) and ($6 is null or seq < $6) order by seq desc limit $7");
        command.Parameters.Add(OrNull(by, NpgsqlDbType.Text));
        command.Parameters.Add(OrNull(act, NpgsqlDbType.Text));
        command.Parameters.Add(OrNull(subject, NpgsqlDbType.Text));
        command.Parameters.Add(OrNull(from?.UtcDateTime, NpgsqlDbType.TimestampTz));
        command.Parameters.Add(OrNull(until?.UtcDateTime, NpgsqlDbType.TimestampTz));
        command.Parameters.Add(OrNull(before, NpgsqlDbType.Bigint));
        command.Parameters.AddWithValue(countMax);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var items = new List<ActView>();
        while (await reader.ReadAsync(cancel))
        {
            items.Add(new ActView(
                reader.GetInt64(0),
                new DateTimeOffset(reader.GetDateTime(1)),
                reader.GetString(2),
                reader.GetString(3),
                reader.GetString(4),
                null,
                null,
                reader.IsDBNull(5) ? null : JsonNode.Parse(reader.GetString(5)),
                reader.IsDBNull(6) ? null : JsonNode.Parse(reader.GetString(6)),
                reader.GetString(7),
                Convert.ToHexStringLower(reader.GetFieldValue<byte[]>(8))));
        }

        return new ActPage(items, items.Count == countMax ? items[^1].Id : null);
    }

    /// <summary>Looks at every entry: whether each says what it said when it was sealed with the one before.</summary>
    public async Task<TrailVerdict> VerifyAsync(CancellationToken cancel)
    {
        await using var command = database.CreateCommand("select checked, broken, why from verify_operator_acts()");
        await using var reader = await command.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        return reader.IsDBNull(1)
            ? new TrailVerdict(true, reader.GetInt64(0), null, null)
            : new TrailVerdict(false, reader.GetInt64(0), reader.GetInt64(1), reader.GetString(2));
    }

    private static NpgsqlParameter OrNull(object? value, NpgsqlDbType type) => new() { Value = value ?? DBNull.Value, NpgsqlDbType = type };

    private static NpgsqlParameter Json(JsonNode? node) => OrNull(node?.ToJsonString(), NpgsqlDbType.Jsonb);
}
