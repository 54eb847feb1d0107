using System.Net;
using System.Text.Json.Nodes;
using Payments.ServiceDefaults.Callers;

namespace IntegrationTests.Gateway;

/// <summary>A client that does everything wrong gets 4xx answers, and takes no instance out.</summary>
public sealed class HostileRequestTests
{
    [Fact]
    public async Task No_request_however_malformed_is_answered_by_a_5xx_or_takes_an_instance_out()
    {
        await using var gateway = await GatewayFixture.StartAsync();
        var faults = new List<string>();
        foreach (var request in HostileRequests.To("/api/payments", $"{PlatformHeaders.ApiKey}: {GatewayFixture.FullKey}\r\n"))
        {
            var (status, answer) = await RawHttp.SendAsync(gateway.Address.Port, request.Bytes, request.HalfClose);
            if (HostileRequests.IsWrong(status))
            {
                faults.Add($"{request.Name}: {answer[..Math.Min(answer.Length, 300)]}");
            }
        }

        Assert.Equal([], faults);
        Assert.All(await HealthsAsync(gateway), health => Assert.NotEqual("unhealthy", health));
    }

    [Theory]
    [InlineData("User-Agent", "тест")]
    [InlineData("CF-IPCity", "Zürich")]
    [InlineData("Cookie", "a=é")]
    [InlineData("Accept-Language", "😀")]
    public async Task A_header_in_UTF8_reaches_the_service_as_it_was_sent(string name, string value)
    {
        await using var gateway = await GatewayFixture.StartAsync();
        var (status, answer) = await RawHttp.SendAsync(
            gateway.Address.Port,
            $"GET /api/wallets HTTP/1.1\nHost: x\nConnection: close\nX-Api-Key: {GatewayFixture.FullKey}\n{name}: {value}\n\n");

        Assert.True(status == 200, answer);
        Assert.Equal(value, Assert.Single(gateway.Wallet.Requests).Headers[name]);
    }

    [Fact]
    public async Task An_instance_that_breaks_off_is_taken_out()
    {
        await using var gateway = await GatewayFixture.StartAsync("Proxy:ProbeIntervalMs=60000");
        gateway.Wallet.Answer = context =>
        {
            context.Abort();
            return Task.CompletedTask;
        };
        for (var i = 0; i < 20; i++)
        {
            (await gateway.GetAsync("/api/wallets")).Dispose();
        }

        Assert.Contains("unhealthy", await HealthsAsync(gateway));
    }

    [Theory]
    [InlineData("FFFFFFFFFFFFFFFF\r\n{}\r\n0\r\n\r\n")]
    [InlineData("x\r\n{}\r\n0\r\n\r\n")]
    [InlineData("2\r\n{}XX0\r\n\r\n")]
    public async Task Chunks_that_cannot_be_read_are_a_400_that_names_the_body(string chunks)
    {
        await using var gateway = await GatewayFixture.StartAsync();
        var (status, answer) = await RawHttp.SendAsync(
            gateway.Address.Port, $"POST /api/payments HTTP/1.1\nHost: x\nConnection: close\nTransfer-Encoding: chunked\n\n{chunks}");

        Assert.True(status == 400, answer);
        Assert.Contains("\"errors\":{\"body\":", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gzip", "application/json")]
    [InlineData("br", "application/json")]
    [InlineData(null, "application/json; charset=utf-16")]
    [InlineData(null, "application/json; charset=nothing")]
    public async Task A_compressed_body_and_JSON_in_another_encoding_are_a_415(string? encoding, string type)
    {
        await using var gateway = await GatewayFixture.StartAsync();
        using var body = new ByteArrayContent("{}"u8.ToArray());
        body.Headers.TryAddWithoutValidation("Content-Type", type);
        if (encoding is not null)
        {
            body.Headers.ContentEncoding.Add(encoding);
        }

        using var response = await gateway.SendAsync(HttpMethod.Post, "/api/payments", body: body);

        await ProblemAssert.IsAsync(response, HttpStatusCode.UnsupportedMediaType, "unsupported_media_type");
        Assert.Equal("identity", response.Headers.GetValues("Accept-Encoding").Single());
    }

    [Fact]
    public async Task HEAD_is_answered_like_GET_without_the_body()
    {
        await using var gateway = await GatewayFixture.StartAsync();
        using var get = await gateway.GetAsync("/api/wallets/7");
        using var head = await gateway.SendAsync(HttpMethod.Head, "/api/wallets/7");

        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.Equal(get.Content.Headers.ContentType, head.Content.Headers.ContentType);
        Assert.Equal("", await head.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private static async Task<IReadOnlyList<string>> HealthsAsync(GatewayFixture gateway)
    {
        using var response = await gateway.GetAsync("/api/admin/gateway/settings");
        var settings = JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        return [.. settings["instances"]!.AsArray().Select(instance => (string)instance!["health"]!)];
    }
}
