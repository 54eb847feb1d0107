using IntegrationTests.EventStore;
using Microsoft.Extensions.Logging.Abstractions;
using Payments.EventStore.Contract;
using Payments.EventStore.Postgres;

namespace IntegrationTests.Pooling;

/// <summary>The whole contract of the event store, through PgBouncer in transaction mode, with no way around it.</summary>
public sealed class PgBouncerEventStoreTests : EventStoreContract, IClassFixture<PgBouncer>, IAsyncDisposable
{
    private readonly PgBouncer _bouncer;
    private readonly PostgresEventStore _store;

    public PgBouncerEventStoreTests(PgBouncer bouncer)
    {
        _bouncer = bouncer;
        _store = new PostgresEventStore(
            "test", new LogDatabase(bouncer.Pooled), Clock, NullLogger<PostgresEventStore>.Instance, answered: this);
    }

    protected override IEventStore Store => _store;

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    protected override async Task<IReadOnlyList<string>> StoredNamesAsync(IReadOnlyList<string> among) =>
        await _bouncer.Database.QueryAsync<string>("select name from names where name = any ($1)", [among.ToArray()]);
}
