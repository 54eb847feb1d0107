using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Payments.EventStore.Contract;
using Payments.EventStore.Postgres;

namespace Payments.Bench.Appends;

/// <summary>The platform's event store, as the services use it.</summary>
internal sealed class EventStoreTarget : IAppendTarget
{
    private readonly NpgsqlDataSource _database;
    private readonly PostgresEventStore _store;

    private EventStoreTarget(NpgsqlDataSource database)
    {
        _database = database;
        _store = new PostgresEventStore("bench", database, TimeProvider.System, NullLogger<PostgresEventStore>.Instance);
    }

    public static async Task<EventStoreTarget> CreateAsync(NpgsqlDataSource database, CancellationToken cancel)
    {
        await SchemaMigrator.MigrateAsync(database, TimeProvider.System, cancel);
        return new EventStoreTarget(database);
    }

    public async Task AppendAsync(StreamId stream, long expectedVersion, IReadOnlyList<NewEvent> events, CancellationToken cancel)
    {
        var unit = new AppendUnit { Streams = [new(stream, ExpectedVersion.Exactly(expectedVersion), events)] };
        if (await _store.AppendAsync(unit, cancel) is not AppendResult.Appended)
            throw new NoResultException($"The event store refused an append to {stream}, which nobody else writes to.");
    }

    public Task<long> CountAsync(CancellationToken cancel) => _store.LastPositionAsync(cancel);

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        await _database.DisposeAsync();
    }
}
