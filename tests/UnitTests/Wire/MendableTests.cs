using System.Text;
using System.Text.Json.Nodes;
using Payments.Contracts.Wire;

namespace UnitTests.Wire;

/// <summary>What an edit of a message may change: its form and its words. Every other member of every type is money.</summary>
public sealed class MendableTests
{
    private static readonly string[] Words =
    [
        "payment.requested.v1 terms.reference", "payment.failed.v1 code", "payment.refund-requested.v1 terms.reason",
        "payment.refund-requested.v1 terms.payment.reference", "payment.refund-failed.v1 code", "command.payment.fail.v1 code",
        "command.payment.fail-refund.v1 code", "command.wallet.hold-funds.v1 reference", "wallet.funds-held.v1 reference",
        "wallet.hold-refused.v1 code", "wallet.capture-refused.v1 code", "wallet.credit-refused.v1 code",
        "wallet.credit-reversal-refused.v1 code",
    ];

    [Theory]
    [MemberData(nameof(GoldenFile.Theory), MemberType = typeof(GoldenFile))]
    public void Every_member_that_is_no_word_is_kept(string file)
    {
        var golden = GoldenFile.Of(file);
        foreach (var (path, other) in Variants(golden.Json()))
        {
            var bytes = Encoding.UTF8.GetBytes(other.ToJsonString());
            if (!IsReadable(golden, bytes))
            {
                continue; // Refused already: it does not fit its type.
            }

            var changed = Mendable.ChangedMoney(golden.Name, golden.Schema, golden.Bytes(), bytes);
            if (WireFormat.Names.Contains((golden.Name, golden.Schema)))
            {
                Assert.Equal(Words.Contains($"{golden.Name} {path}") ? null : path, changed);
            }
            else if (path.EndsWith("minor", StringComparison.Ordinal) || path.EndsWith("currency", StringComparison.Ordinal))
            {
                Assert.NotNull(changed); // Older versions may have it under another path.
            }
        }
    }

    [Theory]
    [MemberData(nameof(GoldenFile.Theory), MemberType = typeof(GoldenFile))]
    public void The_form_may_change(string file)
    {
        var golden = GoldenFile.Of(file);
        var turned = new JsonObject(golden.Json().Reverse().Select(m => KeyValuePair.Create(m.Key, m.Value?.DeepClone())));

        Assert.Null(Mendable.ChangedMoney(
            golden.Name, golden.Schema, golden.Bytes(), Encoding.UTF8.GetBytes(turned.ToJsonString())));
    }

    [Fact]
    public void The_edit_that_made_money_is_found()
    {
        var golden = GoldenFile.Of("command.wallet.credit-funds.v1@2");
        var json = golden.Json();
        json["amount"]!["minor"] = 99_999;

        Assert.Equal("amount.minor", Mendable.ChangedMoney(
            golden.Name, golden.Schema, golden.Bytes(), Encoding.UTF8.GetBytes(json.ToJsonString())));
    }

    // Each leaf changed to something else of its kind, or left out where it may be.
    private static IEnumerable<(string Path, JsonObject Json)> Variants(JsonObject json)
    {
        foreach (var path in Leaves(json, []))
        {
            var leaf = At(json, path[..^1])[path[^1]];
            foreach (var value in Others(leaf).Where(value => !JsonNode.DeepEquals(value, leaf)))
            {
                var copy = (JsonObject)json.DeepClone();
                At(copy, path[..^1])[path[^1]] = value;
                yield return (string.Join('.', path), copy);
            }
        }
    }

    private static IEnumerable<JsonNode?> Others(JsonNode? leaf) => leaf switch
    {
        JsonValue v when v.TryGetValue<long>(out var number) => [number + 1],
        JsonValue v when v.TryGetValue<bool>(out var yes) => [!yes],
        JsonValue v when v.TryGetValue<string>(out var text) =>
            Guid.TryParse(text, out _) ? [Guid.CreateVersion7().ToString()]
            : text == "EUR" ? ["USD"]
            : ["Refund", "payment", "other", $"{text}x", "2031-01-01T00:00:00+00:00", "2031-01-01"],
        _ => ["other", Guid.CreateVersion7().ToString()],
    };

    private static IEnumerable<string[]> Leaves(JsonObject json, string[] path) => json.SelectMany(member =>
        member.Value is JsonObject inner ? Leaves(inner, [.. path, member.Key]) : [[.. path, member.Key]]);

    private static JsonObject At(JsonObject json, string[] path) => path.Aggregate(json, (parent, name) => parent[name]!.AsObject());

    private static bool IsReadable(GoldenFile golden, byte[] bytes)
    {
        try
        {
            WireFormat.Decode(golden.Name, golden.Schema, bytes);
            return true;
        }
        catch (WireFormatException)
        {
            return false;
        }
    }
}
