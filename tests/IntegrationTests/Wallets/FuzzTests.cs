using System.Collections.Concurrent;
using Confluent.Kafka;
using Npgsql;
using Payments.Domain;
using Payments.Domain.Wallets;
using Payments.Messaging.Parking;
using Payments.Messaging.Topics;
using UnitTests.Messaging;
using UnitTests.Randomness;

namespace IntegrationTests.Wallets;

/// <summary>
/// Ten thousand messages that nobody can handle, written to the topic of a running service between those of a saga: each is parked once, as
/// it came, and each good one has its effect once.
/// </summary>
public sealed class FuzzTests(PostgresFixture postgres)
{
    private const int BadCount = 10_000;
    private const int GoodBetween = 500;
    private const int WalletsCount = 20;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(120);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_message_stops_a_consumer_and_each_is_parked_once_as_it_came()
    {
        var fuzz = new FuzzedMessages(Seed.NewRandom());
        await using var service = await WalletPlatform.StartAsync(postgres);
        var wallets = await Task.WhenAll(Enumerable.Range(0, WalletsCount).Select(_ => service.Api.OpenWalletAsync()));
        var sent = new ConcurrentDictionary<(int Partition, long Offset), Message<byte[], byte[]>>();
        var credits = 0;
        using (var producer = service.Clients.CreateProducer("stranger"))
        {
            for (var i = 0; i < BadCount; i++)
            {
                if (i % GoodBetween == 0)
                {
                    Assert.Equal(0, producer.Flush(Deadline));
                    service.Saga.Send([.. wallets.Select(w => Credit(w))]);
                    credits++;
                }

                var message = fuzz.Next();
                producer.Produce(
                    new TopicPartition(PlatformTopics.WalletCommands.Name, i % PlatformTopics.WalletCommands.Partitions),
                    message,
                    report =>
                    {
                        Assert.False(report.Error.IsError, report.Error.Reason);
                        sent[(report.Partition.Value, report.Offset.Value)] = message;
                    });
            }

            Assert.Equal(0, producer.Flush(Deadline));
        }

        await service.CommandAsync([.. wallets.Select(w => Credit(w))]); // It runs.
        credits++;
        await WalletPlatform.UntilAsync(async () => await service.Log.ScalarAsync<bool>(
            "select (select bool_and(next_offset = end_offset) from consumer_partitions) " +
            $"and (select sum(end_offset) from consumer_partitions) = {BadCount + (credits * WalletsCount)} " +
            "and not exists (select from parked_messages where status = 'dead' and copied_at is null)"));

        var parked = await ParkedAsync(service.Database);
        Assert.Equal(BadCount, sent.Count);
        Assert.Equal(sent.Keys.Order(), parked.Select(p => (p.Partition, p.KafkaOffset)).Order());
        Assert.All(parked, p =>
        {
            // Where text says it all, headers have no order: each name is there once.
            var (was, stored) = (sent[(p.Partition, p.KafkaOffset)], p.ToRecord().Message);
            Assert.Equal(Bytes(was, inOrder: p.Original is not null), Bytes(stored, inOrder: p.Original is not null));
        });
        Assert.Equal(
            [],
            await service.Log.ColumnAsync<string>(
                "select format('%s: %s', error_type, error) from parked_messages where status <> 'dead' limit 10")); // At once.
        Assert.Equal(
            [],
            await service.Log.ColumnAsync<string>(
                "select m.source from parked_messages m left join watermarks w using (topic, partition, source) " +
                "where m.key_topic is not null and w.position is distinct from m.position"));
        Assert.Equal(
            Enumerable.Repeat((long)credits, WalletsCount),
            await service.Log.ColumnAsync<long>("select balance from wallets order by wallet_id"));
        Assert.Equal(credits * WalletsCount, await service.Log.ScalarAsync<long>("select count(*) from ledger_entries"));
        await service.AssertBalancedAsync();
    }

    private static WalletCommand.Credit Credit(Guid wallet) => new(
        new WalletId(wallet),
        new OperationId(Guid.CreateVersion7()),
        new Money(1, Currency.Parse("EUR")),
        new Money(0, Currency.Parse("EUR")),
        null);

    private static async Task<List<ParkedMessage>> ParkedAsync(string database)
    {
        await using var source = NpgsqlDataSource.Create(database);
        await using var command = source.CreateCommand($"select {PostgresParkedMessages.Columns} from parked_messages m");
        await using var reader = await command.ExecuteReaderAsync(Cancel);
        var parked = new List<ParkedMessage>();
        while (await reader.ReadAsync(Cancel))
        {
            parked.Add(PostgresParkedMessages.Read(reader));
        }

        return parked;
    }

    private static string Bytes(Message<byte[], byte[]> message, bool inOrder)
    {
        var headers = (message.Headers ?? []).Select(h => $"{h.Key}={Text(h.GetValueBytes())}");
        return string.Join('\n', [Text(message.Key), Text(message.Value), .. inOrder ? headers : headers.Order(StringComparer.Ordinal)]);
    }

    private static string Text(byte[]? bytes) => bytes is null ? "none" : Convert.ToHexString(bytes);
}
