using Payments.Console.DeadLetters;
using Payments.Console.Text;

namespace BrowserTests;

/// <summary>Two payloads beside each other, and what an address says of dead letters: pure.</summary>
public sealed class SideBySideTests
{
    [Theory]
    [InlineData("a b c", "a b c", "a|a b|b c|c")]
    [InlineData("a b c", "a x c", "a|a b|x c|c")]
    [InlineData("a b c", "a c", "a|a b| c|c")]
    [InlineData("a c", "a x y c", "a|a |x |y c|c")]
    public void What_went_stands_beside_what_came(string before, string after, string expected) => Assert.Equal(
        expected,
        string.Join(' ', SideBySide.Of(before.Replace(' ', '\n'), after.Replace(' ', '\n')).Select(pair => $"{pair.Before}|{pair.After}")));

    [Fact]
    public void An_address_is_read_as_it_was_written()
    {
        var query = new DeadLetterQuery("wallets", "0a1b", "wallet-service", "a type", "a/topic", "Error&=", "text ü", "1h");

        Assert.Equal(query, DeadLetterQuery.Read($"http://console/{query.Address("dead-letters")}"));
        Assert.Equal(new DeadLetterQuery(), DeadLetterQuery.Read("http://console/dead-letters?service=&other=x"));
    }

    [Fact]
    public void An_age_is_a_moment_to_the_minute()
    {
        var now = new DateTimeOffset(2026, 7, 1, 12, 30, 59, TimeSpan.Zero);

        Assert.Equal(new DateTimeOffset(2026, 7, 1, 11, 30, 0, TimeSpan.Zero), new DeadLetterQuery(Age: "1h").ToFilter(now).FailedUntil);
        Assert.Null(new DeadLetterQuery(Age: "nonsense").ToFilter(now).FailedUntil);
    }
}
