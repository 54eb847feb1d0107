using System.Net;
using Npgsql;
using Payments.Contracts.Payments;
using Payments.EventStore.Projections;
using UnitTests.Randomness;

namespace IntegrationTests.WholeSystem;

/// <summary>All read models are made again from the logs while payments go on, and the analytics tell what the payments tell.</summary>
[Collection(WholeSystemTests.Name)]
public sealed class RebuildTests(PostgresFixture postgres)
{
    private const int Payments = 600;
    private const int Wallets = 30;
    private const int Rebuilds = 3;

    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Everything_rebuilt_under_load_is_what_the_events_say_and_nothing_happens_twice()
    {
        var databases = await Databases.CreateAsync(postgres);
        await using var platform = await Platform.StartAsync(databases);
        using var api = new Api(platform.Gateway);
        await using var audit = new Audit(databases);

        var crowd = new Crowd(api).PayAsync(Payments, Wallets, Seed.NewRandom());
        for (var rebuild = 0; rebuild < Rebuilds; rebuild++)
        {
            await Task.WhenAll(
                RebuildAsync(databases.Payments, "payments", "payment_minutes"),
                RebuildAsync(databases.Wallets, "wallets"),
                RebuildAsync(databases.Sagas, "sagas"));
        }

        var ends = await crowd;
        await Task.WhenAll(
            RebuildAsync(databases.Payments, "payments", "payment_minutes"),
            RebuildAsync(databases.Wallets, "wallets"),
            RebuildAsync(databases.Sagas, "sagas"));

        Assert.Equal(Payments, ends.DistinctBy(p => p.PaymentId).Count());
        await audit.AssertSoundAsync(Crowd.MoneyOf(Wallets));
        var analytics = await api.GetAsync<PaymentCounts>("/api/analytics/payments");
        Assert.Equal(
            new[] { ("requested", (long)Payments, ends.Sum(p => p.Amount)) }
                .Concat(ends.GroupBy(p => p.Status).Select(s => (s.Key, (long)s.Count(), s.Sum(p => p.Amount))))
                .Order(),
            analytics.Items.GroupBy(i => i.Outcome).Select(i => (i.Key, i.Sum(m => m.Count), (long)i.Sum(m => m.Volume))).Order());
        Assert.All(analytics.Items, i => Assert.Equal("EUR", i.Currency));
    }

    [Theory]
    [InlineData("from=yesterday", "from")]
    [InlineData("until=soon", "until")]
    [InlineData("from=2026-01-01T00:00:00Z&until=2026-01-03T00:00:00Z", "from")]
    [InlineData("from=2026-01-02T00:00:00Z&until=2026-01-01T00:00:00Z", "from")]
    [InlineData("until=0001-01-01T00:00:00Z", null)]
    public async Task Moments_that_mean_nothing_are_refused_by_name(string query, string? field)
    {
        var databases = await Databases.CreateAsync(postgres);
        await using var platform = await Platform.StartAsync(databases);
        using var api = new Api(platform.Gateway);

        using var answer = await api.Http.GetAsync($"/api/analytics/payments?{query}", Cancel);

        Assert.Equal(field is null ? HttpStatusCode.OK : HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(field ?? "items", await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    private static async Task RebuildAsync(string database, params IReadOnlyList<string> names)
    {
        await using var source = NpgsqlDataSource.Create(database);
        var control = new ProjectionControl(source, TimeProvider.System);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        deadline.CancelAfter(Deadline);
        foreach (var name in names)
        {
            while (await control.RebuildAsync(name, deadline.Token) is var answer and not ProjectionAnswer.Accepted)
            {
                // The service is still starting: it does not know the projection yet, or has just made it known.
                Assert.Contains(answer, new[] { ProjectionAnswer.NoSuchProjection, ProjectionAnswer.RebuildRunning });
                await Task.Delay(50, deadline.Token);
            }
        }

        while ((await control.ListAsync(deadline.Token)).Where(p => p.Rebuild is not null || p.Lag > 0).ToList() is { Count: > 0 } busy)
        {
            Assert.DoesNotContain(busy, p => p.Rebuild?.Error is not null || p.Error is not null);
            await Task.Delay(20, deadline.Token);
            if (busy.All(p => p.Rebuild is null) && names.Count == 1)
            {
                return;
            }
        }
    }
}
