using UnitTests.Randomness;

namespace IntegrationTests.WholeSystem;

[Collection(WholeSystemTests.Name)]
public sealed class ManyPaymentsTests(PostgresFixture postgres)
{
    private const int Payments = 1_000;
    private const int Wallets = 50;

    [Fact]
    public async Task A_thousand_payments_of_a_hundred_callers_all_end_and_no_cent_is_lost_or_doubled()
    {
        var databases = await Databases.CreateAsync(postgres);
        await using var platform = await Platform.StartAsync(databases);
        using var api = new Api(platform.Gateway);
        await using var audit = new Audit(databases);

        var ends = await new Crowd(api).PayAsync(Payments, Wallets, Seed.NewRandom());

        Assert.Equal(Payments, ends.DistinctBy(p => p.PaymentId).Count());
        Assert.Equal(
            [("completed", null), ("failed", "insufficient_funds")], ends.Select(p => (p.Status, p.FailureCode)).Distinct().Order());
        await audit.AssertSoundAsync(Crowd.MoneyOf(Wallets));
    }
}
