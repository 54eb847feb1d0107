using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using NpgsqlTypes;
using Payments.Contracts;
using Payments.Contracts.Projections;
using Payments.EventStore.Contract;
using Payments.EventStore.Postgres;
using Payments.EventStore.Projections;
using Payments.Hosting;
using Payments.Operations.Audit;
using Payments.ServiceDefaults.Errors;

namespace Payments.Operations.Projections;

/// <summary>
/// Carries an operator's order about a projection out: its effect, its idempotency key and its record in one transaction.
/// </summary>
/// <remarks>
/// Not a unit of the event store: that would take the head of the log before the projection's row, and a rebuild takes them the other way
/// round.
/// </remarks>
internal sealed class OrderProjection(LogDatabase database, IEventStore store, ProjectionControl control, TimeProvider clock)
{
    public async Task<IResult> HandleAsync(
        ProjectionOrder order, string name, ReasonRequest request, IdempotentRequest repeatable, OperatorName by, HttpContext context,
        CancellationToken cancel)
    {
        if (!Reason.TryRead(request.Reason, out var reason))
        {
            return Reason.Invalid();
        }

        if (await repeatable.FindFirstAsync(store, cancel) is { } first)
        {
            return repeatable.Repeat(first);
        }

        var answer = KeptAnswer.Of(StatusCodes.Status202Accepted, JsonSerializer.SerializeToUtf8Bytes(
            new ProjectionOrderAnswer(name, Act(order)), ProjectionJson.Default.ProjectionOrderAnswer));
        await using var connection = await database.Primary.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (!await TryClaimAsync(connection, repeatable.ClaimWith(answer), cancel))
        {
            await transaction.RollbackAsync(cancel);
            return repeatable.Repeat((await repeatable.FindFirstAsync(store, cancel))!); // The same request, at the same moment.
        }

        if (await control.OrderAsync(order, name, connection, cancel) is var outcome and not ProjectionAnswer.Accepted)
        {
            return Refusal(outcome, name); // Rolled back: a refusal claims nothing.
        }

        await RecordAsync(
            connection,
            new OperatorAct(
                clock.GetUtcNow(),
                by.Value,
                Act(order),
                reason,
                After: new JsonObject { ["projection"] = name },
                Subject: $"projection/{name}"),
            cancel);
        await transaction.CommitAsync(cancel);
        return answer.ToResult(context);
    }

    private static string Act(ProjectionOrder order) => order switch
    {
        ProjectionOrder.Pause => "projection-paused",
        ProjectionOrder.Resume => "projection-resumed",
        ProjectionOrder.Rebuild => "projection-rebuild-ordered",
        ProjectionOrder.RetryParked => "projection-retry-ordered",
        _ => "projection-rebuild-cancelled",
    };

    private static ProblemHttpResult Refusal(ProjectionAnswer answer, string name) => answer switch
    {
        ProjectionAnswer.NoSuchProjection => Problems.NotFound("not_found", $"There is no projection '{name}' here."),
        ProjectionAnswer.RebuildRunning => Problems.Conflict("rebuild_running", $"'{name}' is being rebuilt already."),
        ProjectionAnswer.NoRebuild => Problems.Conflict("no_rebuild", $"'{name}' is not being rebuilt."),
        ProjectionAnswer.NothingParked => Problems.Conflict("nothing_parked", $"'{name}' has no parked events."),
        ProjectionAnswer.Inline => Problems.Conflict("inline", $"'{name}' is written with the events themselves: it cannot be paused."),
        _ => throw new InvalidOperationException($"{answer} is no refusal."),
    };

    private async Task<bool> TryClaimAsync(NpgsqlConnection within, Claim claim, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            "insert into claims (scope, key, fingerprint, answer, claimed_at) values ($1, $2, $3, $4, $5) on conflict do nothing", within);
        command.Parameters.AddWithValue(claim.Scope);
        command.Parameters.AddWithValue(claim.Key);
        command.Parameters.AddWithValue(claim.Fingerprint.ToArray());
        command.Parameters.Add(new() { Value = claim.Answer.ToArray(), NpgsqlDbType = NpgsqlDbType.Json });
        command.Parameters.AddWithValue(clock.GetUtcNow().UtcDateTime);
        return await command.ExecuteNonQueryAsync(cancel) == 1;
    }

    private static async Task RecordAsync(NpgsqlConnection within, OperatorAct act, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("select apply_operator_acts(jsonb_build_array($1))", within);
        command.Parameters.Add(new() { Value = act.ToRow().Json.ToArray(), NpgsqlDbType = NpgsqlDbType.Jsonb });
        await command.ExecuteNonQueryAsync(cancel);
    }
}
