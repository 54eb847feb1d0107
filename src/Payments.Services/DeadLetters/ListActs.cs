using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Npgsql;
using NpgsqlTypes;
using Payments.EventStore.Postgres;
using Payments.Messaging.DeadLetters;

namespace Payments.Services.DeadLetters;

/// <summary><c>GET dead-letters/acts</c>: what people did about dead letters and replays, newest first.</summary>
internal static class ListActs
{
    private const int PageMax = 500;

    private const string Select =
        "select m.id, m.at, m.by, m.act, m.reason, m.replay_id, m.message_id, m.before, m.after from operator_acts m ";

    public static async Task<IResult> Handle(
        string? by,
        string? act,
        Guid? replayId,
        long? messageId,
        long? before,
        string? limit,
        LogDatabase database,
        CancellationToken cancel)
    {
        if (!PageLimit.TryParse(limit, 50, PageMax, out var countMax))
        {
            return PageLimit.Invalid(PageMax);
        }

        await using var command = database.Primary.CreateCommand();
        var conditions = new Conditions(command, "true")
            .Add("m.by = #", by, NpgsqlDbType.Text)
            .Add("m.act = #", act, NpgsqlDbType.Text)
            .Add("m.replay_id = #", replayId, NpgsqlDbType.Uuid)
            .Add("m.message_id = #", messageId, NpgsqlDbType.Bigint)
            .Add("m.id < #", before, NpgsqlDbType.Bigint);
        command.CommandText = Select + $"where {conditions} order by m.id desc limit {countMax}";
        var items = await ReadAsync(command, cancel);
        return Results.Json(new ActPage(items, items.Count == countMax ? items[^1].Id : null), DeadLetterJson.Default.ActPage);
    }

    /// <summary>What was done about one message, oldest first.</summary>
    public static async Task<IReadOnlyList<ActView>> OfMessageAsync(
        LogDatabase database, long message, int countMax, CancellationToken cancel)
    {
        await using var command = database.Primary.CreateCommand(Select + "where m.message_id = $1 order by m.id limit $2");
        command.Parameters.AddWithValue(message);
        command.Parameters.AddWithValue(countMax);
        return await ReadAsync(command, cancel);
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
                OrNull.Id(reader, 5),
                OrNull.Number(reader, 6),
                OrNull.Text(reader, 7) is { } before ? JsonNode.Parse(before) : null,
                OrNull.Text(reader, 8) is { } after ? JsonNode.Parse(after) : null));
        }

        return acts;
    }
}
