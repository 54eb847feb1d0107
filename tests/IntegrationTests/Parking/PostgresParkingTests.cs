using IntegrationTests.EventStore;
using Microsoft.Extensions.Logging.Abstractions;
using Payments.EventStore.Postgres;
using Payments.Messaging.Parking;
using Payments.Messaging.Topics;

namespace IntegrationTests.Parking;

public sealed class PostgresParkingTests(EventStoreDatabase database) : ParkingContract, IClassFixture<EventStoreDatabase>, IAsyncLifetime
{
    private readonly List<PostgresEventStore> _stores = [];

    public async ValueTask InitializeAsync() => await SchemaMigrator.MigrateAsync(
        database.Source, new SettableClock(EventStoreDatabase.MigratedAt), default, ("messaging", typeof(TopicCreator).Assembly));

    public async ValueTask DisposeAsync()
    {
        foreach (var store in _stores)
        {
            await store.DisposeAsync();
        }
    }

    private protected override ParkingRig NewRig()
    {
        var clock = new SteppedClock();
        _stores.Add(new PostgresEventStore("test", database.Source, clock, NullLogger<PostgresEventStore>.Instance));
        return new ParkingRig(_stores[^1], new PostgresParkedMessages(database.Source), clock);
    }
}
