using System.Text.Json;
using Confluent.Kafka;
using Payments.Messaging.Kafka;
using Payments.Messaging.Topics;
using Payments.SagaService;
using UnitTests.Randomness;

namespace IntegrationTests.WholeSystem;

/// <summary>The topic of payment events is split in two and put together again, by the configuration file, while payments flow.</summary>
[Collection(WholeSystemTests.Name)]
public sealed class TopicSplitTests(PostgresFixture postgres) : IDisposable
{
    private const int Wallets = 50;
    private const int PaymentsARound = 200;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(90);

    private readonly string _folder = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), $"split-{Guid.NewGuid():N}")).FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Payments_flow_while_the_topic_is_split_and_put_together_and_nothing_is_lost_or_doubled()
    {
        await SetAsync("single");
        var databases = await Databases.CreateAsync(postgres);
        await using var platform = await Platform.StartAsync(databases, $"contentRoot={_folder}");
        using var load = new Load(new Api(platform.Gateway));

        // Two members of the group: the whole and the half of a partition may be with different ones.
        await platform.StartAsync("another-saga", SagaHost.Build, $"ConnectionStrings:sagas={databases.Sagas}");
        using var offsets = new EndOffsets(platform.Broker.Clients);
        var paying = load.RunAsync();

        foreach (var (phase, whole, halves) in new[]
        {
            ("single", true, false), ("dual", true, true), ("split", false, true), ("dual", true, true), ("single", true, false),
        })
        {
            await SetAsync(phase);
            await UntilAsync(
                async () =>
                {
                    var before = offsets.Read();
                    await load.PayMoreAsync(paying);
                    var after = offsets.Read();
                    return before.Zip(after, (b, a) => a > b).SequenceEqual([whole, halves, halves]);
                },
                $"The topics that are written are not those of '{phase}'.");
        }

        load.Stop();
        await paying;
        Assert.Equal(["completed"], load.CardEnds.Distinct());
        await using var audit = new Audit(databases);
        await audit.AssertSoundAsync(load.Money);
        Assert.Equal(
            [PlatformTopics.PaymentEvents.Name],
            await audit.Sagas.ColumnAsync<string>("select distinct topic from watermarks where topic like 'events.%'"));
    }

    // As an editor writes it: all at once.
    private async Task SetAsync(string phase)
    {
        var file = Path.Combine(_folder, "appsettings.json");
        await File.WriteAllTextAsync(
            file + ".new", JsonSerializer.Serialize(new { Kafka = new { PaymentEvents = phase } }), Cancel);
        File.Move(file + ".new", file, overwrite: true);
    }

    private static async Task UntilAsync(Func<Task<bool>> condition, string otherwise)
    {
        var deadline = DateTimeOffset.UtcNow + Deadline;
        while (!await condition())
        {
            Assert.True(DateTimeOffset.UtcNow < deadline, otherwise);
        }
    }

    /// <summary>Payments among wallets by a hundred callers, and card payments beside them, until told to stop.</summary>
    private sealed class Load(Api api) : IDisposable
    {
        private readonly Crowd _crowd = new(api);
        private readonly Random _random = Seed.NewRandom();
        private volatile bool _stopped;
        private int _cards;

        public long Money { get; private set; }

        public List<string> CardEnds { get; } = [];

        public void Stop() => _stopped = true;

        public Task RunAsync() => Task.WhenAll(PayAmongWalletsAsync(), PayByCardsAsync());

        /// <summary>Returns when more payments of both kinds have ended.</summary>
        public async Task PayMoreAsync(Task paying)
        {
            var (ended, cards) = (_crowd.Ended + 100, Volatile.Read(ref _cards) + 5);
            var deadline = DateTimeOffset.UtcNow + Deadline;
            while (_crowd.Ended < ended || Volatile.Read(ref _cards) < cards)
            {
                Assert.True(DateTimeOffset.UtcNow < deadline, "Payments do not end.");
                if (paying.IsCompleted)
                {
                    await paying; // It has failed.
                }

                await Task.Delay(20, Cancel);
            }
        }

        public void Dispose() => api.Dispose();

        private async Task PayAmongWalletsAsync()
        {
            while (!_stopped)
            {
                Money += Crowd.MoneyOf(Wallets);
                var ends = await _crowd.PayAsync(PaymentsARound, Wallets, _random);
                Assert.Equal(PaymentsARound, ends.DistinctBy(p => p.PaymentId).Count());
            }
        }

        private async Task PayByCardsAsync()
        {
            var payee = await api.OpenWalletAsync();
            while (!_stopped)
            {
                CardEnds.Add((await api.EndOfAsync(await api.PayByCardAsync("tok_ok", payee, 70))).Status);
                Interlocked.Increment(ref _cards);
            }
        }
    }

    /// <summary>How much has been written to the whole topic, and to each half.</summary>
    private sealed class EndOffsets(KafkaClientFactory clients) : IDisposable
    {
        private static readonly Topic[] Asked =
            [PlatformTopics.PaymentEvents, PlatformTopics.WalletPaymentEvents, PlatformTopics.ExternalPaymentEvents];

        private readonly IConsumer<byte[], byte[]> _asker = clients.ConsumerBuilder("end-offsets", "end-offsets").Build();

        public long[] Read() => [.. Asked.Select(topic => Enumerable.Range(0, topic.Partitions).Sum(partition =>
            _asker.QueryWatermarkOffsets(
                clients.Names.OnBroker(new TopicPartition(topic.Name, partition)), TimeSpan.FromSeconds(10)).High.Value))];

        public void Dispose() => _asker.Dispose();
    }
}
