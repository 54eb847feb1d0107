using System.Diagnostics;
using Confluent.Kafka;
using Payments.Messaging.Envelope;
using Payments.Messaging.Topics;

namespace IntegrationTests.Messaging;

/// <summary>
/// A broker that answers late. When one request to write ends uncertain and the next on that partition succeeds, or the repeat is refused
/// as a duplicate, librdkafka reports the messages of the first as delivered, without an offset.
/// </summary>
public sealed class DeliveryWithoutOffsetTests(PostgresFixture postgres)
{
    private const string Key = "user/alice";
    private const string Event = "payment.completed.v1";
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void A_message_whose_answer_is_overtaken_by_that_of_the_next_is_delivered_without_an_offset()
    {
        using var kafka = new BrokerFixture();
        using var producer = kafka.Clients.CreateProducer("relay");
        var sent = BrokerFixture.Messages(PlatformTopics.ConsumerProgress, 3);
        using var reader = kafka.Join("reader", "reader", PlatformTopics.ConsumerProgress);
        Assert.Equal(0, Produce(producer, sent[0]).Offset.Value);

        kafka.Broker.AnswerNextWriteLate();
        var late = BrokerFixture.Produce(producer, [sent[1]]);
        reader.Take(2); // It is written.
        Assert.Equal(2, Produce(producer, sent[2]).Offset.Value);

        var report = Assert.Single(late);
        Assert.Equal((ErrorCode.NoError, PersistenceStatus.Persisted), (report.Error.Code, report.Status));
        Assert.True(report.Offset.IsSpecial, $"It has offset {report.Offset}.");
        Assert.Equal(3, reader.EndOffset(PlatformTopics.ConsumerProgress, 0));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_relay_goes_on_after_deliveries_without_an_offset_and_still_notices_a_loss(bool isLate)
    {
        using var kafka = new BrokerFixture();
        await using var log = await RelayedLog.CreateAsync("payments", postgres);
        await log.StartRelayAsync(kafka.Clients.Options);
        using (var reader = kafka.Join("reader", "reader", PlatformTopics.PaymentEvents))
        {
            for (var round = 1; round <= 3; round++)
            {
                if (isLate)
                {
                    kafka.Broker.AnswerNextWriteLate();
                }
                else
                {
                    kafka.Broker.ForgetOffsetOfNextWrite();
                }

                await log.AppendAsync(Event, Key);
                reader.Take(1);
                await log.AppendAsync(Event, Key);
                reader.Take(1);
                await UntilAsync(async () => await log.CheckpointAsync() == 2 * round);
            }

            Assert.Equal([1L, 2, 3, 4, 5, 6], Positions(reader.Received));
        }

        // The last one was delivered at an offset that is known; then one is without, and is lost with all others.
        kafka.Broker.ForgetOffsetOfNextWrite();
        await log.AppendAsync(Event, Key);
        await UntilAsync(async () => await log.CheckpointAsync() == 7);
        kafka.Broker.LoseEverything();
        await log.AppendAsync(Event, Key);
        using var later = kafka.Join("later", "later", PlatformTopics.PaymentEvents);
        await UntilAsync(() => Task.FromResult(Positions(later.Take(1)).Contains(7)));
        await UntilAsync(async () => await log.CheckpointAsync() == 8);
    }

    private static IEnumerable<long> Positions(IEnumerable<Message> messages) => messages.Select(m => m.Headers.Position);

    private static DeliveryReport<byte[], byte[]> Produce(IProducer<byte[], byte[]> producer, Message message)
    {
        var reports = BrokerFixture.Produce(producer, [message]);
        Assert.Equal(0, producer.Flush(Deadline));
        return Assert.Single(reports);
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        var waiting = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(waiting.Elapsed < Deadline, $"Not so within {Deadline.TotalSeconds} s.");
            await Task.Delay(20, Cancel);
        }
    }
}
