using System.Text;
using Payments.EventStore.Contract;

namespace UnitTests.Sealing;

/// <summary>Events with fixed content.</summary>
internal static class SampleEvents
{
    public static StoredEvent Full(
        long position = 812, string stream = "wallet/0198c0de-7a51-7c3e-9d41-1f2e3d4c5b6a", long version = 7) => new(
        position,
        StreamId.Parse(stream),
        version,
        Guid.Parse("0198c0de-7a52-7d10-8e21-0a1b2c3d4e5f"),
        "wallet.funds-held.v1",
        SchemaVersion: 1,
        Encoding.UTF8.GetBytes("""{"note": "ünï ✓", "amount": {"minor": 2500, "currency": "EUR"}}"""),
        new EventMetadata(
            Guid.Parse("0198c0de-7a50-7b2a-b1c2-d3e4f5061728"),
            Guid.Parse("0198c0de-7a4f-7000-8000-00000000abcd"),
            "client/alice",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "user/alice"),
        new DateTimeOffset(2026, 1, 15, 12, 30, 45, TimeSpan.Zero).AddMicroseconds(123_456));

    /// <summary>Without all that an event can do without.</summary>
    public static StoredEvent Bare() => Full() with
    {
        Data = "{}"u8.ToArray(),
        Metadata = Full().Metadata with { CausationId = null, TraceParent = null, RoutingKey = null },
        RecordedAt = new DateTimeOffset(1999, 12, 31, 23, 59, 59, TimeSpan.Zero),
    };
}
