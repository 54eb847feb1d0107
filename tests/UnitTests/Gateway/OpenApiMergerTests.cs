using System.Text.Json;
using System.Text.Json.Nodes;
using Payments.Gateway.OpenApi;

namespace UnitTests.Gateway;

public sealed class OpenApiMergerTests
{
    [Fact]
    public void Paths_and_schemas_come_together_and_private_paths_stay_away()
    {
        var merged = Merge(
            ("payment", """{"/api/payments":{},"/internal":{}}""", """{"Payment":{"type":"object"}}"""),
            ("wallet", """{"/api/wallets":{}}""", """{"Wallet":{"type":"object"}}"""));

        Assert.Equal(["/api/payments", "/api/wallets"], Names(merged["paths"]));
        Assert.Equal(["Problem", "Payment", "Wallet"], Names(merged["components"]!["schemas"]));
    }

    [Fact]
    public void One_schema_of_two_services_is_kept_once_and_two_under_one_name_are_told_apart()
    {
        const string Wallets = """
            {"/api/wallets":{"get":{"responses":{"200":{
              "description":"","content":{"application/json":{"schema":{"items":{"$ref":"#/components/schemas/Page"}}}}}}}}}
            """;
        var merged = Merge(
            ("payment", "{}", """{"Money":{"type":"object"},"Page":{"title":"of payments"}}"""),
            ("wallet", Wallets, """{"Money":{"type":"object"},"Page":{"title":"of entries"}}"""));

        var schemas = merged["components"]!["schemas"]!;
        Assert.Equal(["Problem", "Money", "Page", "WalletPage"], Names(schemas));
        Assert.Equal("of payments", (string?)schemas["Page"]!["title"]);
        Assert.Equal("of entries", (string?)schemas["WalletPage"]!["title"]);
        var answer = merged["paths"]!["/api/wallets"]!["get"]!["responses"]!["200"]!["content"]!["application/json"]!["schema"]!;
        Assert.Equal("#/components/schemas/WalletPage", (string?)answer["items"]!["$ref"]);
    }

    [Fact]
    public void Every_operation_may_answer_with_a_problem_and_a_POST_carries_its_idempotency_key()
    {
        const string Payments = """
            {"/api/payments":{
              "post":{"responses":{"202":{"description":""}}},
              "get":{"parameters":[{"name":"user","in":"query"}],"responses":{"200":{"description":""}}}}}
            """;
        var merged = Merge(("payment", Payments, "{}"));

        var (post, get) = (merged["paths"]!["/api/payments"]!["post"]!, merged["paths"]!["/api/payments"]!["get"]!);
        Assert.Equal(["202", "default"], Names(post["responses"]));
        Assert.Equal(["200", "default"], Names(get["responses"]));
        Assert.Equal("""[{"$ref":"#/components/parameters/IdempotencyKey"}]""", post["parameters"]!.ToJsonString());
        Assert.Equal("""[{"name":"user","in":"query"}]""", get["parameters"]!.ToJsonString());
        Assert.Equal(["application/problem+json"], Names(merged["components"]!["responses"]!["Problem"]!["content"]));
    }

    [Fact]
    public void The_problem_of_the_framework_becomes_ours()
    {
        const string Payments = """
            {"/api/payments":{"get":{"responses":{"400":{
              "description":"","content":{"application/problem+json":{"schema":{"$ref":"#/components/schemas/ProblemDetails"}}}}}}}}
            """;
        var merged = Merge(("payment", Payments, """{"ProblemDetails":{"type":"object"}}"""));

        Assert.Equal(["Problem"], Names(merged["components"]!["schemas"]));
        var refused = merged["paths"]!["/api/payments"]!["get"]!["responses"]!["400"]!["content"]!["application/problem+json"]!;
        Assert.Equal("#/components/schemas/Problem", (string?)refused["schema"]!["$ref"]);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("nothing")]
    public void What_is_no_document_is_refused(string json) =>
        Assert.Throws<JsonException>(() => OpenApiMerger.Merge([("payment", json)], _ => true));

    private static JsonNode Merge(params (string Service, string Paths, string Schemas)[] documents) =>
        JsonNode.Parse(OpenApiMerger.Merge(
            documents.Select(d => (d.Service, $$$"""
                {"openapi":"3.1.1","info":{"title":"","version":""},"paths":{{{d.Paths}}},"components":{"schemas":{{{d.Schemas}}}}}
                """)),
            path => path.StartsWith("/api/", StringComparison.Ordinal)))!;

    private static IEnumerable<string> Names(JsonNode? node) => node!.AsObject().Select(p => p.Key);
}
