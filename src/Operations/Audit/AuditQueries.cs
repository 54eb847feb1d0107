using System.Text.Json.Nodes;
using Npgsql;
using NpgsqlTypes;
using Payments.Contracts.Audit;
using Payments.EventStore.Postgres;
using Payments.Hosting;

namespace Payments.Operations.Audit;

/// <summary>Which entries of the trail are wanted; null: any.</summary>
/// <param name="By">Who: a part of the name is enough.</param>
/// <param name="Subject">What it was done to, as the entries name it.</param>
internal sealed record AuditFilter(
    string? By = null,
    string? Act = null,
    string? Subject = null,
    Guid? ReplayId = null,
    long? MessageId = null,
    DateTimeOffset? From = null,
    DateTimeOffset? Until = null,
    long? Before = null);

/// <summary>Reads the trail of what operators did in a service.</summary>
internal sealed class AuditQueries(LogDatabase database)
{
    private const string Select =
        "select m.seq, m.at, m.by, m.act, m.reason, m.replay_id, m.message_id, m.before, m.after, m.subject, m.hash from operator_acts m ";

    /// <summary>Newest first.</summary>
    public async Task<IReadOnlyList<ActView>> PageAsync(AuditFilter filter, int countMax, CancellationToken cancel)
    {
        await using var command = database.Primary.CreateCommand();
        var conditions = new Conditions(command, "true")
            .Add("position(lower(#) in lower(m.by)) > 0", filter.By, NpgsqlDbType.Text)
            .Add("m.act = #", filter.Act, NpgsqlDbType.Text)
            .Add("m.subject = #", filter.Subject, NpgsqlDbType.Text)
            .Add("m.replay_id = #", filter.ReplayId, NpgsqlDbType.Uuid)
            .Add("m.message_id = #", filter.MessageId, NpgsqlDbType.Bigint)
            .Add("m.at >= #", filter.From, NpgsqlDbType.TimestampTz)
            .Add("m.at < #", filter.Until, NpgsqlDbType.TimestampTz)
            .Add("m.seq < #", filter.Before, NpgsqlDbType.Bigint);
        command.CommandText = Select + $"where {conditions} order by m.seq desc limit {countMax}";
        return await ReadAsync(command, cancel);
    }

    /// <summary>What was done about one message, oldest first.</summary>
    public async Task<IReadOnlyList<ActView>> OfMessageAsync(long message, int countMax, CancellationToken cancel)
    {
        await using var command = database.Primary.CreateCommand(Select + "where m.message_id = $1 order by m.seq limit $2");
        command.Parameters.AddWithValue(message);
        command.Parameters.AddWithValue(countMax);
        return await ReadAsync(command, cancel);
    }

    /// <summary>Looks at every entry: whether each says what it said when it was sealed with the one before.</summary>
    public async Task<TrailVerdict> VerifyAsync(CancellationToken cancel)
    {
        await using var command = database.Primary.CreateCommand("select checked, broken, why from verify_operator_acts()");
        await using var reader = await command.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        return new TrailVerdict(reader.IsDBNull(1), reader.GetInt64(0), reader.GetInt64OrNull(1), reader.GetStringOrNull(2));
    }

    private static async Task<IReadOnlyList<ActView>> ReadAsync(NpgsqlCommand command, CancellationToken cancel)
    {
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var acts = new List<ActView>();
        while (await reader.ReadAsync(cancel))
        {
            acts.Add(new ActView(
                reader.GetInt64(0),
                new DateTimeOffset(reader.GetDateTime(1)),
                reader.GetString(2),
                reader.GetString(3),
                reader.GetString(4),
                reader.GetGuidOrNull(5),
                reader.GetInt64OrNull(6),
                reader.GetStringOrNull(7) is { } before ? JsonNode.Parse(before) : null,
                reader.GetStringOrNull(8) is { } after ? JsonNode.Parse(after) : null,
                reader.GetStringOrNull(9),
                Convert.ToHexStringLower(reader.GetFieldValue<byte[]>(10))));
        }

        return acts;
    }
}
