using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using IntegrationTests.Gateway;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Payments.Console;
using Payments.ServiceDefaults.Callers;

namespace IntegrationTests.WholeSystem;

/// <summary>
/// Every route of every host, as the hosts themselves know them: text that cannot be stored is a 400 that names where it is, in each
/// parameter and each member of a body; and no other odd text becomes a 5xx.
/// </summary>
[Collection(WholeSystemTests.Name)]
public sealed class EveryRouteTests(PlatformFixture fixture)
{
    // As an address has them, and as JSON has them.
    private static readonly string[] NotStorable = ["%00", "a%00b", "%ff", "%C0%80", "%ED%A0%80"];
    private static readonly string[] NotStorableInJson = ["\\u0000", "a\\u0000b", "\\ud800", "\\udc00\\ud800"];
    private static readonly string[] Odd = ["%01", "%EF%BF%BF", "%F0%9F%98%80", "%27--", "%25s", new('9', 400), new('x', 5_000)];
    private static readonly string[] OddInJson = ["\\u0001", "\\uffff", "\\ud83d\\ude00", "'--", new('9', 400), new('x', 20_000)];

    private readonly List<string> _faults = [];

    [Fact]
    public async Task Odd_text_anywhere_is_refused_by_name_or_taken_and_never_a_5xx()
    {
        await using var console = ConsoleHost.Build(
        [
            "--environment=Development", "--urls=http://127.0.0.1:0", "--Logging:Console:LogLevel:Default=None",
            $"--services:gateway:http:0={fixture.Platform.Gateway}",
        ]);
        await console.StartAsync(TestContext.Current.CancellationToken);
        var count = 0;
        foreach (var host in fixture.Platform.Hosts.Append(console))
        {
            var port = new Uri(host.Urls.Single()).Port;
            foreach (var endpoint in host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>())
            {
                count++;
                await TryAsync(port, new RouteToTry(endpoint));
            }
        }

        Assert.True(count > 150, $"Only {count} routes.");
        Assert.Equal([], _faults);
    }

    [Theory]
    [InlineData(0, "/v1/authorisations")]
    [InlineData(1, "/api/wallets")]
    [InlineData(2, "/api/admin/sagas")]
    [InlineData(3, "/api/payments")]
    [InlineData(4, "/api/operators/sign-in")]
    public async Task A_hostile_client_gets_no_5xx_from_any_host(int host, string path)
    {
        var port = new Uri(fixture.Platform.Hosts[host].Urls.Single()).Port;
        foreach (var request in HostileRequests.To(path, Caller))
        {
            var (status, answer) = await RawHttp.SendAsync(port, request.Bytes, request.HalfClose);
            if (HostileRequests.IsWrong(status))
            {
                _faults.Add($"{request.Name}: {Truncated(answer)}");
            }
        }

        Assert.Equal([], _faults);
    }

    // The role is for a service that is called without the gateway, which drops it.
    private static string Caller =>
        $"{PlatformHeaders.ApiKey}: {Api.Key}\r\n{PlatformHeaders.OperatorRole}: {OperatorRoles.Admin}\r\n";

    private async Task TryAsync(int port, RouteToTry route)
    {
        foreach (var name in route.QueryParameters.Append("unheard-of"))
        {
            await ExpectAsync(port, route, NotStorable.Select(text => ($"{route.Path}?{name}={text}", "")), name);
            await ExpectAsync(port, route, Odd.Select(text => ($"{route.Path}?{name}={text}", "")), null);
        }

        foreach (var name in route.PathParameters)
        {
            await ExpectAsync(port, route, NotStorable[2..].Select(text => (route.PathWith(name, text), "")), "path");
            var odd = Odd.Concat(["%00", "%2e%2e", "a%2fb"]);
            await ExpectAsync(port, route, odd.Select(text => (route.PathWith(name, text), "")), null);
        }

        foreach (var (field, body) in route.Bodies())
        {
            await ExpectAsync(port, route, NotStorableInJson.Select(text => (route.Path, body(text))), field);
            await ExpectAsync(port, route, OddInJson.Select(text => (route.Path, body(text))), null);
        }
    }

    /// <param name="field">What a 400 must name; null: anything but a 5xx will do.</param>
    private async Task ExpectAsync(int port, RouteToTry route, IEnumerable<(string Target, string Body)> requests, string? field)
    {
        foreach (var (target, body) in requests)
        {
            var length = Encoding.UTF8.GetByteCount(body);
            var content = length == 0 ? "" : $"Content-Type: application/json\r\nContent-Length: {length}\r\n";
            var (status, answer) = await RawHttp.SendAsync(
                port,
                Encoding.UTF8.GetBytes(
                    $"{route.Method} {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nIdempotency-Key: {Api.Fresh("odd")}\r\n" +
                    $"{Caller}{content}\r\n{body}"));
            var isAsExpected = field is null
                ? status is > 0 and < 500
                : status == (int)HttpStatusCode.BadRequest && FieldsOf(answer).Contains(field);
            if (!isAsExpected)
            {
                _faults.Add($"{route.Method} {Truncated(target)} {Truncated(body)}: {field} {Truncated(answer)}");
            }
        }
    }

    private static IEnumerable<string> FieldsOf(string answer) =>
        answer.IndexOf('{', StringComparison.Ordinal) is >= 0 and var start && answer.LastIndexOf('}') is var end
            ? JsonNode.Parse(answer[start..(end + 1)])?["errors"]?.AsObject().Select(error => error.Key) ?? []
            : [];

    private static string Truncated(string text) => text.Length > 200 ? text[..200] : text;
}
