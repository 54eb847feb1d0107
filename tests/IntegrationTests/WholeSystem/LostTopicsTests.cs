using Confluent.Kafka;
using IntegrationTests.Standalone;
using Payments.Contracts.Payments;
using Payments.Messaging.Kafka;
using Payments.Messaging.Topics;
using UnitTests.Randomness;

namespace IntegrationTests.WholeSystem;

/// <summary>Somebody deletes topics, or a broker comes back without them, while the platform runs.</summary>
[Collection(WholeSystemTests.Name)]
public sealed class LostTopicsTests(PostgresFixture postgres)
{
    private const int Payments = 250; // For each loss.
    private const int Wallets = 50;
    private static readonly TimeSpan BackWithin = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(120);

    [Fact]
    public async Task Topics_that_are_lost_while_payments_flow_are_created_again_and_every_payment_ends_with_exact_money()
    {
        var databases = await Databases.CreateAsync(postgres);
        await using var platform = await Platform.StartAsync(databases);
        using var api = new Api(platform.Gateway);
        IReadOnlyList<Topic>[] losses =
        [
            [PlatformTopics.PaymentEvents],
            [PlatformTopics.ConsumerProgress],
            [PlatformTopics.WalletCommands, PlatformTopics.PaymentCommands],
            PlatformTopics.All,
        ];

        var ends = new List<PaymentView>();
        foreach (var lost in losses)
        {
            var crowd = new Crowd(api);
            var paying = crowd.PayAsync(Payments, Wallets, Seed.NewRandom());
            await Wait.UntilAsync(() => crowd.Ended > 0, Deadline);
            await platform.Broker.LoseAsync(lost);
            await Wait.UntilAsync(() => platform.Broker.Missing().Count == 0, BackWithin);
            ends.AddRange(await paying);
        }

        Assert.Equal(Payments * losses.Length, ends.DistinctBy(p => p.PaymentId).Count());
        Assert.Equal(["completed", "failed"], ends.Select(p => p.Status).Distinct().Order());
        await using var audit = new Audit(databases);
        await audit.AssertSoundAsync(Crowd.MoneyOf(Wallets) * losses.Length);
    }

    [Fact]
    public async Task An_installation_with_a_prefix_uses_no_topic_of_another_on_the_same_cluster()
    {
        var databases = await Databases.CreateAsync(postgres);
        await using var platform = await Platform.StartAsync(databases, "Kafka:TopicPrefix=blue.");
        _ = platform.Broker.Embedded; // On a shared cluster all topics have a prefix anyway.
        using var api = new Api(platform.Gateway);
        var (payer, payee) = (await api.OpenWalletWithAsync(1_000), await api.OpenWalletAsync());
        var payment = await api.PayAsync(payer, payee, 400);

        Assert.Equal("completed", (await api.EndOfAsync(payment)).Status);
        var written = Written(platform.Broker.Clients);
        Assert.All(written, topic => Assert.StartsWith("blue.", topic, StringComparison.Ordinal));
        Assert.Contains("blue.commands.wallets.v1", written);
        await using var audit = new Audit(databases);
        Assert.Equal(
            ["events.payments.v1"],
            await audit.Sagas.ColumnAsync<string>($"select distinct topic from watermarks where consumer = '{ConsumerNames.Saga}'"));
        Assert.DoesNotContain(
            await audit.Sagas.ColumnAsync<string>("select topic from relay_partitions"),
            topic => topic.StartsWith("blue.", StringComparison.Ordinal));
    }

    /// <summary>The topics that hold anything.</summary>
    private static HashSet<string> Written(KafkaClientFactory clients)
    {
        using var asker = clients.ConsumerBuilder("asker", "asker").Build();
        using var admin = clients.CreateAdminClient("asker");
        var partitions = admin.GetMetadata(Deadline).Topics
            .SelectMany(topic => topic.Partitions.Select(p => new TopicPartition(topic.Topic, p.PartitionId)));
        return [.. partitions.Where(p => asker.QueryWatermarkOffsets(p, Deadline).High > 0).Select(p => p.Topic)];
    }
}
