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
    [InlineData("complete", "crediting", "wallet.credit")]
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
            (await _api.GetAsync("/audit?by=internal/ada"))["items"]!.AsArray(), a => (string?)a!["subject"] == $"saga/{payment.Payment}" && (string?)a["act"] == $"saga-{act}");
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
            $"^overdue since [0-9:]{{8}}: waiting for FundsHeld from wallet {payer} since [0-9:]{{8}}, asked 3 times$", Text(saga, "reason"));
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
