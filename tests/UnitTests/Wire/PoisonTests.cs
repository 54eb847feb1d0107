using System.Text;
using System.Text.Json.Nodes;
using FsCheck.Fluent;
using Payments.Contracts.Wire;
using UnitTests.Randomness;

namespace UnitTests.Wire;

/// <summary>What does not fit is refused with the one error that a consumer takes for poison; nothing is half read.</summary>
public sealed class PoisonTests
{
    private const string Deposited = "wallet.deposited.v1";

    [Theory]
    [InlineData("wallet.closed.v1")]
    [InlineData("wallet.opened.v2")]
    [InlineData("Wallet.Opened.v1")]
    [InlineData("wallet.opened")]
    [InlineData("")]
    public void An_unknown_type_is_refused(string name) =>
        Assert.Equal($"Unknown type '{name}'.", Refused(name, 1, GoldenFile.Of("wallet.opened.v1").Bytes()).Message);

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(-1)]
    public void An_unknown_schema_version_is_refused(int version) => Assert.Equal(
        $"'wallet.opened.v1' has no schema version {version}; this reader knows 1 to 1.",
        Refused("wallet.opened.v1", version, GoldenFile.Of("wallet.opened.v1").Bytes()).Message);

    [Theory]
    [MemberData(nameof(GoldenFile.Theory), MemberType = typeof(GoldenFile))]
    public void An_unknown_member_is_refused_at_every_depth(string file) => Assert.All(Objects(GoldenFile.Of(file).Json()), path =>
    {
        var json = GoldenFile.Of(file).Json();
        At(json, path)["surprise"] = 1;
        Refused(file, json);
    });

    [Theory]
    [MemberData(nameof(GoldenFile.Theory), MemberType = typeof(GoldenFile))]
    public void A_missing_member_is_refused_at_every_depth(string file) => Assert.All(Needed(file), member =>
    {
        var json = GoldenFile.Of(file).Json();
        Assert.True(At(json, member.Path).Remove(member.Name));
        Refused(file, json);
    });

    [Theory]
    [MemberData(nameof(GoldenFile.Theory), MemberType = typeof(GoldenFile))]
    public void A_member_in_other_letter_case_is_refused(string file) => Assert.All(Members(GoldenFile.Of(file).Json()), member =>
    {
        var json = GoldenFile.Of(file).Json();
        var parent = At(json, member.Path);
        var value = parent[member.Name]?.DeepClone();
        parent.Remove(member.Name);
        parent[member.Name.ToUpperInvariant()] = value;
        Refused(file, json);
    });

    [Theory]
    [MemberData(nameof(GoldenFile.Theory), MemberType = typeof(GoldenFile))]
    public void A_value_of_another_kind_is_refused(string file) => Assert.All(Needed(file), member => Assert.All(
        new JsonNode[] { new JsonArray(), new JsonObject(), true, 1.5 },
        value =>
        {
            var json = GoldenFile.Of(file).Json();
            At(json, member.Path)[member.Name] = value.DeepClone();
            Refused(file, json);
        }));

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("1")]
    [InlineData("\"x\"")]
    [InlineData("{")]
    [InlineData("{\"payment\":\"0198c0de-0000-7000-8000-000000000001\"} {}")]
    [InlineData("{\"payment\":\"0198c0de-0000-7000-8000-000000000001\",}")]
    [InlineData("{\"payment\":\"0198c0de-0000-7000-8000-000000000001\"/* */}")]
    [InlineData("{\"payment\":\"0198c0de-0000-7000-8000-000000000001\",\"payment\":\"0198c0de-0000-7000-8000-000000000002\"}")]
    [InlineData("{\"payment\":\"0198c0de000070008000000000000001\"}")]
    [InlineData("{\"payment\":\"00000000-0000-0000-0000-000000000000\"}")]
    [InlineData("{\"payment\":\"\\ud800\"}")]
    [InlineData("{\"payment\":null}")]
    [InlineData("{\"payment\":1}")]
    public void What_is_not_the_json_of_the_type_is_refused(string json) =>
        Refused("payment.completed.v1", 1, Encoding.UTF8.GetBytes(json));

    [Theory]
    [InlineData("9223372036854775808")]
    [InlineData("-9223372036854775809")]
    [InlineData("1.5")]
    [InlineData("1.0")]
    [InlineData("1e3")]
    [InlineData("\"1\"")]
    [InlineData("null")]
    public void An_amount_is_a_64_bit_integer_and_nothing_else(string minor) => Refused(Deposited, 1, Amount(minor, "\"EUR\""));

    [Theory]
    [InlineData("\"eur\"")]
    [InlineData("\"ZZZ\"")]
    [InlineData("\"\"")]
    [InlineData("978")]
    [InlineData("null")]
    public void A_currency_is_a_known_code_and_nothing_else(string currency) => Refused(Deposited, 1, Amount("1", currency));

    [Theory]
    [InlineData("saga.operator-acted.v1", "act")]
    [InlineData("saga.card-answered.v1", "answer", "act")]
    [InlineData("wallet.funds-held.v1@2", "purpose")]
    [InlineData("payment.requested.v1@2", "terms", "source", "method")]
    public void A_choice_is_a_known_name_and_nothing_else(string file, params string[] path) => Assert.All(
        ["0", "99", "\"1\"", "\"Elsewhere\"", "null"],
        value =>
        {
            var json = GoldenFile.Of(file).Json();
            At(json, path[..^1])[path[^1]] = JsonNode.Parse(value);
            Refused(file, json);
        });

    [Theory]
    [InlineData("\"\"")]
    [InlineData("\"tok visa\"")]
    [InlineData("1")]
    [InlineData("null")]
    public void A_card_token_is_a_token_and_nothing_else(string token)
    {
        var json = GoldenFile.Of("command.card.authorise.v1").Json();
        json["token"] = JsonNode.Parse(token);
        Refused("command.card.authorise.v1", json);
    }

    [Theory]
    [InlineData("} {}")]
    [InlineData(",\"payment\":\"0198c0de-0000-7000-8000-000000000001\"}")]
    [InlineData(",}")]
    public void What_is_lifted_from_an_older_schema_version_is_read_as_strictly(string end)
    {
        const string Json =
            """
            {"hold":"0198c0de-0000-7000-8000-000000000002","amount":{"minor":1,"currency":"EUR"},
            "payment":"0198c0de-0000-7000-8000-000000000001"
            """;

        Assert.NotNull(WireFormat.Decode("wallet.hold-released.v1", 1, Encoding.UTF8.GetBytes(Json + "}")));
        Refused("wallet.hold-released.v1", 1, Encoding.UTF8.GetBytes(Json + end));
    }

    [Fact]
    public void Whatever_bytes_come_they_are_read_or_refused_as_poison() => Invariant.HoldsForAll(
        (from file in Gen.Elements(GoldenFile.All.AsEnumerable())
         from changes in Gen.Choose(0, int.MaxValue).Zip(Gen.Choose(0, 255)).Three()
         select (file.Name, file.Schema, Bytes: Changed(file.Bytes(), [changes.Item1, changes.Item2, changes.Item3]))).ToArbitrary(),
        poison =>
        {
            try
            {
                var read = WireFormat.Decode(poison.Name, poison.Schema, poison.Bytes);
                var (name, schema, json) = WireFormat.Encode(read);
                Assert.Equal(read, WireFormat.Decode(name, schema, json));
            }
            catch (WireFormatException)
            {
                // The one error that a consumer expects.
            }
        },
        count: 2_000);

    private static byte[] Changed(byte[] bytes, (int At, int Value)[] changes)
    {
        foreach (var (at, value) in changes)
        {
            bytes[at % bytes.Length] = (byte)value;
        }

        return bytes;
    }

    private static byte[] Amount(string minor, string currency) => Encoding.UTF8.GetBytes(
        $$"""{"movement":"0198c0de-0000-7000-8000-000000000003","amount":{"minor":{{minor}},"currency":{{currency}}},"reference":null}""");

    private static void Refused(string file, JsonObject json)
    {
        var golden = GoldenFile.Of(file);
        Refused(golden.Name, golden.Schema, Encoding.UTF8.GetBytes(json.ToJsonString()));
    }

    private static WireFormatException Refused(string name, int version, byte[] json) =>
        Assert.Throws<WireFormatException>(() => WireFormat.Decode(name, version, json));

    private static IEnumerable<string[]> Objects(JsonObject json) =>
        [[], .. json.Where(member => member.Value is JsonObject).SelectMany(member =>
            Objects(member.Value!.AsObject()).Select(path => (string[])[member.Key, .. path]))];

    /// <summary>All but the one member that is left out where it says nothing; where it is there, it is <c>true</c>.</summary>
    private static IEnumerable<(string[] Path, string Name)> Needed(string file) =>
        Members(GoldenFile.Of(file).Json()).Where(member =>
            member.Name is not ("isDeclared" or "declines") && (file, member.Name) is not ("wallet.overdraft-set.v1+reason", "reason"));

    private static IEnumerable<(string[] Path, string Name)> Members(JsonObject json) =>
        Objects(json).SelectMany(path => At(json, path).Select(member => (path, member.Key)));

    private static JsonObject At(JsonObject json, string[] path) => path.Aggregate(json, (parent, name) => parent[name]!.AsObject());
}
