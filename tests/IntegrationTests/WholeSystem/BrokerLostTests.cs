namespace IntegrationTests.WholeSystem;

[Collection(WholeSystemTests.Name)]
public sealed class BrokerLostTests(PostgresFixture postgres)
{
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
