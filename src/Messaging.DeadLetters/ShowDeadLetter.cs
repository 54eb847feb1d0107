using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Payments.Contracts.DeadLetters;
using Payments.EventStore.Postgres;
using Payments.Hosting;
using Payments.Operations.Audit;
using Payments.ServiceDefaults.Errors;

namespace Payments.Messaging.DeadLetters;

/// <summary><c>GET dead-letters/{id}</c></summary>
internal static class ShowDeadLetter
{
    private const int BehindMax = 20;
    private const int HistoryMax = 200;

    public static async Task<IResult> Handle(long id, LogDatabase database, AuditQueries trail, CancellationToken cancel)
    {
        if (await FindAsync(database, id, cancel) is not { } letter)
        {
            return NotFound(id);
        }

        var content = await LetterContent.ReadAsync(database, id, cancel);
        var edits = await EditsAsync(database, id, cancel);
        return Results.Json(
            new DeadLetterDetail(
                letter,
                content.Stack,
                content.Headers,
                content.Source,
                content.Position,
                Payloads.Show(content.Payload),
                edits is [var oldest, ..] ? oldest.Before : null,
                await BehindAsync(database, id, cancel),
                edits,
                await trail.OfMessageAsync(id, HistoryMax, cancel)),
            DeadLetterJson.Default.DeadLetterDetail);
    }

    /// <summary>One that is or was a dead letter.</summary>
    public static async Task<DeadLetterView?> FindAsync(LogDatabase database, long id, CancellationToken cancel)
    {
        await using var command = database.Primary.CreateCommand(ListDeadLetters.Select + "where m.id = $1 and m.status <> 'parked'");
        command.Parameters.AddWithValue(id);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel) ? ListDeadLetters.Read(reader) : null;
    }

    public static ProblemHttpResult NotFound(long id) =>
        Problems.NotFound("not_found", $"There is no dead letter {id} here, or it has ended.");

    private static async Task<IReadOnlyList<WaitingView>> BehindAsync(LogDatabase database, long id, CancellationToken cancel)
    {
        await using var command = database.Primary.CreateCommand(
            "select m.id, m.message_type, m.message_id, m.amount, m.currency, m.parked_at from parked_keys k " +
            "join parked_messages m on m.consumer = k.consumer and m.key_topic = k.key_topic and m.routing_key = k.routing_key " +
            "and m.status in ('parked', 'dead') where k.head_id = $1 and m.id > $1 order by m.id limit $2");
        command.Parameters.AddWithValue(id);
        command.Parameters.AddWithValue(BehindMax);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var behind = new List<WaitingView>();
        while (await reader.ReadAsync(cancel))
        {
            behind.Add(new WaitingView(
                reader.GetInt64(0),
                reader.GetStringOrNull(1),
                reader.GetGuidOrNull(2),
                reader.GetInt64OrNull(3),
                reader.GetStringOrNull(4),
                new DateTimeOffset(reader.GetDateTime(5))));
        }

        return behind;
    }

    private static async Task<IReadOnlyList<EditView>> EditsAsync(LogDatabase database, long id, CancellationToken cancel)
    {
        await using var command = database.Primary.CreateCommand(
            "select id, revision, at, by, reason, payload from dead_letter_edits where message_id = $1 order by id limit $2");
        command.Parameters.AddWithValue(id);
        command.Parameters.AddWithValue(HistoryMax);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var edits = new List<EditView>();
        while (await reader.ReadAsync(cancel))
        {
            edits.Add(new EditView(
                reader.GetInt64(0),
                reader.GetInt64(1),
                new DateTimeOffset(reader.GetDateTime(2)),
                reader.GetString(3),
                reader.GetString(4),
                Payloads.Show(reader.GetFieldValue<byte[]>(5))));
        }

        return edits;
    }
}
