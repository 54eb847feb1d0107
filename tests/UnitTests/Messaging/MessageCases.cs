using System.Text;
using Confluent.Kafka;
using FsCheck;
using FsCheck.Fluent;
using Payments.Messaging.Envelope;
using Payments.Messaging.Topics;

namespace UnitTests.Messaging;

/// <summary>Messages for tests: one by hand, and generators of any that the event store could hold.</summary>
internal static class MessageCases
{
    public static readonly MessageHeaders Headers = new()
    {
        Id = new("0198c0de-0000-7000-8000-000000000001"),
        Type = "wallet.funds-held.v1",
        Schema = 1,
        Source = "wallets",
        Position = 42,
        Previous = 40,
        Stream = "wallet/0198c0de-0000-7000-8000-00000000000a",
        Version = 7,
        Correlation = new("0198c0de-0000-7000-8000-00000000000b"),
        Causation = new("0198c0de-0000-7000-8000-00000000000c"),
        Actor = "saga",
        TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        Recorded = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero),
    };

    /// <summary>Text as PostgreSQL has it: any Unicode but NUL, not empty.</summary>
    public static readonly Gen<string> Text = Gen
        .Frequency((3, Gen.Choose(' ', '~')), (1, Gen.Choose(1, 0xD7FF)), (1, Gen.Choose(0xE000, 0x10FFFF)))
        .NonEmptyListOf()
        .Select(runes => string.Concat(runes.Select(rune => new Rune(rune))));

    public static readonly Gen<MessageHeaders> AnyHeaders =
        from ids in Uuid.Three()
        from texts in Text.Four()
        from schema in Gen.Choose(1, int.MaxValue)
        from version in Number(1)
        from previous in Number(0)
        from gap in Gen.Choose(1, 1_000_000)
        from causation in Gen.Elements<Guid?>(null, ids.Item3)
        from actor in Gen.Elements(texts.Item4, "")
        from trace in Gen.Elements(Headers.TraceParent, null)
        from replay in Gen.Elements<Guid?>(null, ids.Item1)
        from replayFor in Gen.Elements(texts.Item1, null)
        from ticks in Number(0)
        select new MessageHeaders
        {
            Id = ids.Item1,
            Type = texts.Item1,
            Schema = schema,
            Source = texts.Item2,
            Position = Math.Min(previous, long.MaxValue - gap) + gap,
            Previous = Math.Min(previous, long.MaxValue - gap),
            Stream = texts.Item3,
            Version = version,
            Correlation = ids.Item2,
            Causation = causation,
            Actor = actor,
            TraceParent = trace,
            Replay = replay,
            ReplayFor = replay is null ? null : replayFor,
            Recorded = new(ticks % DateTimeOffset.MaxValue.Ticks, TimeSpan.Zero),
        };

    private static Gen<Guid> Uuid =>
        from bytes in Gen.Choose(0, 255).ArrayOf(16)
        let id = new Guid(bytes.Select(b => (byte)b).ToArray())
        where id != Guid.Empty
        select id;

    /// <summary>What a consumer gets of this record, at offset 9 of partition 4.</summary>
    public static ConsumeResult<byte[], byte[]> Delivered(Message<byte[], byte[]> record) =>
        new() { Topic = PlatformTopics.PaymentEvents.Name, Partition = 4, Offset = 9, Message = record };

    private static Gen<long> Number(long min) =>
        from high in Gen.Choose(0, int.MaxValue)
        from low in Gen.Choose(0, int.MaxValue)
        from shift in Gen.Elements(0, 16, 32)
        select Math.Max(min, ((long)high << shift) + low);
}
