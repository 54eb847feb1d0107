using System.Text.Json.Nodes;
using Payments.Gateway.OpenApi;

namespace UnitTests.Gateway;

public sealed class OpenApiMergerTests
{
    [Fact]
    public void Paths_and_schemas_come_together_and_private_paths_stay_away()
    {
        var merged = Merge(
            ("payment", """{"paths":{"/api/payments":{},"/internal":{}},"components":{"schemas":{"Payment":{"type":"object"}}}}"""),
            ("wallet", """{"paths":{"/api/wallets":{}},"components":{"schemas":{"Wallet":{"type":"object"}}}}"""));

        Assert.Equal(["/api/payments", "/api/wallets"], Names(merged["paths"]));
        Assert.Equal(["Problem", "Payment", "Wallet"], Names(merged["components"]!["schemas"]));
    }

    [Fact]
    public void One_schema_of_two_services_is_kept_once_and_two_under_one_name_are_told_apart()
    {
        var merged = Merge(
            ("payment", """{"paths":{},"components":{"schemas":{"Money":{"type":"object"},"Page":{"title":"of payments"}}}}"""),
            ("wallet", """
                {
                  "paths":{"/api/wallets":{"get":{"responses":{"200":{"schema":{"items":[{"$ref":"#/components/schemas/Page"}]}}}}}},
                  "components":{"schemas":{"Money":{"type":"object"},"Page":{"title":"of entries"}}}
                }
                """));

        var schemas = merged["components"]!["schemas"]!;
        Assert.Equal(["Problem", "Money", "Page", "WalletPage"], Names(schemas));
        Assert.Equal("of payments", (string?)schemas["Page"]!["title"]);
        Assert.Equal("of entries", (string?)schemas["WalletPage"]!["title"]);
        Assert.Equal(
            "#/components/schemas/WalletPage",
            (string?)merged["paths"]!["/api/wallets"]!["get"]!["responses"]!["200"]!["schema"]!["items"]![0]!["$ref"]);
    }

    [Fact]
    public void Every_operation_may_answer_with_a_problem_and_a_POST_carries_its_idempotency_key()
    {
        const string Payments =
            """{"paths":{"/api/payments":{"post":{"responses":{"202":{}}},"get":{"parameters":[{}],"responses":{"200":{}}}}}}""";
        var merged = Merge(("payment", Payments));

        var (post, get) = (merged["paths"]!["/api/payments"]!["post"]!, merged["paths"]!["/api/payments"]!["get"]!);
        Assert.Equal(["202", "default"], Names(post["responses"]));
        Assert.Equal(["200", "default"], Names(get["responses"]));
        Assert.Equal("""[{"$ref":"#/components/parameters/IdempotencyKey"}]""", post["parameters"]!.ToJsonString());
        Assert.Equal("[{}]", get["parameters"]!.ToJsonString());
        Assert.Equal(["application/problem+json"], Names(merged["components"]!["responses"]!["Problem"]!["content"]));
    }

    [Fact]
    public void The_problem_of_the_framework_becomes_ours()
    {
        const string Payments = """
            {
              "paths":{"/api/payments":{"get":{"responses":{"400":{"schema":{"$ref":"#/components/schemas/ProblemDetails"}}}}}},
              "components":{"schemas":{"ProblemDetails":{"type":"object"}}}
            }
            """;
        var merged = Merge(("payment", Payments));

        Assert.Equal(["Problem"], Names(merged["components"]!["schemas"]));
        var refused = merged["paths"]!["/api/payments"]!["get"]!["responses"]!["400"]!;
        Assert.Equal("#/components/schemas/Problem", (string?)refused["schema"]!["$ref"]);
    }

    private static JsonObject Merge(params (string Service, string Json)[] documents) =>
        OpenApiMerger.Merge(
            documents.Select(d => (d.Service, JsonNode.Parse(d.Json)!.AsObject())),
            path => path.StartsWith("/api/", StringComparison.Ordinal));

    private static IEnumerable<string> Names(JsonNode? node) => node!.AsObject().Select(p => p.Key);
}
