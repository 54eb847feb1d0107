using System.Net.Http.Json;
using Payments.EventStore.Contract;

namespace IntegrationTests.WholeSystem;

/// <summary>
/// A consumer that fails on one user's messages holds up nobody else, and loses, doubles and reorders nothing of that user.
/// </summary>
[Collection(WholeSystemTests.Name)]
public sealed class FailingUserTests(PostgresFixture postgres)
{
    private const int Payments = 60;
    private const int FailingSeconds = 5;

    [Theory]
    [InlineData("sagas", "user/failing")]
    [InlineData("wallets", "wallet/")]
    public async Task While_a_service_fails_on_one_user_others_pay_and_then_that_user_does_too_in_order(string service, string key)
    {
        var databases = await Databases.CreateAsync(postgres);
        await using var platform = await Platform.StartAsync(databases);
        using var api = new Api(platform.Gateway);
        await using var audit = new Audit(databases);
        var wallets = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => api.OpenWalletWithAsync(1_000)));
        var failing = await api.OpenWalletAsync("failing");
        await api.EndOfAsync(await api.PayAsync(wallets[0], failing, 500));
        if (key == "wallet/")
        {
            key += failing;
        }

        using var planted = await api.Http.PutAsJsonAsync(
            $"/api/admin/{service}/planted-failures",
            new { routingKey = key, seconds = FailingSeconds },
            TestContext.Current.CancellationToken);
        planted.EnsureSuccessStatusCode();
        var trail = await api.GetJsonAsync($"/api/admin/{service}/audit?act=failure-planted&subject={Uri.EscapeDataString($"key/{key}")}");
        Assert.Single(trail["items"]!.AsArray());
        var theirs = new List<Guid>();
        var others = new List<Guid>();
        for (var i = 0; i < Payments; i++)
        {
            theirs.Add(await api.PayAsync(failing, wallets[1], 1 + (i % 5)));
            others.Add(await api.PayAsync(wallets[2], wallets[3], 1));
        }

        Assert.All(await Task.WhenAll(others.Select(api.EndOfAsync)), end => Assert.Equal("completed", end.Status));
        Assert.Equal(0, await audit.Payments.ScalarAsync<long>(
            $"select count(*) from payments where status = 'completed' and payment_id = any ('{{{string.Join(',', theirs)}}}')"));

        Assert.All(await Task.WhenAll(theirs.Select(api.EndOfAsync)), end => Assert.Equal("completed", end.Status));
        Assert.Equal(theirs, await OrderOfAsync(audit, theirs, service == "sagas" ? "saga.started.v1" : "wallet.funds-held.v1"));
        Assert.Equal(0, await (service == "sagas" ? audit.Sagas : audit.Wallets).ScalarAsync<long>("select count(*) from parked_keys"));
        await audit.AssertSoundAsync(4_000);
    }

    private static async Task<IEnumerable<Guid>> OrderOfAsync(Audit audit, List<Guid> payments, string type)
    {
        var log = type.StartsWith("saga", StringComparison.Ordinal) ? audit.Sagas : audit.Wallets;
        var events = await log.EventsAsync(new EventFilter { Types = [type] });
        return events.Select(e => e.Metadata.CorrelationId).Where(payments.Contains);
    }
}
