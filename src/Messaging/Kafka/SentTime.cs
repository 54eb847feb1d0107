using Confluent.Kafka;

namespace Payments.Messaging.Kafka;

/// <summary>When a record says it was sent. Whoever writes one writes its time, too, be it none that there is.</summary>
internal static class SentTime
{
    private static readonly long MsMax = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    /// <summary>The beginning of time for one that makes no sense.</summary>
    public static DateTimeOffset Of(ConsumeResult<byte[], byte[]> record) => record.Message.Timestamp.UnixTimestampMs is var ms
        && ms >= 0 && ms <= MsMax ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : DateTimeOffset.UnixEpoch;
}
