using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Options;
using Payments.Gateway.ApiKeys;

namespace UnitTests.Gateway;

public sealed class ApiKeyDirectoryTests
{
    private const string Pepper = "a pepper of the tests";

    [Fact]
    public void A_key_is_found_by_its_hash_under_the_pepper()
    {
        var directory = Directory(Environments.Production, Pepper, Entry("secret", "shop", "payments:read", "wallets:write"));

        Assert.Equal(new ApiClient("shop", Scopes.PaymentsRead | Scopes.WalletsWrite), directory.Find("secret"));
        Assert.Null(directory.Find("Secret"));
        Assert.Null(directory.Find(""));
        Assert.Null(directory.Find(new string('x', 100_000)));
    }

    [Fact]
    public void The_hash_is_the_one_that_openssl_makes()
    {
        // printf %s secret | openssl dgst -sha256 -hmac 'a pepper of the tests'
        Assert.Equal("60867edfece4e59aef71d9c874819d010d7efd04b3b1f046e643f59fa502e796", Hash("secret"));
    }

    [Fact]
    public void Under_another_pepper_the_same_hash_is_worth_nothing() =>
        Assert.Null(Directory(Environments.Production, "another pepper, as long", Entry("secret", "shop", "admin")).Find("secret"));

    [Theory]
    [InlineData("Development", true)]
    [InlineData("Production", false)]
    [InlineData("Staging", false)]
    public void The_development_key_exists_in_development_only(string environment, bool exists) =>
        Assert.Equal(
            exists ? new ApiClient("dev", Scopes.All, Limited: false) : null,
            Directory(environment, "").Find(ApiKeyDirectory.DevelopmentKey));

    [Fact]
    public void Every_fault_of_the_configuration_is_told_at_once()
    {
        var options = new ApiKeyOptions
        {
            Pepper = "short",
            Keys =
            [
                new ApiKeyEntry { Hash = "abc", ClientId = "internal", Scopes = ["payments:everything"] },
                Entry("secret", "shop", "admin"),
                Entry("other", "with space"),
            ],
        };

        Assert.Equal(
            [
                "ApiKeys:0:Hash: 64 hexadecimal digits are needed.",
                "ApiKeys:0:ClientId: 1 to 64 letters, digits, '.', '_', '-', and neither 'internal' nor 'operator'.",
                "ApiKeys:0:Scopes: none, or one that does not exist.",
                "ApiKeys:2:ClientId: 1 to 64 letters, digits, '.', '_', '-', and neither 'internal' nor 'operator'.",
                "ApiKeys:2:Scopes: none, or one that does not exist.",
                "ApiKeyPepper: at least 16 characters are needed where there are API keys.",
            ],
            new ApiKeyOptionsValidator().Validate(null, options).Failures);
    }

    private static ApiKeyDirectory Directory(string environment, string pepper, params ApiKeyEntry[] keys) =>
        new(Options.Create(new ApiKeyOptions { Pepper = pepper, Keys = keys }), new HostingEnvironment { EnvironmentName = environment });

    private static ApiKeyEntry Entry(string key, string client, params string[] scopes) =>
        new() { Hash = Hash(key), ClientId = client, Scopes = scopes };

    private static string Hash(string key) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Pepper), Encoding.UTF8.GetBytes(key)));
}
