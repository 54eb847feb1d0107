using Microsoft.Extensions.Configuration;
using Payments.ServiceDefaults.Configuration;

namespace UnitTests.ServiceDefaults;

public sealed class ServiceAddressesTests
{
    [Fact]
    public void Instances_come_in_the_order_of_their_numbers() =>
        Assert.Equal(
            [new Uri("http://a:1"), new Uri("http://b:2"), new Uri("http://c:3")],
            Of("http:10=http://c:3", "http:0=http://a:1", "http:2=http://b:2").FindServiceAddresses("wallet"));

    [Fact]
    public void Plain_http_goes_first_and_https_stands_in_for_it()
    {
        Assert.Equal(new Uri("http://a:1"), Of("https:0=https://a:2", "http:0=http://a:1").ServiceAddress("wallet"));
        Assert.Equal(new Uri("https://a:2"), Of("https:0=https://a:2").ServiceAddress("wallet"));
    }

    [Fact]
    public void A_missing_address_says_which_setting_to_make()
    {
        Assert.Empty(Of().FindServiceAddresses("wallet"));
        Assert.Contains("services:wallet:http:0", Assert.Throws<InvalidOperationException>(() => Of().ServiceAddress("wallet")).Message);
    }

    [Theory]
    [InlineData("localhost:80")]
    [InlineData("ftp://a")]
    [InlineData("")]
    public void What_is_no_address_is_refused(string value)
    {
        var refusal = Assert.Throws<InvalidOperationException>(() => Of($"http:0={value}").ServiceAddress("wallet"));
        Assert.Contains("services:wallet:http:0", refusal.Message);
    }

    private static IConfiguration Of(params string[] settings) =>
        new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(s => s.Split('=', 2)).ToDictionary(s => $"services:wallet:{s[0]}", s => (string?)s[1]))
            .Build();
}
