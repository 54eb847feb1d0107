using System.Text;
using Payments.Messaging.Parking;
using UnitTests.Messaging;
using UnitTests.Randomness;

namespace UnitTests.Parking;

public sealed class MoneyAtRiskTests
{
    [Theory]
    [InlineData("""{"amount":{"minor":2500,"currency":"EUR"}}""", 2500, "EUR")]
    [InlineData("""{"terms":{"amount":{"minor":-1,"currency":"JPY"}}}""", -1, "JPY")]
    [InlineData("""{"amount":{"minor":1000000000000000,"currency":"EUR"}}""", 1_000_000_000_000_000, "EUR")]
    public void An_amount_is_found_at_the_top_or_one_level_below(string json, long amount, string currency) =>
        Assert.Equal((amount, currency), MoneyAtRisk.Of(Encoding.UTF8.GetBytes(json)));

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{\"amount\":")]
    [InlineData("""{"amount":{"minor":1000000000000001,"currency":"EUR"}}""")]
    [InlineData("""{"amount":{"minor":9223372036854775808,"currency":"EUR"}}""")]
    [InlineData("""{"amount":{"minor":1e400,"currency":"EUR"}}""")]
    [InlineData("""{"amount":{"minor":1.5,"currency":"EUR"}}""")]
    [InlineData("""{"amount":{"minor":1,"currency":"E\u0000R"}}""")]
    [InlineData("""{"amount":{"minor":1,"currency":"\ud800"}}""")]
    [InlineData("""{"amount":{"minor":1,"currency":"eur"}}""")]
    [InlineData("""{"amount":{"minor":1,"currency":null}}""")]
    [InlineData("""{"\ud800":{"amount":1}}""")]
    public void What_is_no_sensible_amount_counts_as_unknown(string json) => Assert.Null(MoneyAtRisk.Of(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void Bytes_that_are_no_text_name_no_amount() =>
        Assert.Null(MoneyAtRisk.Of((byte[])[.. "{\"amount\":{\"minor\":1,\"currency\":\""u8, 0xff, 0xfe, 0xfd, .. "\"}}"u8]));

    [Fact]
    public void Whatever_a_message_says_asking_for_its_money_never_throws()
    {
        var fuzz = new FuzzedMessages(Seed.NewRandom());
        for (var i = 0; i < 5_000; i++)
        {
            MoneyAtRisk.Of(fuzz.Next().Value ?? []);
        }
    }
}
