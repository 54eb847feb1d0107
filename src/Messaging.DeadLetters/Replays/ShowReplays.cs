using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using NpgsqlTypes;
using Payments.Contracts.Replays;
using Payments.EventStore.Postgres;
using Payments.Hosting;
using Payments.ServiceDefaults.Errors;

namespace Payments.Messaging.DeadLetters.Replays;

/// <summary><c>GET replays</c>, newest first, and <c>GET replays/{id}</c> with a page of its items.</summary>
internal static class ShowReplays
{
    private const int PageMax = 500;
    private static readonly string[] ItemStatuses = [ItemPending, ItemRow.Applied, ItemRow.Failed, ItemRow.Skipped];
    private const string ItemPending = "pending";

    public static async Task<IResult> List(Guid? before, string? limit, ReplayStore books, CancellationToken cancel)
    {
        if (!PageLimit.TryParse(limit, 50, PageMax, out var countMax))
        {
            return PageLimit.Invalid(PageMax);
        }

        var replays = await books.PageAsync(before, countMax, cancel);
        return Results.Json(
            new ReplayPage([.. replays.Select(ReplayViews.Of)], replays.Count == countMax ? replays[^1].Id : null),
            DeadLetterJson.Default.ReplayPage);
    }

    public static async Task<IResult> One(
        Guid id, string? status, int? after, string? limit, ReplayStore books, LogDatabase database, CancellationToken cancel)
    {
        if (!PageLimit.TryParse(limit, 50, PageMax, out var countMax))
        {
            return PageLimit.Invalid(PageMax);
        }

        if (status is not null && !ItemStatuses.Contains(status))
        {
            return Problems.Invalid("status", $"Must be one of {string.Join(", ", ItemStatuses)}.");
        }

        if (await books.FindAsync(id, cancel) is not { Status: not Replay.Planned } replay)
        {
            return NotFound(id);
        }

        await using var command = database.Primary.CreateCommand();
        var conditions = new Conditions(command, "true")
            .Add("m.replay_id = #", id, NpgsqlDbType.Uuid)
            .Add("m.status = #", status, NpgsqlDbType.Text)
            .Add("m.ordinal > #", after, NpgsqlDbType.Integer);
        command.CommandText = "select m.ordinal, m.message_id, m.revision, m.status, m.error_type, m.error, m.at " +
            $"from replay_items m where {conditions} order by m.ordinal limit {countMax}";
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var items = new List<ReplayItemView>();
        while (await reader.ReadAsync(cancel))
        {
            items.Add(new ReplayItemView(
                reader.GetInt32(0),
                reader.GetInt64(1),
                reader.GetInt64(2),
                reader.GetString(3),
                reader.GetStringOrNull(4),
                reader.GetStringOrNull(5),
                reader.GetTimeOrNull(6)));
        }

        return Results.Json(
            new ReplayDetail(ReplayViews.Of(replay), items, items.Count == countMax ? items[^1].Ordinal : null),
            DeadLetterJson.Default.ReplayDetail);
    }

    public static ProblemHttpResult NotFound(Guid id) => Problems.NotFound("not_found", $"There is no replay {id} here.");
}
