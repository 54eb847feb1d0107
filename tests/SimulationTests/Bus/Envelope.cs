using Confluent.Kafka;

namespace SimulationTests.Bus;

/// <summary>Messages that no relay writes.</summary>
internal static class Envelope
{
    /// <summary>For topics that nobody reads.</summary>
    public static readonly Message<byte[], byte[]> Unread = new();

    /// <summary>A record that is none of ours.</summary>
    public static Message<byte[], byte[]> Poison() => new() { Key = "user/nobody"u8.ToArray(), Value = "{"u8.ToArray(), Headers = [] };
}
