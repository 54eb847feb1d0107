using System.Net;
using System.Text.Json.Nodes;
using IntegrationTests.Gateway;

namespace IntegrationTests.Sagas;

/// <summary>
/// A saga about much is compensated or completed by hand only when a second person agrees; to try it again needs nobody else.
/// </summary>
[Collection(SagaTests.Name)]
public sealed class FourEyesTests(PostgresFixture postgres) : IAsyncLifetime
{
    private SagaStage _stage = null!;
    private SagaApi _api = null!;

    public async ValueTask InitializeAsync()
    {
        _stage = await SagaStage.SetAsync(postgres);
        await _stage.SetFaultsAsync(new { down = true }); // Nothing moves unless the test moves it.
        _api = await _stage.StartServiceAsync("CardStep:BreakerOpenMs=600000", "FourEyes:AmountFrom=0");
    }

    public ValueTask DisposeAsync() => _stage.DisposeAsync();

    [Theory]
    [InlineData("compensate", "voiding")]
    [InlineData("complete", "capturing_card")]
    public async Task Nothing_moves_before_somebody_else_gives_the_same_order_and_then_it_moves_once(string act, string phase)
    {
        var payment = await _stage.RequestCardAsync();
        var (path, order) = ($"/{payment.Payment}/{act}", new { reason = "asked for by the customer", phase = "authorising" });

        using var asked = await _api.PostSignedInAsync(path, order, "anna");
        Assert.Equal(HttpStatusCode.Accepted, asked.StatusCode);
        var id = (string)JsonNode.Parse(await asked.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["id"]!;
        Assert.Equal("authorising", await _stage.PhaseAsync(payment));

        using var own = await _api.PostSignedInAsync(path, order, "anna", id);
        await ProblemAssert.IsAsync(own, HttpStatusCode.Forbidden, "own_order");
        Assert.Equal("authorising", await _stage.PhaseAsync(payment));

        var done = await SagaStage.OkAsync(_api.PostSignedInAsync(path, order, "ben", id));
        var again = await SagaStage.OkAsync(_api.PostSignedInAsync(path, order, "ben", id));
        Assert.Equal(done.ToJsonString(), again.ToJsonString());
        Assert.Equal(phase, await _stage.PhaseAsync(payment));
        var record = Assert.Single((await _api.GetAsync($"/{payment.Payment}/acts")).AsArray())!;
        Assert.Equal("anna (approved by ben)", (string)record["by"]!);
    }

    [Fact]
    public async Task The_same_approval_sent_many_times_at_once_is_carried_out_once_and_answered_alike()
    {
        var payment = await _stage.RequestCardAsync();
        var (path, order) = ($"/{payment.Payment}/compensate", new { reason = "asked for by the customer", phase = "authorising" });
        var id = await AskAsync(path, order);

        var answers = await Task.WhenAll(Enumerable.Range(0, 20)
            .Select(async _ => (await SagaStage.OkAsync(_api.PostSignedInAsync(path, order, "ben", id))).ToJsonString()));

        Assert.Single(answers.Distinct());
        Assert.Single((await _api.GetAsync($"/{payment.Payment}/acts")).AsArray());
    }

    [Fact]
    public async Task An_order_that_the_saga_has_overtaken_waits_for_nobody()
    {
        var payment = await _stage.RequestCardAsync();
        var order = new { reason = "asked for by the customer", phase = "authorising" };
        var compensate = await AskAsync($"/{payment.Payment}/compensate", order);
        var complete = await AskAsync($"/{payment.Payment}/complete", order);

        await SagaStage.OkAsync(_api.PostSignedInAsync($"/{payment.Payment}/complete", order, "ben", complete));

        Assert.Empty((await _api.GetAsync("/approvals?status=waiting"))["items"]!.AsArray());
        Assert.Equal(
            [(compensate, "overtaken"), (complete, "approved")],
            (await _api.GetAsync("/approvals"))["items"]!.AsArray().Select(a => ((string)a!["id"]!, (string)a["status"]!)).Order());
        using var late = await _api.PostSignedInAsync($"/{payment.Payment}/compensate", order, "ben", compensate);
        await ProblemAssert.IsAsync(late, HttpStatusCode.Conflict, "approval_overtaken");
        Assert.Equal("capturing_card", await _stage.PhaseAsync(payment));
    }

    [Fact]
    public async Task What_was_begun_is_tried_again_by_one()
    {
        var payment = await _stage.RequestCardAsync();

        await SagaStage.OkAsync(_api.PostSignedInAsync($"/{payment.Payment}/retry", new { reason = "the processor is back" }, "anna"));

        Assert.Empty((await _api.GetAsync("/approvals"))["items"]!.AsArray());
    }

    private async Task<string> AskAsync(string path, object order)
    {
        using var asked = await _api.PostSignedInAsync(path, order, "anna");
        Assert.Equal(HttpStatusCode.Accepted, asked.StatusCode);
        return (string)JsonNode.Parse(await asked.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["id"]!;
    }
}
