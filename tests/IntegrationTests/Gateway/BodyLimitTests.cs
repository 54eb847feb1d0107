using System.Net;
using System.Net.Sockets;
using System.Text;

namespace IntegrationTests.Gateway;

public sealed class BodyLimitTests
{
    private const int Limit = 64 * 1024;
    private const int TenMegabytes = 10 * 1024 * 1024;

    [Theory]
    [InlineData(false, Limit + 1)]
    [InlineData(true, Limit + 1)]
    [InlineData(false, TenMegabytes)]
    [InlineData(true, TenMegabytes)]
    public async Task A_body_that_is_too_large_gets_its_413_and_no_service_sees_it(bool chunked, int length)
    {
        await using var gateway = await GatewayFixture.StartAsync();
        using var body = new ByteArrayContent(new byte[length]);
        using var request = GatewayFixture.Request(HttpMethod.Post, "/api/payments", body: body);
        request.Headers.TransferEncodingChunked = chunked;
        using var response = await gateway.Client.SendAsync(request, TestContext.Current.CancellationToken);

        await ProblemAssert.IsAsync(response, HttpStatusCode.RequestEntityTooLarge, "request_too_large");
        Assert.All(gateway.Services, service => Assert.Empty(service.Requests));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_client_that_reads_only_after_it_has_sent_everything_still_gets_the_413(bool chunked)
    {
        await using var gateway = await GatewayFixture.StartAsync();
        using var socket = new TcpClient();
        var cancellation = TestContext.Current.CancellationToken;
        await socket.ConnectAsync(IPAddress.Loopback, gateway.Address.Port, cancellation);
        await using var stream = socket.GetStream();
        var framing = chunked ? "Transfer-Encoding: chunked" : $"Content-Length: {TenMegabytes}";
        var head = $"POST /api/payments HTTP/1.1\r\nHost: gateway\r\n{framing}\r\n\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head), cancellation);
        for (var left = TenMegabytes; left > 0; left -= Limit)
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(chunked ? $"{Limit:x}\r\n" : ""), cancellation);
            await stream.WriteAsync(new byte[Limit], cancellation);
            await stream.WriteAsync(Encoding.ASCII.GetBytes(chunked ? "\r\n" : ""), cancellation);
        }

        await stream.WriteAsync(Encoding.ASCII.GetBytes(chunked ? "0\r\n\r\n" : ""), cancellation);
        using var reader = new StreamReader(stream);
        var answer = await reader.ReadToEndAsync(cancellation);

        Assert.StartsWith("HTTP/1.1 413 ", answer);
        Assert.Contains("\"code\":\"request_too_large\"", answer);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_body_at_the_limit_passes_whole(bool chunked)
    {
        await using var gateway = await GatewayFixture.StartAsync();
        using var body = new StringContent(new string('x', Limit));
        using var request = GatewayFixture.Request(HttpMethod.Post, "/api/wallets", body: body);
        request.Headers.TransferEncodingChunked = chunked;
        using var response = await gateway.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(new string('x', Limit), Assert.Single(gateway.Wallet.Requests).Body);
    }
}
