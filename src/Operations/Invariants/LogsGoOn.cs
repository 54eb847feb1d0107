using System.Text.Json.Nodes;
using Npgsql;
using Payments.EventStore.Contract;

namespace Payments.Operations.Invariants;

/// <summary>
/// No log that is kept or read here was restored to an earlier moment of late: when one was, and what became of it, a person should know.
/// </summary>
/// <remarks>
/// Nobody has to do anything for payments to go on. But what was answered to clients in the part that is lost is gone, and only people know
/// whom to tell. So it stands for a day, and then clears by itself.
/// </remarks>
public sealed class LogsGoOn(NpgsqlDataSource database, IEventStore store, TimeProvider clock)
{
    public const string Name = "logs-go-on";

    private static readonly TimeSpan ShownFor = TimeSpan.FromDays(1);

    public Invariant Invariant => new()
    {
        Name = Name,
        Meaning = "No log has gone back to an earlier moment within the last day.",
        Grace = TimeSpan.Zero,
        Check = CheckAsync,
    };

    private async Task<Seen> CheckAsync(Look look, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(
            "select log, incarnation, seen_by, begins_after, evidence, seen_at from log_restores where seen_at > $1 order by seen_at");
        command.Parameters.AddWithValue((clock.GetUtcNow() - ShownFor).UtcDateTime);
        var findings = new List<Finding>();
        await using (var reader = await command.ExecuteReaderAsync(cancel))
        {
            while (await reader.ReadAsync(cancel))
            {
                findings.Add(FindingOf(reader));
            }
        }

        return new Seen((await store.LineageAsync(cancel)).Incarnations.Count, findings);
    }

    private static Finding FindingOf(NpgsqlDataReader row)
    {
        var (log, incarnation, seenBy, after) = (row.GetString(0), row.GetGuid(1), row.GetString(2), row.GetInt64(3));
        return new Finding(
            $"{log} as {incarnation}, seen by {seenBy}",
            $"Log '{log}' was restored: incarnation {incarnation} begins after position {after}, and what came there before is lost. "
                + row.GetString(4),
            null,
            new JsonObject
            {
                ["log"] = log,
                ["incarnation"] = incarnation,
                ["beginsAfter"] = after,
                ["seenBy"] = seenBy,
                ["seenAt"] = row.GetDateTime(5).ToString("O"),
            });
    }
}
