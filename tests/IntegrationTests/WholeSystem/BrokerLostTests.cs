using IntegrationTests.Standalone;
using UnitTests.Randomness;

namespace IntegrationTests.WholeSystem;

[Collection(WholeSystemTests.Name)]
public sealed class BrokerLostTests(PostgresFixture postgres)
{
    private const int Payments = 10_000;
    private const int Wallets = 200;
    private const int Losses = 5;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(120);

    [Fact]
    public async Task Ten_thousand_payments_survive_five_losses_of_the_whole_broker_under_running_services()
    {
        var databases = await Databases.CreateAsync(postgres);
        await using var platform = await Platform.StartAsync(databases);
        using var api = new Api(platform.Gateway);
        var crowd = new Crowd(api);

        var paying = crowd.PayAsync(Payments, Wallets, Seed.NewRandom());
        for (var loss = 1; loss <= Losses; loss++)
        {
            var enough = Payments * loss / (Losses + 1);
            await Wait.UntilAsync(() => crowd.Ended >= enough || paying.IsCompleted, Deadline);
            Assert.False(paying.IsCompleted, "The payments were over before the loss.");
            platform.LoseBroker();
        }

        var ends = await paying;
        Assert.Equal(Payments, ends.DistinctBy(p => p.PaymentId).Count());
        Assert.Equal(["completed", "failed"], ends.Select(p => p.Status).Distinct().Order());
        await using var audit = new Audit(databases);
        await audit.AssertSoundAsync(Crowd.MoneyOf(Wallets));
    }

    [Fact]
    public async Task Payments_in_the_middle_of_which_the_broker_and_all_it_held_are_lost_end_on_the_next_broker()
    {
        var databases = await Databases.CreateAsync(postgres);
        var (payments, wallets) = (new List<Guid>(), Array.Empty<Guid>());
        for (var life = 1; life <= 3; life++)
        {
            await using var platform = await Platform.StartAsync(databases);
            using var api = new Api(platform.Gateway);
            if (life == 1)
            {
                wallets = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => api.OpenWalletWithAsync(1_000)));
            }

            // Left alone as soon as they are accepted: the broker goes with what is on its way.
            var step = life;
            payments.AddRange(await Task.WhenAll(
                Enumerable.Range(0, 50).Select(i => api.PayAsync(wallets[i % 10], wallets[(i + step) % 10], 7))));
        }

        await using var last = await Platform.StartAsync(databases);
        using var asker = new Api(last.Gateway);
        var ends = await Task.WhenAll(payments.Select(asker.EndOfAsync));
        Assert.All(ends, payment => Assert.Equal("completed", payment.Status));
        await using var audit = new Audit(databases);
        await audit.AssertSoundAsync(10_000);
    }
}
