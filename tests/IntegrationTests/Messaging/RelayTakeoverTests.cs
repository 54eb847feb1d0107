using System.Diagnostics;
using Npgsql;
using Payments.Broker;
using Payments.Messaging.Consuming;
using Payments.Messaging.Envelope;
using Payments.Messaging.Kafka;
using Payments.Messaging.Relay;
using Payments.Messaging.Topics;

namespace IntegrationTests.Messaging;

/// <summary>Two relays of one log: one publishes, the other stands by.</summary>
public sealed class RelayTakeoverTests(PostgresFixture postgres)
{
    private const int Deaths = 3;
    private const int Rounds = 200;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private static readonly string[] Keys = [.. Enumerable.Range(0, 10).Select(i => RoutingKey.ForUser($"user-{i}"))];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task When_the_one_that_publishes_dies_the_other_goes_on_and_nothing_is_lost_or_out_of_order()
    {
        using var broker = EmbeddedBroker.Start(PlatformTopics.All);
        await using var log = await RelayedLog.CreateAsync("payments", postgres);
        await log.StartRelayAsync(new KafkaOptions { BootstrapServers = broker.BootstrapServers, Embedded = true });
        await log.StartRelayAsync(new KafkaOptions { BootstrapServers = broker.BootstrapServers, Embedded = true });
        using var reader = new Reader(broker.BootstrapServers);

        var appending = AppendAsync(log);
        var leaders = new HashSet<string>();
        for (var death = 1; death <= Deaths; death++)
        {
            var enough = Keys.Length * Rounds * death / (Deaths + 2);
            await UntilAsync(() => Task.FromResult(reader.ReadUntil(enough)));
            var leader = "";
            await UntilAsync(async () => (leader = await log.LeaderAsync() ?? "") != "");
            Assert.True(leaders.Add(leader), $"{leader} is dead and publishes.");
            await log.KillRelayAsync(leader);
            await log.StartRelayAsync(new KafkaOptions { BootstrapServers = broker.BootstrapServers, Embedded = true });
        }

        await appending;
        await UntilAsync(() => Task.FromResult(reader.ReadUntil(Keys.Length * Rounds)));
        Assert.Equal(Deaths, leaders.Count);
        Assert.All(Keys, key => Assert.Equal(
            Enumerable.Range(1, Rounds).Select(version => (long)version),
            reader.Fresh.Where(m => m.RoutingKey == key).Select(m => m.Headers.Version)));
        Assert.Equal(Keys.Length * Rounds, reader.Fresh.Count);
    }

    [Fact]
    public async Task A_relay_whose_process_stands_still_loses_its_lock_though_its_connection_is_open()
    {
        await using var database = NpgsqlDataSource.Create(await postgres.CreateDatabaseAsync());
        await using var still = await database.OpenConnectionAsync(Cancel);
        await using var next = await database.OpenConnectionAsync(Cancel);
        Assert.True(await new RelayLedgerStore(still, TimeSpan.FromMilliseconds(500)).TryLockAsync(Cancel));
        var waiting = new RelayLedgerStore(next);
        Assert.False(await waiting.TryLockAsync(Cancel));

        await UntilAsync(() => waiting.TryLockAsync(Cancel));
        await using var command = new NpgsqlCommand("select 1", still);
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => command.ExecuteScalarAsync(Cancel)); // It wakes up, and cannot write its books.
    }

    private static async Task AppendAsync(RelayedLog log)
    {
        for (var round = 0; round < Rounds; round++)
        {
            await log.AppendAsync("payment.completed.v1", Keys);
            await Task.Delay(20, Cancel);
        }
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

    /// <summary>A consumer that only remembers what is new to it.</summary>
    private sealed class Reader : IDisposable
    {
        private readonly MemberOfGroup _member;
        private readonly Progress _progress = new("reader");
        private int _seen;

        public Reader(string brokers)
        {
            var clients = new KafkaClientFactory(
                new KafkaOptions { BootstrapServers = brokers, Embedded = true },
                Microsoft.Extensions.Logging.Abstractions.NullLogger<KafkaClientFactory>.Instance);
            _member = new MemberOfGroup(clients.ConsumerBuilder("reader", "reader"), PlatformTopics.PaymentEvents);
        }

        public List<Message> Fresh { get; } = [];

        /// <summary>Reads a little; says whether there are so many.</summary>
        public bool ReadUntil(int count)
        {
            var until = Stopwatch.StartNew();
            MemberOfGroup.WaitUntil([_member], () => _member.Received.Count > _seen || until.Elapsed > TimeSpan.FromSeconds(1));
            foreach (var message in _member.Received.Skip(_seen))
            {
                if (message.Headers.Incarnation is { } incarnation)
                {
                    _progress.Learn(message.Headers.Source, new([new(incarnation, 0)]), DateTimeOffset.MaxValue);
                }

                var batch = _progress.Begin();
                var standing = batch.Place(message);
                Assert.NotEqual(MessageDisposition.AfterGap, standing);
                if (standing is MessageDisposition.Fresh)
                {
                    Fresh.Add(message);
                    _progress.Confirm(batch);
                }
            }

            _seen = _member.Received.Count;
            return Fresh.Count >= count;
        }

        public void Dispose() => _member.Dispose();
    }
}
