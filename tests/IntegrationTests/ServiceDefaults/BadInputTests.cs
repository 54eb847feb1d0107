using System.Net;
using System.Text.Json.Nodes;
using IntegrationTests.Gateway;

namespace IntegrationTests.ServiceDefaults;

public sealed class BadInputTests
{
    private const string Moment = "Must be a moment with date, time and offset, such as 2026-01-31T00:00:00Z.";

    [Theory]
    [InlineData("""{"amount":"1","currency":"EUR"}""", "amount", "Must be a number.")]
    [InlineData("""{"amount":true,"currency":"EUR"}""", "amount", "Must be a number.")]
    [InlineData("""{"amount":{},"currency":"EUR"}""", "amount", "Must be a number.")]
    [InlineData("""{"amount":null,"currency":"EUR"}""", "amount", "Must be a number.")]
    [InlineData("""{"amount":1.5,"currency":"EUR"}""", "amount", "Must be an integer in range.")]
    [InlineData("""{"amount":9223372036854775808,"currency":"EUR"}""", "amount", "Must be an integer in range.")]
    [InlineData("""{"amount":1e400,"currency":"EUR"}""", "amount", "Must be an integer in range.")]
    [InlineData("""{"amount":1,"currency":5}""", "currency", "Must be a string.")]
    [InlineData("""{"amount":1,"currency":null}""", "currency", "Must not be null.")]
    [InlineData("""{"amount":1,"currency":"\ud800"}""", "currency", "Is no valid Unicode.")]
    [InlineData("""{"amount":1}""", "currency", "Is missing.")]
    [InlineData("""{"amount":1,"currency":"EUR","colour":"red"}""", "colour", "Is unknown.")]
    [InlineData("""{"Amount":1,"currency":"EUR"}""", "Amount", "Is unknown.")]
    [InlineData("""{"amount":1,"amount":2,"currency":"EUR"}""", "amount", "Is given twice.")]
    [InlineData("""{"amount":1,"currency":"EUR","card":{}}""", "card.token", "Is missing.")]
    [InlineData("""{"amount":1,"currency":"EUR","card":{"token":5}}""", "card.token", "Must be a string.")]
    [InlineData("""{"amount":1,"currency":"EUR","card":{"token":"t","x":1}}""", "card.x", "Is unknown.")]
    [InlineData("""{"amount":1,"currency":"EUR","card":"t"}""", "card", "Has the wrong type or form.")]
    [InlineData("[]", "body", "Has the wrong type or form.")]
    [InlineData("\"text\"", "body", "Has the wrong type or form.")]
    [InlineData("null", "body", "A JSON body is needed.")]
    [InlineData("", "body", "A JSON body is needed.")]
    public async Task A_body_that_does_not_fit_gets_a_400_that_names_the_field(string json, string field, string message)
    {
        await using var host = await DefaultsFixture.StartAsync();
        using var response = await host.PostAsync(json);

        var problem = await ProblemAssert.IsAsync(response, HttpStatusCode.BadRequest, "invalid_request");
        AssertErrors(problem, field, message);
    }

    [Fact]
    public async Task Every_missing_field_is_named()
    {
        await using var host = await DefaultsFixture.StartAsync();
        using var response = await host.PostAsync("{}");

        var problem = await ProblemAssert.IsAsync(response, HttpStatusCode.BadRequest, "invalid_request");
        Assert.Equal("""{"amount":["Is missing."],"currency":["Is missing."]}""", problem["errors"]!.ToJsonString());
    }

    [Theory]
    [InlineData("hello", 1)]
    [InlineData("""{"amount":1,""", 12)]
    [InlineData("""{"amount":1,"currency":"EUR"}x""", 30)]
    [InlineData("""{"amount":01}""", 12)]
    [InlineData("""{'amount':1}""", 2)]
    public async Task Malformed_json_is_told_with_its_place(string json, int place)
    {
        await using var host = await DefaultsFixture.StartAsync();
        using var response = await host.PostAsync(json);

        var problem = await ProblemAssert.IsAsync(response, HttpStatusCode.BadRequest, "malformed_json");
        AssertErrors(problem, "body", $"Malformed at line 1, byte {place}.");
    }

    [Fact]
    public async Task Bytes_that_are_no_UTF8_are_told()
    {
        await using var host = await DefaultsFixture.StartAsync();
        using var response = await host.PostAsync([.. "{\"amount\":1,\"currency\":\""u8, 0xFF, 0xFE, .. "\"}"u8]);

        var problem = await ProblemAssert.IsAsync(response, HttpStatusCode.BadRequest, "invalid_request");
        AssertErrors(problem, "currency", "Is no valid Unicode.");
    }

    [Theory]
    [InlineData(null, "This header is needed: it makes the request safe to repeat.")]
    [InlineData("", "Must be one value of 1 to 255 visible ASCII characters.")]
    [InlineData("a b", "Must be one value of 1 to 255 visible ASCII characters.")]
    public async Task A_post_without_a_good_idempotency_key_is_told_the_header(string? key, string message)
    {
        await using var host = await DefaultsFixture.StartAsync();
        using var response = await host.PostAsync("""{"amount":1,"currency":"EUR"}"""u8.ToArray(), key);

        AssertErrors(await ProblemAssert.IsAsync(response, HttpStatusCode.BadRequest, "invalid_request"), "Idempotency-Key", message);
    }

    [Theory]
    [InlineData("/orders/abc?limit=1", "id", "Has the wrong type or form.")]
    [InlineData("/orders/0198c0de-0000-7000-8000-000000000000?limit=x", "limit", "Has the wrong type or form.")]
    [InlineData("/orders/0198c0de-0000-7000-8000-000000000000", "limit", "Is missing.")]
    [InlineData("/orders/0198c0de-0000-7000-8000-000000000000?limit=1&at=soon", "at", Moment)]
    [InlineData("/orders/0198c0de-0000-7000-8000-000000000000?limit=1&at=2/1", "at", Moment)]
    [InlineData("/orders/0198c0de-0000-7000-8000-000000000000?limit=1&at=00:00", "at", Moment)]
    [InlineData("/orders/0198c0de-0000-7000-8000-000000000000?limit=1&at=2026-01-01", "at", Moment)]
    [InlineData("/orders/0198c0de-0000-7000-8000-000000000000?limit=1&at=2026-01-01T00:00:00", "at", Moment)]
    [InlineData("/orders/0198c0de-0000-7000-8000-000000000000?limit=1&at=2026-01-01T00:00:00Z&at=2026-01-01T00:00:00Z", "at", Moment)]
    [InlineData("/orders/0198c0de-0000-7000-8000-000000000000?limit=1&q=%00", "q", "Must not contain the character U+0000.")]
    [InlineData("/orders/0198c0de-0000-7000-8000-000000000000?limit=1&q=%ff", "q", "Is no valid Unicode.")]
    [InlineData("/orders/0198c0de-0000-7000-8000-000000000000?%ED%A0%80=1", "query", "Is no valid Unicode.")]
    [InlineData("/orders/%ff?limit=1", "path", "Is no valid Unicode.")]
    public async Task A_parameter_that_does_not_fit_is_named(string target, string field, string message)
    {
        await using var host = await DefaultsFixture.StartAsync();
        using var response = await host.Client.GetAsync(target, TestContext.Current.CancellationToken);

        AssertErrors(await ProblemAssert.IsAsync(response, HttpStatusCode.BadRequest, "invalid_request"), field, message);
    }

    [Fact]
    public async Task A_fitting_request_passes_and_its_caller_is_internal_without_a_gateway()
    {
        await using var host = await DefaultsFixture.StartAsync();
        using var response = await host.PostAsync("""{"amount":9223372036854775807,"currency":"EUR"}""");

        Assert.Equal(
            "internal key-1 9223372036854775807", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private static void AssertErrors(JsonNode problem, string field, string message) =>
        Assert.Equal(new JsonObject { [field] = new JsonArray(message) }.ToJsonString(), problem["errors"]!.ToJsonString());
}
