using System.Text;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Payments.Contracts.Wire;

namespace UnitTests.Wire;

/// <summary>A type whose JSON has changed twice: a name that was split, then an amount that got a currency.</summary>
public sealed partial class UpcasterTests
{
    private const string Name = "invoice.sent.v1";

    private static readonly WireType Today = new(typeof(InvoiceSent), Name, InvoiceJson.Default.InvoiceSent, Schema: 3);

    private static readonly Upcaster[] Steps =
    [
        new(Name, 1, json =>
        {
            var names = json["customer"]!.GetValue<string>().Split(' ', 2);
            json.Remove("customer");
            json["first"] = names[0];
            json["last"] = names[1];
            return json;
        }),
        new(Name, 2, json => new JsonObject
        {
            ["first"] = json["first"]!.DeepClone(),
            ["last"] = json["last"]!.DeepClone(),
            ["minor"] = json["cents"]!.DeepClone(),
            ["currency"] = "EUR",
        }),
    ];

    private readonly WireCatalog _catalog = new([Today], Steps);

    [Theory]
    [InlineData(1, """{"customer":"Ada Lovelace","cents":1234}""")]
    [InlineData(2, """{"first":"Ada","last":"Lovelace","cents":1234}""")]
    [InlineData(3, """{"first":"Ada","last":"Lovelace","minor":1234,"currency":"EUR"}""")]
    public void Every_version_is_read_as_the_newest(int schema, string json) =>
        Assert.Equal(new InvoiceSent("Ada", "Lovelace", 1_234, "EUR"), _catalog.Decode(Name, schema, Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void Only_the_newest_is_written()
    {
        var (name, schema, json) = _catalog.Encode(new InvoiceSent("Ada", "Lovelace", 1_234, "USD"));

        Assert.Equal(
            (Name, 3, """{"first":"Ada","last":"Lovelace","minor":1234,"currency":"USD"}"""),
            (name, schema, Encoding.UTF8.GetString(json)));
    }

    [Theory]
    [InlineData(0, """{"customer":"Ada Lovelace","cents":1}""")]
    [InlineData(4, """{"customer":"Ada Lovelace","cents":1}""")]
    [InlineData(1, """{"cents":1}""")]
    [InlineData(1, """{"customer":7,"cents":1}""")]
    [InlineData(1, """{"customer":"Ada Lovelace","cents":"1"}""")]
    [InlineData(1, """[]""")]
    [InlineData(1, """null""")]
    [InlineData(1, """{""")]
    [InlineData(2, """{"customer":"Ada Lovelace","cents":1}""")]
    public void What_does_not_fit_its_version_is_poison(int schema, string json) =>
        Assert.Throws<WireFormatException>(() => _catalog.Decode(Name, schema, Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void A_history_with_a_hole_or_with_too_much_is_refused_at_start()
    {
        Assert.Throws<ArgumentException>(() => new WireCatalog([Today], [Steps[0]]));
        Assert.Throws<ArgumentException>(() => new WireCatalog([Today], [.. Steps, Steps[1] with { From = 3 }]));
        Assert.Throws<ArgumentException>(() => new WireCatalog([Today], [.. Steps, Steps[1] with { Name = "other" }]));
        Assert.Throws<ArgumentException>(() => new WireCatalog([Today], [.. Steps, Steps[0]]));
    }

    internal sealed record InvoiceSent(string First, string Last, long Minor, string Currency);

    [JsonSourceGenerationOptions(
        PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectRequiredConstructorParameters = true)]
    [JsonSerializable(typeof(InvoiceSent))]
    internal sealed partial class InvoiceJson : JsonSerializerContext;
}
