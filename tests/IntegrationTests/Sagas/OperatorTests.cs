using System.Net;
using System.Text.Json.Nodes;
using IntegrationTests.Gateway;
using Payments.Domain.Payments;
using Payments.Domain.Sagas;
using Payments.Domain.Wallets;

namespace IntegrationTests.Sagas;

/// <summary>What operators see of sagas that do not go on, and what they can do about it.</summary>
[Collection(SagaTests.Name)]
public sealed class OperatorTests(PostgresFixture postgres) : IAsyncLifetime
{
    private SagaStage _stage = null!;
    private SagaApi _api = null!;

    public async ValueTask InitializeAsync()
    {
        _stage = await SagaStage.SetAsync(postgres);
        await _stage.SetFaultsAsync(new { down = true }); // Nothing moves unless the test moves it.
        _api = await _stage.StartServiceAsync("CardStep:BreakerOpenMs=600000");
    }

    public ValueTask DisposeAsync() => _stage.DisposeAsync();

    [Theory]
    [InlineData("retry", "authorising", "card.authorise")]
    [InlineData("compensate", "voiding", "card.void")]
    [InlineData("complete", "capturing_card", "card.capture")]
    public async Task An_act_does_what_its_preview_said_and_is_on_record(string act, string phase, string command)
    {
        var payment = await _stage.RequestCardAsync();
        var version = await VersionAsync(payment);

        var preview = await SagaStage.OkAsync(_api.PostAsync($"/{payment.Payment}/preview", new { act }));
        Assert.Equal(version, await VersionAsync(payment));
        var done = await SagaStage.OkAsync(_api.PostAsync(
            $"/{payment.Payment}/{act}", new { reason = "asked for by the customer", phase = "authorising" }, person: "ada"));

        Assert.True((bool)preview["isAllowed"]!);
        Assert.Equal((phase, command), ((string)preview["phase"]!, (string)Assert.Single(preview["commands"]!.AsArray())!));
        foreach (var what in new[] { "phaseBefore", "phase", "does", "commands", "money" })
        {
            Assert.Equal(preview[what]!.ToJsonString(), done[what]!.ToJsonString());
        }

        Assert.Equal(phase, await _stage.PhaseAsync(payment));
        var record = Assert.Single((await _api.GetAsync($"/{payment.Payment}/acts")).AsArray())!;
        Assert.Equal(
            (act, "internal/ada", "asked for by the customer", "authorising", phase),
            (Text(record, "act"), Text(record, "by"), Text(record, "reason"), Text(record, "phaseBefore"), Text(record, "phaseAfter")));
        Assert.Contains(
            (await _api.GetAsync("/audit?by=internal/ada"))["items"]!.AsArray(),
            a => (string?)a!["subject"] == $"saga/{payment.Payment}" && (string?)a["act"] == $"saga-{act}");
    }

    [Fact]
    public async Task What_must_not_be_done_is_refused_with_a_code_and_not_on_record()
    {
        var wallet = await _stage.RequestWalletAsync();
        var ended = await _stage.RequestWalletAsync();
        await _stage.SignalAsync(ended, new Signal.OfWallet(new WalletEvent.FundsInsufficient(
            Payments.Domain.HoldId.For(Payments.Domain.OperationId.For(ended.Payment)),
            Payments.Domain.OperationId.For(ended.Payment),
            ended.Amount,
            Payments.Domain.Money.Zero(ended.Amount.Currency))));
        var undone = await _stage.RequestCardAsync();
        await SagaStage.OkAsync(_api.PostAsync($"/{undone.Payment}/compensate", new { reason = "first" }));

        await RefusedAsync(wallet, "complete", "outcome_is_in_the_books");
        await RefusedAsync(ended, "retry", "saga_ended");
        await RefusedAsync(undone, "compensate", "too_late_to_compensate");
        using var moved = await _api.PostAsync($"/{undone.Payment}/retry", new { reason = "second", phase = "authorising" });
        await ProblemAssert.IsAsync(moved, HttpStatusCode.Conflict, "saga_moved");
        using var nobody = await _api.PostAsync($"/{Guid.NewGuid()}/retry", new { reason = "who" });
        await ProblemAssert.IsAsync(nobody, HttpStatusCode.NotFound, "saga_not_found");
        using var unfounded = await _api.PostAsync($"/{wallet.Payment}/retry", new { reason = "no" });
        await ProblemAssert.IsAsync(unfounded, HttpStatusCode.BadRequest, "invalid_request");

        Assert.Single((await _api.GetAsync("/audit"))["items"]!.AsArray());
    }

    [Fact]
    public async Task An_act_asked_for_twice_with_one_key_is_done_once_and_answered_twice()
    {
        var payment = await _stage.RequestCardAsync();
        var first = await SagaStage.OkAsync(_api.PostAsync($"/{payment.Payment}/retry", new { reason = "again please" }, "once"));
        var second = await SagaStage.OkAsync(_api.PostAsync($"/{payment.Payment}/retry", new { reason = "again please" }, "once"));

        Assert.Equal(first.ToJsonString(), second.ToJsonString());
        Assert.Single((await _api.GetAsync($"/{payment.Payment}/acts")).AsArray());
    }

    [Fact]
    public async Task Deadlines_survive_a_restart_and_who_waits_in_vain_is_shown_with_the_reason_the_stuck_ones_first()
    {
        await _stage.StopServiceAsync(_api);
        var soon = new SagaTimeouts { Hold = TimeSpan.FromMilliseconds(1) };
        var stuck = await _stage.RequestWalletAsync(timeouts: soon);
        var fine = await _stage.RequestWalletAsync();
        _api = await _stage.StartServiceAsync("Sagas:Timeouts:HoldMs=100");
        await SagaStage.UntilAsync(async () => (bool)(await _api.GetAsync($"/{stuck.Payment}"))["overdue"]!, () => "Not overdue.");

        var saga = await _api.GetAsync($"/{stuck.Payment}");
        var payer = stuck.Source.PayerWallet;
        Assert.Equal(
            (3, true, 1_000, $"FundsHeld from wallet {payer}"),
            ((int)saga["attempt"]!, (bool)saga["stuck"]!, (long)saga["amount"]!, (string?)saga["waitingFor"]));
        Assert.Matches(
            $"^overdue since [0-9:]{{8}}: waiting for FundsHeld from wallet {payer} since [0-9:]{{8}}, asked 3 times$",
            Text(saga, "reason"));
        Assert.Matches(
            $"^waiting for FundsHeld from wallet {fine.Source.PayerWallet} since [0-9:]{{8}}, deadline in [0-9]+ s$",
            (string)(await _api.GetAsync($"/{fine.Payment}"))["reason"]!);
        Assert.Equal([stuck.Payment.ToString()], Ids(await _api.GetAsync("?stuck=true")));
        Assert.Equal([fine.Payment.ToString(), stuck.Payment.ToString()], Ids(await _api.GetAsync("")));
        Assert.Equal(1, (int)(await _api.GetAsync("/overview"))["stuck"]!);

        // The answer that nobody waited for any more still moves it on.
        await _stage.SignalAsync(stuck, new Signal.OfWallet(new WalletEvent.FundsInsufficient(
            Payments.Domain.HoldId.For(Payments.Domain.OperationId.For(stuck.Payment)),
            Payments.Domain.OperationId.For(stuck.Payment),
            stuck.Amount,
            Payments.Domain.Money.Zero(stuck.Amount.Currency))));
        Assert.Equal("failed", await _stage.PhaseAsync(stuck));
    }

    [Fact]
    public async Task Every_definition_is_told_as_the_engine_has_it()
    {
        var told = (await _api.GetAsync("/definitions")).AsArray();

        var engine = new SagaDefinitions(new SagaTimeouts());
        Assert.Equal(engine.All.Select(d => d.Name), told.Select(d => (string)d!["name"]!));
        foreach (var (kind, view) in engine.All.Zip(told))
        {
            Assert.Equal(
                kind.Steps.Select(s => (
                    Shown(s.Do.Phase), s.Undo is null ? null : Shown(s.Undo.Phase), s.IsPivot, s.UndoCoversEarlier,
                    (long)s.Do.Timeout.TotalMilliseconds)),
                view!["steps"]!.AsArray().Select(s => (
                    (string)s!["do"]!["phase"]!, (string?)s["undo"]?["phase"], (bool)s["isPivot"]!, (bool)s["undoCoversEarlier"]!,
                    (long)s["do"]!["timeoutMs"]!)));
        }

        static string Shown(string phase) => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(phase);
    }

    [Fact]
    public async Task Sagas_are_found_by_id_kind_and_state_and_the_stuck_ones_come_by_the_money_they_hold_up()
    {
        await _stage.StopServiceAsync(_api);
        var soon = new SagaTimeouts { Hold = TimeSpan.FromMilliseconds(1) };
        var some = new[] { 300L, 900, 100, 700 };
        var stuck = new List<PaymentTerms>();
        foreach (var amount in some)
        {
            stuck.Add(await _stage.RequestWalletAsync(amount, soon));
        }

        var card = await _stage.RequestCardAsync(amount: 5_000);
        _api = await _stage.StartServiceAsync("Sagas:Timeouts:HoldMs=600000", "CardStep:BreakerOpenMs=600000");
        await SagaStage.UntilAsync(
            async () => (int)(await _api.GetAsync("/overview"))["stuck"]! == some.Length,
            () => "Not all are stuck.");

        var first = await _api.GetAsync("?stuck=true&sort=risk&limit=3");
        var rest = await _api.GetAsync($"?stuck=true&sort=risk&limit=3&after={first["next"]}");
        Assert.Equal([900, 700, 300, 100], Items(first).Concat(Items(rest)).Select(s => (long)s!["amount"]!));
        Assert.Null(rest["next"]);
        var overview = await _api.GetAsync("/overview");
        Assert.Equal("""[{"currency":"EUR","amount":2000}]""", overview["stuckMoney"]!.ToJsonString());
        Assert.NotNull(overview["oldestStuck"]);

        Assert.Equal([card.Payment.ToString()], Ids(await _api.GetAsync($"?search={card.Payment}")));
        Assert.Equal([card.Payment.ToString()], Ids(await _api.GetAsync("?definition=card-payment-v2")));
        Assert.Equal([card.Payment.ToString()], Ids(await _api.GetAsync("?phase=authorising")));
        Assert.Empty(Ids(await _api.GetAsync($"?search={Guid.NewGuid()}")));
        Assert.Empty(Ids(await _api.GetAsync($"?stuck=true&search={card.Payment}")));

        static IEnumerable<JsonNode?> Items(JsonNode page) => page["items"]!.AsArray();
    }

    private static string? Text(JsonNode node, string member) => (string?)node[member];

    private static IEnumerable<string> Ids(JsonNode page) => page["items"]!.AsArray().Select(s => (string)s!["sagaId"]!);

    private async Task<long> VersionAsync(PaymentTerms payment) =>
        (await _stage.QueryAsync<long>("select version from streams where stream_id = $1", $"saga/{payment.Payment}")).Single();

    private async Task RefusedAsync(PaymentTerms payment, string act, string code)
    {
        var preview = await SagaStage.OkAsync(_api.PostAsync($"/{payment.Payment}/preview", new { act }));
        Assert.Equal((false, code), ((bool)preview["isAllowed"]!, (string?)preview["refusal"]!["code"]));
        using var answer = await _api.PostAsync($"/{payment.Payment}/{act}", new { reason = "try it anyway" });
        await ProblemAssert.IsAsync(answer, HttpStatusCode.Conflict, code);
    }
}
