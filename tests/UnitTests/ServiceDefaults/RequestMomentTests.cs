using Payments.ServiceDefaults.Requests;

namespace UnitTests.ServiceDefaults;

public sealed class RequestMomentTests
{
    [Theory]
    [InlineData("2026-01-31T00:00:00Z", "2026-01-31T00:00:00.0000000+00:00")]
    [InlineData("2026-01-31T00:00Z", "2026-01-31T00:00:00.0000000+00:00")]
    [InlineData("2026-01-31T23:59:59.1234567+14:00", "2026-01-31T09:59:59.1234567+00:00")]
    [InlineData("2026-01-31T00:00:00.5-05:30", "2026-01-31T05:30:00.5000000+00:00")]
    public void A_date_a_time_and_an_offset_are_one_moment(string text, string utc)
    {
        Assert.True(RequestMoment.TryParse(text, out var moment));
        Assert.Equal(utc, moment.ToString("O"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("2/1")]
    [InlineData("00:00")]
    [InlineData("now")]
    [InlineData("2026-01-31")]
    [InlineData("2026-01-31Z")]
    [InlineData("2026-01-31T00:00:00")]
    [InlineData("2026-01-31 00:00:00Z")]
    [InlineData("2026-01-31T00:00:00 00:00")] // A plus sign in a query is a space.
    [InlineData("2026-01-31T00:00:00+01")]
    [InlineData("2026-01-31T24:00:00Z")]
    [InlineData("2026-02-30T00:00:00Z")]
    [InlineData("2026-01-31T00:00:00.12345678Z")]
    [InlineData("2026-01-31T00:00:00Z\0")]
    [InlineData(" 2026-01-31T00:00:00Z")]
    [InlineData("0001-01-01T00:00:00+14:00")]
    [InlineData("12026-01-31T00:00:00Z")]
    [InlineData("31.01.2026 00:00:00 +00:00")]
    [InlineData("Sat, 31 Jan 2026 00:00:00 GMT")]
    public void Nothing_else_is_guessed(string? text) => Assert.False(RequestMoment.TryParse(text, out _));
}
