using System.Net;
using IntegrationTests.Gateway;

namespace IntegrationTests.CardProcessor;

public sealed class BadInputTests(PostgresFixture postgres)
{
    private const string Authorisations = "/v1/authorisations";
    private const string Captures = "/v1/authorisations/00000000-0000-7000-8000-000000000000/captures";
    private const string Refunds = "/v1/authorisations/00000000-0000-7000-8000-000000000000/refunds";
    private const string Voids = "/v1/authorisations/00000000-0000-7000-8000-000000000000/voids";
    private const string Reversals = "/v1/reversals";
    private const string Good = """{"token":"tok_ok","amount":1,"currency":"EUR"}""";

    public static TheoryData<string, string, string?, string> Cases => new()
    {
        { Authorisations, Good, null, "Idempotency-Key" },
        { Authorisations, Good, "", "Idempotency-Key" },
        { Authorisations, Good, "with space", "Idempotency-Key" },
        { Authorisations, Good, new string('k', 256), "Idempotency-Key" },
        { Authorisations, """{"token":"tok_ok","amount":0,"currency":"EUR"}""", "k", "amount" },
        { Authorisations, """{"token":"tok_ok","amount":-1,"currency":"EUR"}""", "k", "amount" },
        { Authorisations, """{"token":"tok_ok","amount":1000000000000001,"currency":"EUR"}""", "k", "amount" },
        { Authorisations, """{"token":"tok_ok","amount":9223372036854775808,"currency":"EUR"}""", "k", "amount" },
        { Authorisations, """{"token":"tok_ok","amount":1.5,"currency":"EUR"}""", "k", "amount" },
        { Authorisations, """{"token":"tok_ok","amount":"1","currency":"EUR"}""", "k", "amount" },
        { Authorisations, """{"token":"tok_ok","currency":"EUR"}""", "k", "amount" },
        { Authorisations, """{"token":"tok_ok","amount":1,"currency":"eur"}""", "k", "currency" },
        { Authorisations, """{"token":"tok_ok","amount":1,"currency":"EURO"}""", "k", "currency" },
        { Authorisations, """{"token":"tok_ok","amount":1,"currency":null}""", "k", "currency" },
        { Authorisations, """{"token":"tok_ok","amount":1}""", "k", "currency" },
        { Authorisations, """{"token":"","amount":1,"currency":"EUR"}""", "k", "token" },
        { Authorisations, """{"token":"tok ok","amount":1,"currency":"EUR"}""", "k", "token" },
        { Authorisations, """{"token":"tök","amount":1,"currency":"EUR"}""", "k", "token" },
        { Authorisations, """{"token":1,"amount":1,"currency":"EUR"}""", "k", "token" },
        { Authorisations, """{"token":"tok_ok","amount":1,"currency":"EUR","reference":"a\u0000b"}""", "k", "reference" },
        { Authorisations, """{"token":"tok_ok","amount":1,"currency":"EUR","colour":"red"}""", "k", "colour" },
        { Authorisations, "", "k", "body" },
        { Authorisations, "[]", "k", "body" },
        { Captures, """{"amount":0}""", "k", "amount" },
        { Captures, "{}", "k", "amount" },
        { Captures, """{"amount":1,"currency":"E"}""", "k", "currency" },
        { Captures, """{"amount":1}""", null, "Idempotency-Key" },
        { "/v1/authorisations/auth-1/captures", """{"amount":1}""", "k", "authorisationId" },
        { Refunds, """{"amount":-5}""", "k", "amount" },
        { "/v1/authorisations/auth-1/refunds", """{"amount":1}""", "k", "authorisationId" },
        { Voids, """{"amount":1}""", "k", "amount" },
        { Voids, "", "k", "body" },
        { Voids, "{}", null, "Idempotency-Key" },
        { "/v1/authorisations/auth-1/voids", "{}", "k", "authorisationId" },
        { Reversals, "{}", "k", "originalKey" },
        { Reversals, """{"originalKey":""}""", "k", "originalKey" },
        { Reversals, """{"originalKey":"k"}""", "k", "originalKey" },
        { Reversals, """{"originalKey":"with space"}""", "k", "originalKey" },
        { Reversals, """{"originalKey":"other"}""", null, "Idempotency-Key" },
    };

    // One host for all: each case must leave it as it found it.
    [Fact]
    public async Task Bad_input_gets_a_400_that_names_the_field_and_nothing_is_written()
    {
        await using var processor = await ProcessorFixture.StartAsync(postgres);

        foreach (var (target, json, key, field) in Cases.Select(row => row.Data))
        {
            using var response = await processor.PostAsync(target, json, key);
            var problem = await ProblemAssert.IsAsync(response, HttpStatusCode.BadRequest, "invalid_request");
            Assert.True(problem["errors"]![field] is not null, $"{target} {json} {key} {problem["errors"]!.ToJsonString()}");
        }

        Assert.Empty(await processor.OperationsAsync());
        Assert.Equal(0, (await processor.TotalsAsync()).LastSequence);
    }

    [Theory]
    [InlineData("/v1/books/operations?after=-1", "after")]
    [InlineData("/v1/books/operations?after=x", "after")]
    [InlineData("/v1/books/operations?limit=0", "limit")]
    [InlineData("/v1/books/operations?limit=1001", "limit")]
    public async Task A_page_that_cannot_be_is_refused_by_name(string target, string field)
    {
        await using var processor = await ProcessorFixture.StartAsync(postgres);
        using var response = await processor.Client.GetAsync(target, TestContext.Current.CancellationToken);

        var problem = await ProblemAssert.IsAsync(response, HttpStatusCode.BadRequest, "invalid_request");
        Assert.NotNull(problem["errors"]![field]);
    }

    [Fact]
    public async Task Too_large_a_body_and_another_kind_of_body_are_refused()
    {
        await using var processor = await ProcessorFixture.StartAsync(postgres);
        using var large = await processor.PostAsync("/v1/authorisations", new string(' ', 70_000) + Good, "k");
        using var form = await processor.Client.PostAsync(
            "/v1/authorisations", new FormUrlEncodedContent([new("amount", "1")]), TestContext.Current.CancellationToken);

        await ProblemAssert.IsAsync(large, HttpStatusCode.RequestEntityTooLarge, "request_too_large");
        await ProblemAssert.IsAsync(form, HttpStatusCode.UnsupportedMediaType, "unsupported_media_type");
        Assert.Empty(await processor.OperationsAsync());
    }

    [Fact]
    public async Task The_api_describes_itself()
    {
        await using var processor = await ProcessorFixture.StartAsync(postgres);
        var document = await processor.Client.GetStringAsync("/openapi/v1.json", TestContext.Current.CancellationToken);

        Assert.Contains("\"/v1/authorisations/{authorisationId}/captures\"", document, StringComparison.Ordinal);
        Assert.Contains("\"/v1/operations/{key}\"", document, StringComparison.Ordinal);
    }
}
