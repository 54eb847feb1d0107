using System.Globalization;
using System.Text.Json.Nodes;
using Payments.Messaging.DeadLetters.Replays;
using Payments.Messaging.DeadLetters.Replays.Rehearsal;
using UnitTests.Randomness;

namespace IntegrationTests.Replays;

/// <summary>
/// What a dry run foretells is what the replay then does: events, failures, and what becomes of those that waited behind.
/// </summary>
public sealed class ForetellingTests(PostgresFixture postgres)
{
    private const int PerWalletKind = 13;
    private const int PerPaymentKind = 6;
    private const int PerSagaKind = 6;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_dry_run_foretells_two_hundred_failures_of_ten_kinds()
    {
        var random = Seed.NewRandom();
        await using var wallets = await WalletLetters.StageAsync(postgres);
        await using var payments = await PaymentLetters.StageAsync(postgres);
        await using var sagas = await SagaLetters.StageAsync(postgres);

        var tally = new SortedDictionary<string, int>(StringComparer.Ordinal);
        await CheckAsync(wallets, await WalletFailures.MakeAsync(wallets, random, PerWalletKind), tally);
        await CheckAsync(payments, await PaymentLetters.MakeAsync(payments, random, PerPaymentKind), tally);
        await CheckAsync(sagas, await SagaLetters.MakeAsync(sagas, random, PerSagaKind), tally);

        foreach (var (kind, count) in tally)
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"{count,4} {kind}");
        }

        Assert.True(tally.Where(t => t.Key.StartsWith("kind ", StringComparison.Ordinal)).Sum(t => t.Value) >= 200);
        Assert.True(tally.Count(t => t.Key.StartsWith("kind ", StringComparison.Ordinal)) >= 10);
        Assert.All(
            Enum.GetNames<ForetoldOutcome>(), outcome => Assert.True(tally.ContainsKey($"outcome {outcome}"), $"Never seen: {outcome}."));
    }

    private static async Task CheckAsync<TState, TEvent>(
        ReplayStage<TState, TEvent> stage, IReadOnlyList<string> kinds, SortedDictionary<string, int> tally)
        where TState : class
    {
        var heads = await stage.Letters.SelectAsync(new() { Filter = new() }, 500, Cancel);
        Assert.Equal(kinds.Count, heads.Count);
        var behind = await stage.Letters.BehindAsync(heads, 20, 1_000, Cancel);
        var before = await PrintAsync(stage);
        var foretold = await stage.DryRun.RunAsync(heads, behind, Cancel);
        Assert.Equal(before, await PrintAsync(stage)); // It has left no trace.

        await using (stage.RunRetries())
        await using (stage.RunReplays())
        {
            await stage.UntilAsync(await stage.StartAsync(), Replay.Done);
            await stage.DrainedAsync();
        }

        foreach (var kind in kinds)
        {
            tally[$"kind {kind}"] = tally.GetValueOrDefault($"kind {kind}") + 1;
        }

        foreach (var told in foretold)
        {
            tally[$"outcome {told.Outcome}"] = tally.GetValueOrDefault($"outcome {told.Outcome}") + 1;
            Assert.Equal(Foretold(told), await ActualAsync(stage, told));
        }

        await AssertStatesAsync(stage, foretold);
    }

    private static string Foretold(Foretold told)
    {
        var end = (told.Outcome, told.IsBehind) switch
        {
            (ForetoldOutcome.Fails, _) => $"dead {told.Failure!.Type}",
            (ForetoldOutcome.WaitsOn, _) => "parked ",
            (_, true) => "gone",
            _ => "replayed",
        };
        var events = told.Events?.Select(e => $"{e.Type} {e.Stream} {e.Version} {Canonical(JsonNode.Parse(e.Data.Span))}") ?? [];
        return string.Join('\n', [end, .. events]);
    }

    private static async Task<string> ActualAsync<TState, TEvent>(ReplayStage<TState, TEvent> stage, Foretold told)
        where TState : class
    {
        var rows = await stage.QueryAsync<string>(
            "select case status when 'replayed' then status else status || ' ' || coalesce(error_type, '') end " +
            "from parked_messages where id = $1",
            told.Message.Id);
        List<string> events = [];
        if (told.Message.Headers.TryGetValue("id", out var message))
        {
            var all = await stage.QueryAsync<string>(
                "select event_type || ' ' || stream_id || ' ' || stream_version || ' ' || data::text from events " +
                "where causation_id = $1 order by position",
                Guid.Parse(message));
            events = all.ConvertAll(e =>
            {
                var parts = e.Split(' ', 4);
                return $"{parts[0]} {parts[1]} {parts[2]} {Canonical(JsonNode.Parse(parts[3]))}";
            });
        }

        return string.Join('\n', [rows.SingleOrDefault() ?? "gone", .. events]);
    }

    // The last state that was foretold of each aggregate is the one that it has now.
    private static async Task AssertStatesAsync<TState, TEvent>(ReplayStage<TState, TEvent> stage, IReadOnlyList<Foretold> foretold)
        where TState : class
    {
        foreach (var last in foretold.Where(f => f.After is not null).GroupBy(f => f.Stream!.Value).Select(of => of.Last()))
        {
            var fresh = new Payments.EventStore.Aggregates.Aggregates<TState, TEvent>(stage.Store, stage.Consumer.Aggregate);
            var state = (await fresh.LoadAsync([last.Stream!.Value], Cancel))[last.Stream.Value].State!;
            Assert.Equal(
                Canonical(JsonNode.Parse(last.After)), Canonical(JsonNode.Parse(stage.Consumer.Aggregate.Snapshots!.Encode(state))));
        }
    }

    private static async Task<string> PrintAsync<TState, TEvent>(ReplayStage<TState, TEvent> stage)
        where TState : class => string.Join('\n', await stage.QueryAsync<string>(
            "select (select position::text from log_head) " +
            "union all select md5(string_agg(m::text, ',' order by id)) from parked_messages m " +
            "union all select md5(string_agg(k::text, ',' order by head_id)) from parked_keys k " +
            "union all select md5(string_agg(s::text, ',' order by stream_id)) from streams s"));

    // Members by name, and a word for each moment: the two runs are not at the same one.
    private static string Canonical(JsonNode? node) => node switch
    {
        JsonObject o =>
            "{" + string.Join(',', o.OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => $"{m.Key}:{Canonical(m.Value)}")) + "}",
        JsonArray a => "[" + string.Join(',', a.Select(Canonical)) + "]",
        JsonValue v when v.TryGetValue<string>(out var text) => IsMoment(text) ? "moment" : $"\"{text}\"",
        _ => node?.ToJsonString() ?? "null",
    };

    private static bool IsMoment(string text) => text.Length >= 10 && text[4] == '-' && text[7] == '-'
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out _);
}
