using System.Text.Json.Nodes;
using Payments.Operations.TimeTravel;

namespace UnitTests.EventStore;

public sealed class StateDiffTests
{
    [Theory]
    [InlineData("""{"a":1}""", """{"a":1}""", "")]
    [InlineData("""{"a":1}""", """{"a":2}""", "a: 1 → 2")]
    [InlineData("""{"a":1}""", """{"b":1}""", "a: 1 → nothing; b: nothing → 1")]
    [InlineData("""{"a":{"b":1,"c":2}}""", """{"a":{"b":1,"c":3}}""", "a.c: 2 → 3")]
    [InlineData("""{"a":{"b":1}}""", """{"a":7}""", """a: {"b":1} → 7""")]
    [InlineData("""{"a":null}""", """{"a":1}""", "a: nothing → 1")]
    [InlineData("null", """{"a":1}""", """: nothing → {"a":1}""")]
    [InlineData("""{"holds":[]}""", """{"holds":[{"hold":"x","minor":5}]}""", """holds[x]: nothing → {"hold":"x","minor":5}""")]
    [InlineData(
        """{"holds":[{"hold":"x","minor":5},{"hold":"y","minor":6}]}""",
        """{"holds":[{"hold":"y","minor":7}]}""",
        """holds[x]: {"hold":"x","minor":5} → nothing; holds[y].minor: 6 → 7""")]
    [InlineData("""{"l":[1,2]}""", """{"l":[1,3,4]}""", "l[#1]: 2 → 3; l[#2]: nothing → 4")]
    [InlineData("""{"l":[{"id":"x"},{"id":"x","v":1}]}""", """{"l":[{"id":"x"},{"id":"x","v":2}]}""", "l[#1].v: 1 → 2")]
    public void What_changed_is_named_by_its_path(string before, string after, string changes) => Assert.Equal(
        changes,
        string.Join("; ", StateDiff.Between(JsonNode.Parse(before), JsonNode.Parse(after)).Select(c =>
            $"{c.Path}: {c.Before?.ToJsonString() ?? "nothing"} → {c.After?.ToJsonString() ?? "nothing"}")));
}
