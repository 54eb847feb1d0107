using System.Text;
using Confluent.Kafka;
using Payments.Messaging.Envelope;
using Payments.Messaging.Kafka;
using Payments.Messaging.Parking;
using Payments.Messaging.Topics;

namespace IntegrationTests.WholeSystem;

/// <summary>What nobody can understand becomes a dead letter with a reason, and the service lives on.</summary>
[Collection(WholeSystemTests.Name)]
public sealed class PoisonTests(PostgresFixture postgres)
{
    /// <summary>As large as a message can be: with what happened to it, its copy is too large.</summary>
    private const string Largest = "a megabyte";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private static readonly (string Name, Func<Message<byte[], byte[]>> Poison, string Type, string Error)[] Kinds =
    [
        ("random bytes", () => new() { Key = [0xC3, 0x28], Value = [0, 255, 7] }, "unreadable", "The key is not text."),
        ("null key", () => new() { Value = "{}"u8.ToArray() }, "unreadable", "The key is missing."),
        ("null data", () => new() { Key = "user/x"u8.ToArray() }, "unreadable", "The data is missing."),
        ("missing headers", () => new() { Key = "user/x"u8.ToArray(), Value = "{}"u8.ToArray() }, "unreadable", "is missing."),
        ("unknown type", () => Readable(1, "unknown.happened.v1", 1, "{}"), "WireFormatException", "unknown.happened.v1"),
        ("wrong schema", () => Readable(2, "payment.requested.v1", 99, "{}"), "WireFormatException", "99"),
        ("not what it says", () => Readable(3, "payment.requested.v1", 1, """{"nonsense":true}"""),
            "WireFormatException", "payment.requested.v1"),
        ("truncated JSON", () => Readable(4, "payment.requested.v1", 2, """{"terms":{"payment":"""),
            "WireFormatException", "payment.requested.v1"),
        ("binary data", () => Readable(5, "payment.requested.v1", 2, "\u0001\u0002\0\u0003"),
            "WireFormatException", "payment.requested.v1"),
        (Largest, () => Readable(6, "payment.requested.v1", 2, $"{{\"terms\":\"{new string('x', 999_300)}\"}}"),
            "WireFormatException", "payment.requested.v1"),
    ];

    [Fact]
    public async Task Poison_of_every_kind_on_every_topic_becomes_a_dead_letter_with_a_reason_and_payments_go_on()
    {
        var databases = await Databases.CreateAsync(postgres);
        await using var platform = await Platform.StartAsync(databases);
        using var api = new Api(platform.Gateway);
        await using var audit = new Audit(databases);
        var clients = platform.Broker.Clients;
        using var producer = clients.CreateProducer("poisoner");

        (Topic Topic, Audit.Log Log, string Consumer)[] read =
        [
            (PlatformTopics.PaymentEvents, audit.Sagas, ConsumerNames.Saga),
            (PlatformTopics.WalletCommands, audit.Wallets, ConsumerNames.Wallet),
            (PlatformTopics.PaymentCommands, audit.Payments, ConsumerNames.Payment),
        ];
        foreach (var (topic, _, _) in read)
        {
            foreach (var (_, poison, _, _) in Kinds)
            {
                await producer.ProduceAsync(
                    new TopicPartition(clients.Names.OnBroker(topic.Name), 0), poison(), TestContext.Current.CancellationToken);
            }
        }

        await producer.ProduceAsync(
            PlatformTopics.ConsumerProgress.Name, new Message<byte[], byte[]> { Value = [0, 1, 2] }, TestContext.Current.CancellationToken);

        foreach (var (topic, log, consumer) in read)
        {
            var found = await RowsAsync(
                log, $"select error_type || '|' || error from dead_letters where consumer = '{consumer}' order by id");
            foreach (var ((name, _, type, error), row) in Kinds.Zip(found))
            {
                Assert.StartsWith($"{type}|", row, StringComparison.Ordinal);
                Assert.Contains(error, row, StringComparison.Ordinal);
                Assert.False(row.Contains("Exception of type", StringComparison.Ordinal), name);
            }

            Assert.Equal(Kinds.Length, found.Count);
            Assert.Equal(
                Kinds.Select(k => k.Name == Largest ? $"{k.Type}, without its data" : k.Type),
                CopiesOn(clients, topic.DeadLetters, Kinds.Length));
        }

        var (alice, bob) = (await api.OpenWalletWithAsync(100), await api.OpenWalletAsync());
        Assert.Equal("completed", (await api.EndOfAsync(await api.PayAsync(alice, bob, 100))).Status);
    }

    // A key each: what comes behind poison of its own key waits.
    private static Message<byte[], byte[]> Readable(long position, string type, int schema, string json) => MessageCodec.Encode(
        $"user/poison-{position}",
        new MessageHeaders
        {
            Id = Guid.CreateVersion7(),
            Type = type,
            Schema = schema,
            Source = "somebody-else",
            Position = position,
            Previous = position - 1,
            Stream = "poison/1",
            Version = position,
            Correlation = Guid.CreateVersion7(),
            Actor = "test",
            Recorded = DateTimeOffset.UtcNow,
        },
        Encoding.UTF8.GetBytes(json));

    private static async Task<List<string>> RowsAsync(Audit.Log log, string sql)
    {
        var found = new List<string>();
        var deadline = DateTimeOffset.UtcNow + Deadline;
        while (found.Count < Kinds.Length && DateTimeOffset.UtcNow < deadline)
        {
            found = await log.ColumnAsync<string>(sql);
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        return found;
    }

    /// <summary>As any Kafka tool reads them: the error types of the copies, in order.</summary>
    private static List<string> CopiesOn(KafkaClientFactory clients, Topic topic, int count)
    {
        using var consumer = clients.ConsumerBuilder("reader-of-dead-letters", "reader-of-dead-letters").Build();
        consumer.Assign(new TopicPartitionOffset(clients.Names.OnBroker(topic.Name), 0, Offset.Beginning));
        var types = new List<string>();
        var deadline = DateTimeOffset.UtcNow + Deadline;
        while (types.Count < count && DateTimeOffset.UtcNow < deadline)
        {
            if (consumer.Consume(TimeSpan.FromMilliseconds(200)) is { } record)
            {
                Assert.Equal("0", Header(record, "dlq.original.partition"));
                Assert.Equal(topic.Name, Header(record, "dlq.original.topic") + Topic.DeadLettersSuffix);
                var isWhole = !record.Message.Headers.TryGetLastBytes(DeadLetterCopier.LeftOutHeader, out _);
                types.Add(Header(record, "dlq.error.type") + (isWhole ? "" : ", without its data"));
            }
        }

        consumer.Close();
        return types;
    }

    private static string Header(ConsumeResult<byte[], byte[]> record, string name) =>
        Encoding.UTF8.GetString(record.Message.Headers.GetLastBytes(name));
}
