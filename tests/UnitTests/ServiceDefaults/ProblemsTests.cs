using Payments.ServiceDefaults.Errors;

namespace UnitTests.ServiceDefaults;

public sealed class ProblemsTests
{
    [Fact]
    public void One_invalid_field_is_named()
    {
        var problem = Problems.Invalid("card.token", "Is missing.").ProblemDetails;

        Assert.Equal(
            (400, "urn:payments:problem:invalid_request", "Invalid request", "'card.token' is invalid."),
            (problem.Status, problem.Type, problem.Title, problem.Detail));
        Assert.Equal("invalid_request", problem.Extensions["code"]);
        var (field, messages) = Assert.Single(Assert.IsType<Dictionary<string, string[]>>(problem.Extensions["errors"]));
        Assert.Equal("card.token", field);
        Assert.Equal(["Is missing."], messages);
    }

    [Fact]
    public void Several_invalid_fields_are_all_named() =>
        Assert.Equal(
            "2 fields are invalid: 'amount', 'currency'.",
            Problems.Invalid(new Dictionary<string, string[]> { ["amount"] = ["x"], ["currency"] = ["y"] }).ProblemDetails.Detail);

    [Theory]
    [InlineData("insufficient_funds", "Insufficient funds")]
    [InlineData("malformed_json", "Malformed JSON")]
    [InlineData("invalid_api_key", "Invalid API key")]
    public void The_title_is_the_code_in_words(string code, string title)
    {
        var problem = Problems.Refused(422, code, "Why.").ProblemDetails;

        Assert.Equal((422, $"urn:payments:problem:{code}", title, "Why."), (problem.Status, problem.Type, problem.Title, problem.Detail));
        Assert.Equal(code, problem.Extensions["code"]);
        Assert.False(problem.Extensions.ContainsKey("errors"));
    }

    [Fact]
    public void The_short_forms_have_their_statuses() =>
        Assert.Equal(
            [404, 409, 422, 503],
            new[] { Problems.NotFound("a", "b"), Problems.Conflict("a", "b"), Problems.Unprocessable("a", "b"), Problems.Unavailable("b") }
                .Select(p => p.StatusCode));
}
