using Microsoft.Extensions.Logging.Abstractions;
using Payments.EventStore.Contract;
using Payments.EventStore.Postgres;

namespace IntegrationTests.EventStore;

public sealed class PostgresEventStoreTests : EventStoreContract, IClassFixture<EventStoreDatabase>, IAsyncDisposable
{
    private readonly EventStoreDatabase _database;
    private readonly PostgresEventStore _store;

    public PostgresEventStoreTests(EventStoreDatabase database)
    {
        _database = database;
        _store = new PostgresEventStore(
            "test", new LogDatabase(database.Source), Clock, NullLogger<PostgresEventStore>.Instance, answered: this);
    }

    protected override IEventStore Store => _store;

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    protected override async Task<IReadOnlyList<string>> StoredNamesAsync(IReadOnlyList<string> among) =>
        await _database.QueryAsync<string>("select name from names where name = any ($1)", [among.ToArray()]);
}
