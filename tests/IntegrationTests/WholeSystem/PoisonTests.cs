using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Payments.Messaging;

namespace IntegrationTests.WholeSystem;

/// <summary>What nobody can understand becomes a dead letter, and the service lives on.</summary>
[Collection(WholeSystemTests.Name)]
public sealed class PoisonTests(PostgresFixture postgres)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Poison_on_every_topic_becomes_dead_letters_and_payments_go_on()
    {
        var databases = await Databases.CreateAsync(postgres);
        await using var platform = await Platform.StartAsync(databases);
        using var api = new Api(platform.Gateway);
        await using var audit = new Audit(databases);
        var options = new KafkaOptions { BootstrapServers = platform.Kafka, Embedded = true };
        using var producer = new KafkaClientFactory(options, NullLogger<KafkaClientFactory>.Instance).CreateProducer("poisoner");

        foreach (var topic in new[] { Topics.PaymentEvents, Topics.WalletCommands, Topics.PaymentCommands })
        {
            foreach (var poison in Poisons())
            {
                await producer.ProduceAsync(new TopicPartition(topic.Name, 0), poison, TestContext.Current.CancellationToken);
            }
        }

        await producer.ProduceAsync(
            Topics.ConsumerProgress.Name, new Message<byte[], byte[]> { Value = [0, 1, 2] }, TestContext.Current.CancellationToken);

        foreach (var (log, consumer) in new[]
        {
            (audit.Sagas, ConsumerNames.Saga), (audit.Wallets, ConsumerNames.Wallet), (audit.Payments, ConsumerNames.Payment),
        })
        {
            Assert.Equal(
                ["WireFormatException", "WireFormatException", "WireFormatException", "unreadable", "unreadable", "unreadable"],
                await DeadLettersAsync(log, consumer));
        }

        var (alice, bob) = (await api.OpenWalletWithAsync(100), await api.OpenWalletAsync());
        Assert.Equal("completed", (await api.EndOfAsync(await api.PayAsync(alice, bob, 100))).Status);
    }

    // Random bytes, no headers, no key; an unknown type, another schema, and data that is not what its type says.
    private static IEnumerable<Message<byte[], byte[]>> Poisons()
    {
        yield return new() { Key = [0xC3, 0x28], Value = [0, 255, 7] };
        yield return new() { Key = "user/x"u8.ToArray(), Value = "{}"u8.ToArray() };
        yield return new() { Value = "{}"u8.ToArray() };
        yield return Readable(1, "unknown.happened.v1", 1, "{}");
        yield return Readable(2, "payment.requested.v1", 99, "{}");
        yield return Readable(3, "payment.requested.v1", 1, """{"nonsense":true}""");
    }

    private static Message<byte[], byte[]> Readable(long position, string type, int schema, string json) => MessageCodec.Encode(
        "user/poison",
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

    private static async Task<List<string>> DeadLettersAsync(Audit.Log log, string consumer)
    {
        var found = new List<string>();
        var deadline = DateTimeOffset.UtcNow + Deadline;
        while (found.Count < 6 && DateTimeOffset.UtcNow < deadline)
        {
            found = await log.ColumnAsync<string>($"select error_type from dead_letters where consumer = '{consumer}' order by error_type");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        return found;
    }
}
