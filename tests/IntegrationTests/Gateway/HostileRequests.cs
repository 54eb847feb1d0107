using System.Text;

namespace IntegrationTests.Gateway;

/// <summary>
/// What a hostile client sends to an address of a host. None of it may be answered by a 5xx, but for a version of HTTP that nobody speaks:
/// that is what a 505 is for.
/// </summary>
internal static class HostileRequests
{
    /// <param name="Name">For the report.</param>
    /// <param name="Text">Sent in UTF-8; a character from U+E000 to U+E0FF stands for one byte, as no UTF-8 has it.</param>
    /// <param name="HalfClose">The client says that nothing more comes.</param>
    internal sealed record Request(string Name, string Text, bool HalfClose = false)
    {
        public byte[] Bytes => [.. Text.EnumerateRunes().SelectMany(BytesOf)];

        private static byte[] BytesOf(Rune rune) =>
            rune.Value is >= 0xE000 and <= 0xE0FF ? [(byte)rune.Value] : Encoding.UTF8.GetBytes(rune.ToString());
    }

    public static bool IsWrong(int status) => status is >= 500 and not 505;

    private const string Json = "Content-Type: application/json\r\n";

    /// <param name="path">Of a resource that is there.</param>
    /// <param name="headers">What makes the caller known, each line with its end.</param>
    public static IEnumerable<Request> To(string path, string headers)
    {
        var common = $"Host: payments\r\nConnection: close\r\nIdempotency-Key: hostile\r\n{headers}";
        string Get(string target, string more = "") => $"GET {target} HTTP/1.1\r\n{common}{more}\r\n";
        string Post(string framing, string body) => $"POST {path} HTTP/1.1\r\n{common}{Json}{framing}\r\n{body}";

        foreach (var size in new[] { "FFFFFFFFFFFFFFFF", "7FFFFFFFFFFFFFFF", "80000000", "FFFFFFFF", "-1", "0x2", "g", " ", "" })
        {
            yield return new($"chunk size '{size}'", Post("Transfer-Encoding: chunked\r\n", $"{size}\r\n{{}}\r\n0\r\n\r\n"), true);
        }

        yield return new("a chunk without its end", Post("Transfer-Encoding: chunked\r\n", "2\r\n{}XX0\r\n\r\n"), true);
        yield return new("chunks cut off", Post("Transfer-Encoding: chunked\r\n", "5\r\n{}"), true);
        yield return new("a chunk extension", Post("Transfer-Encoding: chunked\r\n", "2;a=\"b\"\r\n{}\r\n0\r\nTrailer: é\r\n\r\n"));
        yield return new("two framings", Post("Content-Length: 2\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), true);
        foreach (var length in new[] { "-1", "1e3", "+2", "99999999999999999999", "9223372036854775807", "2, 2", "", "two" })
        {
            yield return new($"content length '{length}'", Post($"Content-Length: {length}\r\n", "{}"), true);
        }

        yield return new("two content lengths", Post("Content-Length: 2\r\nContent-Length: 3\r\n", "{}x"), true);
        yield return new("a body cut off", Post("Content-Length: 100\r\n", "{}"), true);
        foreach (var encoding in new[] { "gzip, chunked", "identity", "chunked, chunked", "gzip", "x" })
        {
            yield return new($"transfer encoding '{encoding}'", Post($"Transfer-Encoding: {encoding}\r\n", "2\r\n{}\r\n0\r\n\r\n"), true);
        }

        foreach (var encoding in new[] { "gzip", "br", "deflate", "gzip, gzip", "zstd", "x-é" })
        {
            yield return new($"content encoding '{encoding}'", Post($"Content-Encoding: {encoding}\r\nContent-Length: 2\r\n", "{}"));
        }

        foreach (var type in new[]
        {
            "application/json; charset=utf-16", "application/json; charset=utf-7", "application/json; charset=nothing",
            "application/json; charset=\"\"", "application/json;;;", "application", "/", "*/*", "text/plain", "application/xml",
            "application/x-www-form-urlencoded", "multipart/form-data", "multipart/form-data; boundary=", "application/problem+json",
            "application/json, application/json", "\ue0e9/\ue0e9",
        })
        {
            var head = $"POST {path} HTTP/1.1\r\n{common}Content-Type: {type}\r\nContent-Length: 2\r\n\r\n";
            yield return new($"media type '{type}'", head + "{}");
        }

        yield return new("no media type", $"POST {path} HTTP/1.1\r\n{common}Content-Length: 2\r\n\r\n{{}}");
        foreach (var target in new[]
        {
            $"http://elsewhere{path}", $"https://payments{path}", "*", "elsewhere:443", "http://", "http:", "//", "/", "?", "", "/%",
            $"{path}/%00", $"{path}/%ff", $"{path}/%C0%80", $"{path}/%ED%A0%80", $"{path}%2f", $"{path}%2F..", $"{path}/%5c", $"{path}/..",
            $"{path}/../../../../..", "/../..", $"{path}/.", $"{path}//", $"{path};a=b", $"{path}#x", $"{path}/é", $"{path}/%u0000",
            $"{path}?%00=1", $"{path}?a=%00", $"{path}?a=%ff", $"{path}?a=%ED%A0%80", $"{path}?%ff", $"{path}?a=%", $"{path}?a=%4",
            $"{path}?=", $"{path}?&&&", $"{path}?limit=1&limit=2", $"{path}?a={new string('x', 7_000)}", $"{path}?{new string('&', 5_000)}",
            $"{path}/{new string('x', 20_000)}", $"{path}?a={new string('x', 100_000)}",
        })
        {
            yield return new($"target '{(target.Length > 60 ? target[..60] : target)}'", Get(target));
        }

        foreach (var method in new[]
        {
            "HEAD", "OPTIONS", "TRACE", "CONNECT", "PUT", "DELETE", "PATCH", "FOO", "get", "PRI", "G\ue0e9T", "",
        })
        {
            yield return new($"method '{method}'", $"{method} {path} HTTP/1.1\r\n{common}\r\n", true);
        }

        foreach (var version in new[] { "HTTP/1.0", "HTTP/0.9", "HTTP/2.0", "HTTP/1.9", "HTTP/9.9", "http/1.1", "" })
        {
            yield return new($"version '{version}'", $"GET {path} {version}\r\n{common}\r\n", true);
        }

        yield return new("HTTP/2 of which nobody spoke", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u0004\0\0\0\0\0", true);
        foreach (var expectation in new[] { "100-continue", "200-ok", "é" })
        {
            yield return new($"expect '{expectation}'", Post($"Expect: {expectation}\r\nContent-Length: 2\r\n", "{}"));
        }

        foreach (var header in new[]
        {
            "Host: other", "Host: é", "X: \0", "X: a\u0001b", "X: é", "X: \ue0ff", "X: \ue085", "X:", "X", ": x", "X : x", "X\ue0e9: x",
            " folded", "User-Agent: те", "Cookie: a=é", "Cookie: é=;;==", "Referer: http://x/é",
            "Accept-Language: 😀", "CF-IPCity: Zürich", "Idempotency-Key: é", "X-Correlation-Id: é",
            "X-Operator: é", "X-Approval: é", "X-Client-Id: é", "Authorization: Bearer é", "Accept: é",
            "Range: bytes=9-1", "If-Match: é", "If-Modified-Since: never", "TE: trailers, é", "Upgrade: h2c\r\nConnection: upgrade",
            "Upgrade: websocket\r\nConnection: upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: x", "Connection: X-Api-Key",
            "traceparent: 00-é", "traceparent: 00-0-0-0", "tracestate: é", "baggage: a=é,,=", "X-Forwarded-For: é",
            "X-Forwarded-Host: é", "Forwarded: é", "Content-Length: 0", "Prefer: wait=é", $"X: {new string('x', 40_000)}",
            string.Join("\r\n", Enumerable.Range(0, 150).Select(i => $"X-{i}: x")),
        })
        {
            yield return new($"header '{(header.Length > 60 ? header[..60] : header)}'", Get(path, header + "\r\n"), true);
        }
    }
}
