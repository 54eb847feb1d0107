using System.Diagnostics;
using Payments.EventStore.Contract;

namespace IntegrationTests.WholeSystem;

[Collection(WholeSystemTests.Name)]
public sealed class TraceTests(PlatformFixture fixture)
{
    [Fact]
    public async Task A_payment_is_one_trace_in_the_events_of_all_services()
    {
        using var listener = new ActivityListener
        {
            ShouldListenTo = _ => true,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        var (alice, bob) = (await fixture.Api.OpenWalletWithAsync(100), await fixture.Api.OpenWalletAsync());
        var payment = (await fixture.Api.EndOfAsync(await fixture.Api.PayAsync(alice, bob, 100))).PaymentId;

        await using var audit = new Audit(fixture.Platform.Databases);
        var events = new List<StoredEvent>();
        foreach (var log in new[] { audit.Payments, audit.Wallets, audit.Sagas })
        {
            events.AddRange(await log.EventsAsync(new EventFilter { CorrelationId = payment }));
        }

        Assert.Equal(14, events.Count);
        Assert.Single(events.Select(e => ActivityContext.Parse(e.Metadata.TraceParent!, null).TraceId).Distinct());
    }
}
