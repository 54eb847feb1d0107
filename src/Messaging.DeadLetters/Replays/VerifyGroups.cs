using Microsoft.AspNetCore.Http;
using NpgsqlTypes;
using Payments.Contracts.DeadLetters;
using Payments.EventStore.Postgres;
using Payments.Hosting;
using Payments.Messaging.Consuming;
using Payments.Messaging.DeadLetters.Replays.Rehearsal;
using Payments.ServiceDefaults.Errors;

namespace Payments.Messaging.DeadLetters.Replays;

/// <summary>
/// <c>POST dead-letters/groups/verify</c>: has a deployment mended what failed? Without an effect, and so without an idempotency key.
/// </summary>
internal static class VerifyGroups
{
    private const int SampleMax = 20;
    private const int GroupsMax = 50;

    public static async Task<IResult> Handle<TState, TEvent>(
        VerifyRequest request,
        LogDatabase database,
        ConsumerDefinition<TState, TEvent> consumer,
        DeadLetterReader letters,
        DryRun<TState, TEvent> dryRun,
        CancellationToken cancel)
        where TState : class
    {
        if (request.Sample is < 1 or > SampleMax)
        {
            return Problems.Invalid("sample", $"Must be a whole number from 1 to {SampleMax}.");
        }

        if (request.Fingerprints is { Count: 0 or > GroupsMax })
        {
            return Problems.Invalid("fingerprints", $"Must be 1 to {GroupsMax} fingerprints.");
        }

        var groups = request.Fingerprints ??
        [
            .. (await GroupDeadLetters.ReadAsync(database, new DeadLetterFilter { Consumer = consumer.Name }, GroupsMax, cancel))
                .Select(g => g.Fingerprint),
        ];
        var verdicts = new List<GroupVerdict>();
        foreach (var group in groups)
        {
            if (await SampleAsync(database, consumer.Name, group, request.Sample, cancel) is { Count: > 0 } ids)
            {
                var sample = await letters.SelectAsync(new DeadLetterSelection { Ids = ids }, SampleMax, cancel);
                verdicts.Add(Judge(group, await dryRun.RunAsync(sample, [], cancel)));
            }
        }

        return Results.Json(verdicts, DeadLetterJson.Default.IReadOnlyListGroupVerdict);
    }

    private static GroupVerdict Judge(string group, IReadOnlyList<Foretold> foretold)
    {
        var failing = foretold.Where(f => f.Outcome == ForetoldOutcome.Fails).ToList();
        return new(
            group,
            failing.Count == 0 ? "fixed" : failing.Count == foretold.Count ? "still_failing" : "partly_fixed",
            foretold.Count,
            failing.Count,
            [.. failing.Select(f => f.Failure!.Type).Distinct().Order(StringComparer.Ordinal)],
            [.. foretold.Select(f => f.Message.Id)]);
    }

    // Old ones and new ones, the same at every look.
    private static async Task<IReadOnlyList<long>> SampleAsync(
        LogDatabase database, string consumer, string group, int countMax, CancellationToken cancel)
    {
        await using var command = database.Primary.CreateCommand();
        var conditions = new Conditions(command, "m.status = 'dead'")
            .Add("m.consumer = #", consumer, NpgsqlDbType.Text)
            .Add("m.fingerprint = #", group, NpgsqlDbType.Text);
        command.CommandText = $"select m.id from parked_messages m where {conditions} order by md5(m.id::text) limit {countMax}";
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var ids = new List<long>();
        while (await reader.ReadAsync(cancel))
        {
            ids.Add(reader.GetInt64(0));
        }

        return ids;
    }
}
