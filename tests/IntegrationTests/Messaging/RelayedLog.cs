using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Payments.EventStore.Contract;
using Payments.EventStore.Postgres;
using Payments.Messaging.Kafka;
using Payments.Messaging.Relay;
using Payments.Messaging.Topics;

namespace IntegrationTests.Messaging;

/// <summary>
/// A log with a database of its own, and as many relays of it as are started, each with its own connections as a process.
/// </summary>
internal sealed class RelayedLog : IAsyncDisposable
{
    private const string WhoHoldsTheLock =
        "select a.application_name from pg_locks l join pg_stat_activity a using (pid) " +
        "where l.locktype = 'advisory' and l.granted and l.classid = 114 and l.objid = 1701601657 and a.datname = current_database()";

    private readonly string _name;
    private readonly string _connection;
    private readonly NpgsqlDataSource _database;
    private readonly PostgresEventStore _store;
    private readonly List<Process> _processes = [];
    private int _started;

    private RelayedLog(string name, string connection)
    {
        (_name, _connection) = (name, connection);
        _database = NpgsqlDataSource.Create(connection);
        _store = Store(_database);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<RelayedLog> CreateAsync(string name, PostgresFixture postgres)
    {
        var log = new RelayedLog(name, await postgres.CreateDatabaseAsync());
        await SchemaMigrator.MigrateAsync(log._database, TimeProvider.System, Cancel, ("messaging", typeof(TopicCreator).Assembly));
        return log;
    }

    /// <returns>Its name, as <see cref="LeaderAsync"/> tells it.</returns>
    public async Task<string> StartRelayAsync(KafkaOptions kafka)
    {
        var name = $"relay-{++_started}";
        var database = NpgsqlDataSource.Create($"{_connection};Application Name={name}");
        var store = Store(database);
        var clients = new KafkaClientFactory(kafka, NullLogger<KafkaClientFactory>.Instance);
        var creator = new TopicCreator(clients, NullLogger<TopicCreator>.Instance);
        var topics = new TopicKeeper(creator, PlatformTopics.All, TimeProvider.System, NullLogger<TopicKeeper>.Instance);
        var health = new RelayHealthCheck();
        var relay = new OutboxRelay(
            store, database, clients, topics, health, new SplitSwitch(), TimeProvider.System,
            NullLogger<OutboxRelay>.Instance);
        await relay.StartAsync(Cancel);
        _processes.Add(new Process(name, relay, health, creator, store, database));
        return name;
    }

    /// <summary>One event a key, in one unit; each key has a stream of its own.</summary>
    public async Task AppendAsync(string type, params IReadOnlyList<string> keys)
    {
        var unit = new AppendUnit
        {
            Streams =
            [
                .. keys.Select(key => new StreamAppend(
                    new StreamId("payment", key),
                    ExpectedVersion.Any,
                    [new NewEvent(Guid.CreateVersion7(), type, 1, "{}"u8.ToArray(), new(Guid.CreateVersion7(), null, "test", null, key))])),
            ],
        };
        Assert.IsType<AppendResult.Appended>(await _store.AppendAsync(unit, Cancel));
    }

    /// <summary>Who publishes now; null while nobody does.</summary>
    public async Task<string?> LeaderAsync()
    {
        await using var command = _database.CreateCommand(WhoHoldsTheLock);
        return (string?)await command.ExecuteScalarAsync(Cancel);
    }

    /// <summary>What a relay that was started says of itself.</summary>
    public Task<HealthCheckResult> HealthAsync(string name)
    {
        var check = _processes.Single(p => p.Name == name).Health;
        return check.CheckHealthAsync(
            new HealthCheckContext { Registration = new HealthCheckRegistration("relay", check, HealthStatus.Degraded, null) }, Cancel);
    }

    /// <summary>How far the log is delivered, by the relay's books.</summary>
    public async Task<long> CheckpointAsync()
    {
        await using var command = _database.CreateCommand("select position from relay_checkpoint");
        return (long)(await command.ExecuteScalarAsync(Cancel))!;
    }

    /// <summary>Ends a relay so that it can write nothing down any more, as a process that dies.</summary>
    public async Task KillRelayAsync(string name)
    {
        var process = _processes.Single(p => p.Name == name);
        _processes.Remove(process);
        await using (var command = _database.CreateCommand(
            "select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = current_database() and application_name = $1"))
        {
            command.Parameters.AddWithValue(name);
            await command.ExecuteScalarAsync(Cancel);
        }

        await process.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            await process.DisposeAsync();
        }

        await _store.DisposeAsync();
        await _database.DisposeAsync();
    }

    private PostgresEventStore Store(NpgsqlDataSource database) =>
        new(_name, database, TimeProvider.System, NullLogger<PostgresEventStore>.Instance);

    private sealed record Process(
        string Name,
        OutboxRelay Relay,
        RelayHealthCheck Health,
        TopicCreator Topics,
        PostgresEventStore Store,
        NpgsqlDataSource Database) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Relay.StopAsync(CancellationToken.None);
            Relay.Dispose();
            Topics.Dispose();
            await Store.DisposeAsync();
            await Database.DisposeAsync();
        }
    }
}
