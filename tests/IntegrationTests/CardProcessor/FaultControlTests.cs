using System.Net;
using System.Net.Http.Json;
using IntegrationTests.Gateway;
using Payments.CardProcessor.Books;
using Payments.CardProcessor.Faults;

namespace IntegrationTests.CardProcessor;

public sealed class FaultControlTests(PostgresFixture postgres)
{
    private const string Nothing =
        """{"down":false,"latencyMs":0,"declinePercent":0,"timeoutAfterEffectPercent":0,"errorPercent":0,"seed":0}""";

    [Theory]
    [InlineData("down", HttpStatusCode.ServiceUnavailable, "unavailable")]
    [InlineData("error-500", HttpStatusCode.InternalServerError, "internal_error")]
    [InlineData("latency=1,error-500", HttpStatusCode.InternalServerError, "internal_error")]
    public async Task A_request_can_ask_to_fail_before_any_effect_and_a_look_up_too(string fault, HttpStatusCode status, string code)
    {
        await using var processor = await ProcessorFixture.StartAsync(postgres);
        using var post = await processor.AuthoriseAsync("order-1", fault: fault);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/operations/order-1");
        request.Headers.Add(AskedFaults.Header, fault);
        using var get = await processor.Client.SendAsync(request, TestContext.Current.CancellationToken);

        await ProblemAssert.IsAsync(post, status, code);
        await ProblemAssert.IsAsync(get, status, code);
        Assert.Null(await processor.FindAsync("order-1"));
    }

    [Fact]
    public async Task A_request_can_ask_to_be_declined_or_answered_late_or_not_at_all()
    {
        await using var processor = await ProcessorFixture.StartAsync(postgres, "Processor:HangMs=1");
        var id = await processor.AuthorisedAsync("order-1");

        var declined = await processor.OperationAsync($"/v1/authorisations/{id}/captures", """{"amount":1}""", fault: "decline");
        var late = await processor.OperationAsync($"/v1/authorisations/{id}/captures", """{"amount":2}""", fault: "latency=5");
        using var lost = await processor.PostAsync(
            $"/v1/authorisations/{id}/captures", """{"amount":4}""", "capture-1", "latency=1, timeout-after-effect");

        Assert.Equal((OperationStatus.Declined, "declined"), (declined.Status, declined.Code));
        Assert.Equal(OperationStatus.Approved, late.Status);
        await ProblemAssert.IsAsync(lost, HttpStatusCode.GatewayTimeout, "gateway_timeout");
        Assert.Equal(OperationStatus.Approved, (await processor.FindAsync("capture-1"))?.Status);
        Assert.Equal(6, (await processor.AuthorisationAsync(id)).Captured);
    }

    [Theory]
    [InlineData("sometimes")]
    [InlineData("down,decline")]
    [InlineData("latency=60001")]
    public async Task Nonsense_is_refused_by_name_and_nothing_happens(string fault)
    {
        await using var processor = await ProcessorFixture.StartAsync(postgres);
        using var response = await processor.AuthoriseAsync("order-1", fault: fault);

        var problem = await ProblemAssert.IsAsync(response, HttpStatusCode.BadRequest, "invalid_request");
        Assert.NotNull(problem["errors"]![AskedFaults.Header]);
        Assert.Empty(await processor.OperationsAsync());
    }

    [Fact]
    public async Task What_is_set_survives_a_restart_holds_for_every_instance_and_ends_when_cleared()
    {
        var database = await postgres.CreateDatabaseAsync();
        await using (var first = await ProcessorFixture.StartAsync(database))
        {
            Assert.Equal(Nothing, (await first.FaultsAsync()).ToJsonString());
            await first.SetFaultsAsync(new { declinePercent = 100, seed = 42 });
        }

        await using var one = await ProcessorFixture.StartAsync(database);
        await using var other = await ProcessorFixture.StartAsync(database);
        Assert.Equal("declined", (await ProcessorFixture.OperationAsync(await one.AuthoriseAsync("order-1"))).Code);
        Assert.Equal("declined", (await ProcessorFixture.OperationAsync(await other.AuthoriseAsync("order-2"))).Code);
        Assert.Equal(
            """{"down":false,"latencyMs":0,"declinePercent":100,"timeoutAfterEffectPercent":0,"errorPercent":0,"seed":42}""",
            (await other.FaultsAsync()).ToJsonString());

        using var cleared = await one.Client.DeleteAsync("/admin/faults", TestContext.Current.CancellationToken);
        Assert.Equal(Nothing, await cleared.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Null((await ProcessorFixture.OperationAsync(await one.AuthoriseAsync("order-3"))).Code);
        await UntilAsync(async () => (await other.FaultsAsync()).ToJsonString() == Nothing);
        Assert.Null((await ProcessorFixture.OperationAsync(await other.AuthoriseAsync("order-4"))).Code);
    }

    [Theory]
    [InlineData("/v1/operations/order-1")]
    [InlineData("/v1/authorisations/00000000-0000-7000-8000-000000000000")]
    [InlineData("/v1/books/operations")]
    [InlineData("/v1/books/totals")]
    public async Task When_it_is_down_posts_and_look_ups_get_a_503_and_health_and_controls_do_not(string lookUp)
    {
        await using var processor = await ProcessorFixture.StartAsync(postgres);
        await processor.AuthorisedAsync("order-1");
        await processor.SetFaultsAsync(new { down = true });

        using var post = await processor.AuthoriseAsync("order-2");
        using var get = await processor.Client.GetAsync(lookUp, TestContext.Current.CancellationToken);
        using var health = await processor.Client.GetAsync("/health", TestContext.Current.CancellationToken);
        await ProblemAssert.IsAsync(post, HttpStatusCode.ServiceUnavailable, "unavailable");
        await ProblemAssert.IsAsync(get, HttpStatusCode.ServiceUnavailable, "unavailable");
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);

        await processor.SetFaultsAsync(new { });
        Assert.Equal(["order-1"], (await processor.OperationsAsync()).Select(o => o.Key));
    }

    [Fact]
    public async Task Percentages_do_the_same_to_the_same_keys_on_another_database()
    {
        async Task<List<string>> EndsAsync()
        {
            await using var processor = await ProcessorFixture.StartAsync(postgres, "Processor:HangMs=1");
            await processor.SetFaultsAsync(
                new { declinePercent = 30, timeoutAfterEffectPercent = 30, errorPercent = 30, latencyMs = 1, seed = 7 });
            var ends = new List<string>();
            for (var n = 0; n < 60; n++)
            {
                using var response = await processor.AuthoriseAsync($"order-{n}");
                ends.Add($"{n} {(int)response.StatusCode} {(await processor.FindAsync($"order-{n}"))?.Status}");
            }

            return ends;
        }

        var ends = await EndsAsync();

        Assert.Equal(ends, await EndsAsync());
        Assert.Equal(
            ["200 Declined", "201 Approved", "500 ", "504 Approved", "504 Declined"],
            ends.Select(end => end[(end.IndexOf(' ', StringComparison.Ordinal) + 1)..]).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Errors_by_percentage_let_a_retry_through()
    {
        await using var processor = await ProcessorFixture.StartAsync(postgres);
        await processor.SetFaultsAsync(new { errorPercent = 50, seed = 1 });

        foreach (var key in Enumerable.Range(0, 20).Select(n => $"order-{n}"))
        {
            await UntilAsync(async () =>
            {
                using var response = await processor.AuthoriseAsync(key);
                return response.StatusCode == HttpStatusCode.Created;
            });
        }

        Assert.Equal(20, (await processor.OperationsAsync()).Count);
    }

    [Theory]
    [InlineData("""{"declinePercent":101}""", "declinePercent")]
    [InlineData("""{"latencyMs":-1}""", "latencyMs")]
    [InlineData("""{"errorPercent":"1"}""", "errorPercent")]
    [InlineData("""{"chaos":true}""", "chaos")]
    public async Task Settings_that_mean_nothing_are_refused_by_name_and_change_nothing(string json, string field)
    {
        await using var processor = await ProcessorFixture.StartAsync(postgres);
        using var response = await processor.Client.PutAsync(
            "/admin/faults", new StringContent(json, System.Text.Encoding.UTF8, "application/json"), TestContext.Current.CancellationToken);

        var problem = await ProblemAssert.IsAsync(response, HttpStatusCode.BadRequest, "invalid_request");
        Assert.NotNull(problem["errors"]![field]);
        Assert.Equal(Nothing, (await processor.FaultsAsync()).ToJsonString());
    }

    [Fact]
    public async Task Outside_development_there_are_no_controls_unless_they_are_switched_on()
    {
        var database = await postgres.CreateDatabaseAsync();
        await using (var open = await ProcessorFixture.StartAsync(database, "environment=Production", "Processor:FaultControls=true"))
        {
            await open.SetFaultsAsync(new { down = true });
        }

        await using var closed = await ProcessorFixture.StartAsync(database, "environment=Production");
        using var get = await closed.Client.GetAsync("/admin/faults", TestContext.Current.CancellationToken);
        using var put = await closed.Client.PutAsJsonAsync("/admin/faults", new { down = true }, TestContext.Current.CancellationToken);
        using var asked = await closed.AuthoriseAsync("order-1", fault: "down");
        await ProblemAssert.IsAsync(get, HttpStatusCode.NotFound, "not_found");
        await ProblemAssert.IsAsync(put, HttpStatusCode.NotFound, "not_found");
        await ProblemAssert.IsAsync(asked, HttpStatusCode.BadRequest, "invalid_request");
        await closed.AuthorisedAsync("order-2");   // What was set once does not hold here.
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var deadline = new CancellationTokenSource(ProcessorFixture.Deadline);
        while (!await condition())
        {
            deadline.Token.ThrowIfCancellationRequested();
        }
    }
}
