using Npgsql;
using Payments.Domain;
using Payments.EventStore.Contract;
using Payments.Operations.Invariants;
using Payments.SagaService.Sagas;

namespace Payments.SagaService.Invariants;

/// <summary>
/// No saga was answered with another amount, currency or wallet than it asked for. One that was has stopped, and waits for a person.
/// </summary>
internal sealed class AnswersAreAsAsked(NpgsqlDataSource database, IEventStore store)
{
    public const string Name = "answers-are-as-asked";

    private const int FindingsMax = 200;

    public Invariant Invariant => new()
    {
        Name = Name,
        Meaning = "No wallet and no card processor has done another thing than a payment or refund asked for.",
        Check = CheckAsync,
        Grace = TimeSpan.Zero, // It stands in the saga's own stream: no message will make it right.
    };

    private async Task<Seen> CheckAsync(Look look, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(
            "select saga_id, definition, awaits, version from sagas where deadline is not null " +
            "and (overdue or attempt > 1 or refusal_code is not null) and refusal_code = $1 order by waiting_since limit $2");
        command.Parameters.AddWithValue(RefusalCodes.AnswerDiffers);
        command.Parameters.AddWithValue(FindingsMax);
        var stopped = new List<(Guid Id, string Kind, string Awaits, long Version)>();
        await using (var reader = await command.ExecuteReaderAsync(cancel))
        {
            while (await reader.ReadAsync(cancel))
            {
                stopped.Add((reader.GetGuid(0), reader.GetString(1), reader.GetString(2), reader.GetInt64(3)));
            }
        }

        var findings = new List<Finding>();
        foreach (var (id, kind, awaits, version) in stopped)
        {
            var events = await store.ReadStreamBackwardsAsync(
                SagaAggregate.Definition.Stream(id), VersionRange.FromStart(version), 100, cancel);
            findings.Add(new Finding(
                $"saga/{id}",
                $"The {kind} {id} waits for {awaits}, and was answered about another amount, currency or wallet: it has stopped there.",
                events.FirstOrDefault(e => e.Type == "saga.step-refused.v1") is { } e ? EventReference.Of(e) : null));
        }

        return new Seen(stopped.Count, findings);
    }
}
