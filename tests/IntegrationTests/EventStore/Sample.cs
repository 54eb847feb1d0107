using System.Text.Json;
using Payments.EventStore.Contract;

namespace IntegrationTests.EventStore;

/// <summary>Streams, events and units to put into a store.</summary>
internal static class Sample
{
    public static StreamId Stream(string type = "wallet") => new(type, Guid.NewGuid().ToString("D"));

    public static NewEvent Event(string type = "wallet.opened.v1", Guid? correlation = null) => new(
        Guid.CreateVersion7(),
        type,
        SchemaVersion: 1,
        """{"amount":{"minor":2500,"currency":"EUR"},"note":"ünï ✓"}"""u8.ToArray(),
        new EventMetadata(
            correlation ?? Guid.NewGuid(),
            Guid.NewGuid(),
            "tests",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "user/alice"));

    public static IReadOnlyList<NewEvent> Events(int count) => [.. Enumerable.Range(0, count).Select(_ => Event())];

    public static StreamAppend Append(StreamId stream, ExpectedVersion expected, int count = 1) => new(stream, expected, Events(count));

    /// <summary>A unit of one new stream with one event.</summary>
    public static AppendUnit Unit() => Unit(Append(Stream(), ExpectedVersion.None));

    public static AppendUnit Unit(params IReadOnlyList<StreamAppend> appends) => new() { Streams = appends };

    public static AppendUnit Unit(StreamId stream, ExpectedVersion expected, int count = 1) => Unit(Append(stream, expected, count));

    public static Claim Claim(string key, string answer = """{ "z": 1, "a" : [2] }""") =>
        new("client", key, new byte[] { 1, 2, 3 }, System.Text.Encoding.UTF8.GetBytes(answer));

    public static WatermarkMove Move(string consumer, long from, long to) => new(consumer, "events.payments.v1", 3, "payments", from, to);

    /// <summary>A row of the tests' own projection, which refuses a name that it has.</summary>
    public static ProjectionRow Name(string name) => new("names", JsonSerializer.SerializeToUtf8Bytes(new { name }));
}
