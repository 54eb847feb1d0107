using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using IntegrationTests.Standalone;
using IntegrationTests.WholeSystem;
using Npgsql;
using UnitTests.Randomness;

namespace IntegrationTests.Chaos;

/// <summary>
/// The version before, under load and with a large log, is replaced by this one instance by instance. <c>./payments test --upgrade</c>
/// builds the version before and runs it; in the ordinary run it would take too long.
/// </summary>
[Collection(ChaosTests.Name)]
public sealed class RollTests(ITestOutputHelper output)
{
    /// <summary>The folder with the programs of the version before.</summary>
    private const string Variable = "PAYMENTS_VERSION_BEFORE";

    private const int EventsBefore = 2_000_000;
    private const int MinutesBefore = 300_000;
    private const int EndedBetween = 20;
    private const long PaidIn = 10_000;

    /// <summary>As docs/operations.md says.</summary>
    private static readonly ServiceKind[] Order =
        [ServiceKind.Logs[1], ServiceKind.Logs[0], ServiceKind.Logs[2], ServiceKind.Processor, ServiceKind.Gateway];

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(120);

    /// <summary>The relay of the version before passes over the events one by one.</summary>
    private static readonly TimeSpan FilledWithin = TimeSpan.FromMinutes(15);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact(Explicit = true)]
    public async Task Payments_go_on_while_the_version_before_is_replaced_and_its_dead_letters_are_mended_by_the_new_one()
    {
        var before = Environment.GetEnvironmentVariable(Variable);
        Assert.SkipWhen(before is null, $"{Variable} is not set: ./payments test --upgrade builds the version before and sets it.");
        await using var postgres = new ChaosPostgres();
        await postgres.EnsureRunningAsync();
        await using var deployment = await Deployment.StartAsync(postgres, before);
        using var api = new Api(deployment.Gateway);
        await FillAsync(deployment);
        var load = await Load.PrepareAsync(api);
        var payment = await FailAsync(deployment, api);
        var letter = await DeadLetterAsync(api);
        await using var watch = new RollWatch(deployment, await api.OpenWalletAsync(currency: "USD"));
        var running = load.RunAsync(Seed.NewRandom());
        try
        {
            foreach (var kind in Order)
            {
                foreach (var instance in deployment.Of(kind))
                {
                    await GoOnAsync(load, running);
                    var began = Stopwatch.GetTimestamp();
                    using (watch.Restarting())
                    {
                        await instance.EndAsync();
                        instance.ProgramFolder = null;
                        await instance.RestartAsync();
                    }

                    output.WriteLine($"{instance.Name}: {Stopwatch.GetElapsedTime(began).TotalSeconds:F1} s");
                }
            }

            await GoOnAsync(load, running);
            await MendAsync(api, letter);
            var end = await api.EndOfAsync(payment);
            Assert.Equal("completed", end.Status);
            load.Note(end);
            load.PaidIn("EUR", PaidIn);
            load.Enough();
            await running;
            output.WriteLine(await watch.EndAsync());
            load.PaidIn("USD", watch.Deposited);
            await Count.AssertAsync(deployment, load);
            output.WriteLine($"{load.Payments.Count} payments, {load.Refunds.Count} refunds");
        }
        catch
        {
            load.Enough();
            foreach (var line in deployment.Lines())
            {
                output.WriteLine(line);
            }

            throw;
        }
    }

    // Events of a kind that nobody reads, and counts of minutes: tables as large as after a year.
    private async Task FillAsync(Deployment deployment)
    {
        var began = Stopwatch.GetTimestamp();
        await using var payments = NpgsqlDataSource.Create(deployment.Databases.Payments);
        await using var fill = payments.CreateCommand(
            $"""
            set synchronous_commit = off;
            with head as (update log_head set position = position + {EventsBefore} returning position - {EventsBefore} as before)
            insert into events (
                position, stream_id, stream_type, stream_version, event_id, event_type, schema_version, data, correlation_id, actor,
                recorded_at)
            select h.before + n, 'bulk/' || lpad(((n - 1) / 1000)::text, 5, '0'), 'bulk', (n - 1) % 1000 + 1,
                gen_random_uuid(), 'bulk.counted.v1', 1,
                jsonb_build_object('amount', n, 'text', repeat('x', 60)),
                ('0199aaaa-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'tests', now()
            from head h, generate_series(1, {EventsBefore}) n;
            insert into streams (stream_id, stream_type, version)
            select stream_id, 'bulk', max(stream_version) from events where stream_type = 'bulk' group by 1;
            insert into payment_minutes (minute, currency, outcome, count, volume)
            select now() - make_interval(mins => n), 'XTS', 'completed', 1, 1 from generate_series(1, {MinutesBefore}) n;
            """);
        fill.CommandTimeout = 0;
        await fill.ExecuteNonQueryAsync(Cancel);
        await using var relay = payments.CreateCommand("select r.position >= h.position from relay_checkpoint r cross join log_head h");
        await Wait.UntilAsync(() => relay.ExecuteScalar() is true, FilledWithin);
        output.WriteLine($"{EventsBefore} events stored and relayed in {Stopwatch.GetElapsedTime(began).TotalSeconds:F1} s");
    }

    /// <summary>A payment whose hold fails, as by a bug of the version before.</summary>
    private static async Task<Guid> FailAsync(Deployment deployment, Api api)
    {
        var payer = await api.OpenWalletWithAsync(PaidIn);
        var payee = await api.OpenWalletAsync();
        foreach (var instance in deployment.Of(ServiceKind.Logs[1]))
        {
            using var planted = await api.Http.PutAsJsonAsync(
                new Uri(instance.Url, "/api/admin/wallets/planted-failures"),
                new { routingKey = $"wallet/{payer}", seconds = 3_600 },
                Cancel);
            planted.EnsureSuccessStatusCode();
        }

        return await api.PayAsync(payer, payee, 500);
    }

    private static async Task<JsonNode> DeadLetterAsync(Api api)
    {
        JsonArray letters = [];
        await Wait.UntilAsync(
            () => (letters = api.GetJsonAsync("/api/admin/wallets/dead-letters").GetAwaiter().GetResult()["items"]!.AsArray()).Count > 0,
            Deadline);
        return Assert.Single(letters)!;
    }

    private static async Task MendAsync(Api api, JsonNode letter)
    {
        var id = (long)letter["id"]!;
        var selection = new JsonObject { ["ids"] = new JsonArray(id) };
        using var preview = await api.Http.PostAsJsonAsync("/api/admin/wallets/dead-letters/preview", new { selection }, Cancel);
        var foreseen = JsonNode.Parse(await preview.Content.ReadAsStringAsync(Cancel))!;
        Assert.Equal((1, 0), ((int)foreseen["applies"]!, (int)foreseen["fails"]!));

        var detail = await api.GetJsonAsync($"/api/admin/wallets/dead-letters/{id}");
        var payload = detail["payload"]!["json"] ?? detail["payload"]!;
        using var edited = await api.PostAsync(
            $"/api/admin/wallets/dead-letters/{id}/edit",
            new JsonObject { ["payload"] = payload.DeepClone(), ["reason"] = "by the new version" }.ToJsonString(),
            Api.Fresh("edit"));
        Assert.True(edited.StatusCode == HttpStatusCode.OK, await edited.Content.ReadAsStringAsync(Cancel));

        using var replayed = await api.PostAsync(
            "/api/admin/wallets/replays",
            new JsonObject { ["selection"] = selection.DeepClone(), ["reason"] = "by the new version" }.ToJsonString(),
            Api.Fresh("replay"));
        Assert.True(replayed.IsSuccessStatusCode, await replayed.Content.ReadAsStringAsync(Cancel));
    }

    private static async Task GoOnAsync(Load load, Task running)
    {
        var enough = load.Ended + EndedBetween;
        await Wait.UntilAsync(() => load.Ended >= enough || running.IsCompleted, Deadline);
        if (running.IsCompleted)
        {
            await running;
            Assert.Fail("The payments were over before the last instance was replaced.");
        }
    }
}
