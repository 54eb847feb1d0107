using System.Text;
using Confluent.Kafka;

namespace UnitTests.Messaging;

/// <summary>Messages that nobody can handle, of every kind that a stranger could write to a topic. Seeded.</summary>
internal sealed class FuzzedMessages(Random random)
{
    private const string KnownType = "command.wallet.release-hold.v1";
    private const int LongBytes = 200_000;

    private static readonly string[] Nasty =
    [
        "", "null", "true", "0", "\"\"", "[]", "{}", "1e400", "-1e400", "123456789012345678901234567890", "{", "[", "\"", "nul", "{}{}",
        """{"amount":{"minor":1,"currency":"E\u0000R"}}""", """{"amount":{"minor":1,"currency":"\ud800"}}""",
        """{"amount":{"minor":1,"currency":"\udc00\ud800x"}}""", """{"x":{"amount":{"minor":1,"currency":"\ud8\u0000"}}}""",
        """{"amount":{"minor":1e400,"currency":"EUR"}}""", """{"amount":{"minor":9223372036854775808,"currency":"EUR"}}""",
        """{"amount":{"minor":9223372036854775807,"currency":"EUR"}}""", """{"amount":{"minor":-9223372036854775808,"currency":"EUR"}}""",
        """{"amount":{"minor":1.5,"currency":"EUR"}}""", """{"amount":{"minor":1,"currency":null}}""", """{"amount":[]}""",
        """{"amount":{"minor":1,"currency":"EUR"},"amount":{"minor":2,"currency":"USD"}}""", """{"\ud800":1,"amount":{"minor":1}}""",
        """{"amount":{"\ud800":1,"minor":1,"currency":"EUR"}}""", """{"\u0000":{"amount":{"minor":1,"currency":"EUR"}}}""",
        """{"wallet":"\u0000","amount":{"minor":1,"currency":"€"}}""", "{\"amount\":{\"minor\":1,\"currency\":\"\u0001\u0002\u0003\"}}",
    ];

    private static readonly byte[][] NastyBytes =
    [
        [], [0], [0xff], [0xc3, 0x28], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xef, 0xbb, 0xbf], [0xc0, 0x80], "a\0b"u8.ToArray(),
        [.. "{\"amount\":{\"minor\":1,\"currency\":\""u8, 0xff, 0xfe, 0xfd, .. "\"}}"u8],
    ];

    private static readonly string[] HeaderNamesKnown =
        ["id", "type", "schema", "source", "position", "previous", "stream", "version", "correlation", "actor", "recorded", "causation"];

    private int _made;

    /// <summary>The next one. Each has a key and a source of its own where it has any that make sense.</summary>
    public Message<byte[], byte[]> Next()
    {
        _made++;
        var next = Make();
        next.Timestamp = random.Next(10) == 0
            ? new Timestamp(Pick([0, 1, 253_402_300_800_000, long.MaxValue]), TimestampType.CreateTime)
            : Timestamp.Default;
        return next;
    }

    private Message<byte[], byte[]> Make() => random.Next(6) switch
    {
        0 => new() { Key = Bytes()!, Value = Payload()!, Headers = AnyHeaders() },
        1 => Envelope(KnownType, Payload()),
        2 => Envelope(Pick(["", "unknown.v1", "saga.moved.v1", "payment.requested.v1", Text()]), Payload()),
        3 => Stray(),
        4 => WithHeaderAtFault(),
        _ => new() { Key = Encoding.UTF8.GetBytes(OwnKey()), Value = Payload()!, Headers = AnyHeaders() },
    };

    private Message<byte[], byte[]> Envelope(string type, byte[]? payload, long previous = 0)
    {
        var headers = new Headers();
        void Add(string name, string value) => headers.Add(name, Encoding.UTF8.GetBytes(value));
        Add("id", NewGuid().ToString("D"));
        Add("type", type);
        Add("schema", Pick(["1", "2", "3", "2147483647"]));
        Add("source", $"stranger-{_made}");
        Add("position", Pick([$"{previous + 1}", $"{Math.Max(previous + 1, random.NextInt64(1, long.MaxValue))}", $"{long.MaxValue}"]));
        Add("previous", $"{previous}");
        Add("stream", $"saga/{NewGuid()}");
        Add("version", "1");
        Add("correlation", NewGuid().ToString("D"));
        Add("actor", Pick(["", "stranger", Text()]));
        Add("recorded", "2026-01-31T12:00:00.0000000Z");
        if (random.Next(3) == 0)
        {
            headers.Add("traceparent", Bytes());
            headers.Add(Pick(["x-proxy", "", "naïve", "\ufffd", new string('n', 300)]), Bytes());
        }

        return new() { Key = Encoding.UTF8.GetBytes(OwnKey()), Value = payload!, Headers = headers };
    }

    // What it waits for will never come.
    private Message<byte[], byte[]> Stray()
    {
        if (random.Next(3) == 0)
        {
            return Envelope(KnownType, Payload(), random.NextInt64(1, long.MaxValue - 1));
        }

        if (random.Next(2) == 0)
        {
            var elsewhere = Envelope(KnownType, Payload());
            elsewhere.Headers.Add("incarnation", Encoding.UTF8.GetBytes(NewGuid().ToString("D")));
            return elsewhere;
        }

        var stray = Envelope(KnownType, Payload());
        stray.Headers.Add("replay-for", Encoding.UTF8.GetBytes(Pick(["nobody", "wallet", "saga-service", Text()])));
        return stray;
    }

    private Message<byte[], byte[]> WithHeaderAtFault()
    {
        var message = Envelope(KnownType, Payload());
        var name = Pick(HeaderNamesKnown);
        switch (random.Next(4))
        {
            case 0: // Twice, or there though it was not.
                message.Headers.Add(name, Bytes());
                message.Headers.Add(name, Bytes());
                break;
            case 1: // No value.
                message.Headers.Remove(name);
                message.Headers.Add(name, null);
                break;
            case 2: // None.
                message.Headers.Remove(Pick(["id", "type", "source", "position"]));
                break;
            default:
                message.Headers.Remove(name);
                message.Headers.Add(name, Bytes());
                break;
        }

        return message;
    }

    private Headers AnyHeaders()
    {
        var headers = new Headers();
        for (var i = random.Next(4); i > 0; i--)
        {
            headers.Add(Pick([.. HeaderNamesKnown, "", "x", "é", "a b", "\u0001"]), Bytes());
        }

        return headers;
    }

    private byte[]? Payload()
    {
        switch (random.Next(9))
        {
            case 0:
                return Bytes();
            case 1: // Deep.
                var depth = random.Next(1, 5_000);
                return Encoding.UTF8.GetBytes(new string('[', depth) + (random.Next(2) == 0 ? new string(']', depth) : ""));
            case 2 when random.Next(40) == 0: // Long.
                return Encoding.UTF8.GetBytes($"{{\"amount\":\"{new string('\u0001', random.Next(LongBytes))}\"}}");
            default:
                return Encoding.UTF8.GetBytes(Pick(Nasty));
        }
    }

    private byte[]? Bytes()
    {
        switch (random.Next(8))
        {
            case 0:
                return null;
            case 1:
                var any = new byte[random.Next(60)];
                random.NextBytes(any);
                return any;
            case 2 when random.Next(40) == 0:
                var many = new byte[random.Next(LongBytes)];
                random.NextBytes(many);
                return many;
            case 3:
                return Encoding.UTF8.GetBytes(Text());
            default:
                return Pick(NastyBytes);
        }
    }

    private string Text() => Pick(
        ["a", "'; drop table wallets; --", "{0}", "%s", "𐍈", "שלום", "\u202e", "\r\n", new string('x', 3_000), "\\u0000"]);

    private string OwnKey() => $"wallet/{_made}-{Pick(["", "x", "é", "𐍈", "'", "\u0001", new string('k', 900), new string('k', 3_000)])}";

    private Guid NewGuid()
    {
        var bytes = new byte[16];
        random.NextBytes(bytes);
        return new(bytes);
    }

    private T Pick<T>(IReadOnlyList<T> from) => from[random.Next(from.Count)];
}
