using System.Reflection;
using IntegrationTests.EventStore;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Payments.Contracts.Invariants;
using Payments.Domain;
using Payments.EventStore.Aggregates;
using Payments.EventStore.Contract;
using Payments.EventStore.Postgres;
using Payments.Messaging.Topics;
using Payments.Operations.Invariants;

namespace IntegrationTests.Invariants;

/// <summary>
/// The database of one service with the monitor's tables, a clock that stands where it is put, and looks that a test asks for.
/// </summary>
internal sealed class WatchedDatabase : IAsyncDisposable
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(20);

    private readonly InvariantLook _look;

    private WatchedDatabase(string name, string connection)
    {
        Clock = new SettableClock(DateTimeOffset.UtcNow);
        Source = NpgsqlDataSource.Create(connection);
        Store = new PostgresEventStore(name, Source, Clock, NullLogger<PostgresEventStore>.Instance);
        _look = new InvariantLook(new InvariantStore(Source, Clock), Options, Clock, NullLogger<InvariantLook>.Instance);
    }

    public InvariantOptions Options { get; } = new();

    public SettableClock Clock { get; }

    public NpgsqlDataSource Source { get; }

    public PostgresEventStore Store { get; }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <param name="service">The assembly with the service's SQL files.</param>
    public static async Task<WatchedDatabase> CreateAsync(PostgresFixture postgres, string name, Assembly service)
    {
        var database = new WatchedDatabase(name, await postgres.CreateDatabaseAsync());
        await SchemaMigrator.MigrateAsync(
            database.Source,
            database.Clock,
            Cancel,
            ("messaging", typeof(TopicCreator).Assembly),
            ("services", typeof(InvariantMonitor).Assembly),
            (name, service));
        await SettableClock.RuleAsync(database.Source);
        return database;
    }

    public async Task LookAsync(Invariant invariant)
    {
        await _look.LookAsync(invariant, Cancel);
        Clock.Now += BetweenLooks;
    }

    /// <summary>Two looks: a finding that stands is an alert after the second.</summary>
    public async Task LookTwiceAsync(Invariant invariant)
    {
        await LookAsync(invariant);
        await LookAsync(invariant);
    }

    public async Task<IReadOnlyList<AlertView>> AlertsAsync() => (await AlertQueries.PageAsync(Source, null, null, 1_000, Cancel)).Items;

    public async Task<IReadOnlyList<AlertView>> OpenAlertsAsync() =>
        (await AlertQueries.PageAsync(Source, true, null, 1_000, Cancel)).Items;

    public async Task<InvariantView> ViewAsync(Invariant invariant) =>
        (await AlertQueries.InvariantsAsync(Source, [invariant], Cancel)).Single();

    public async Task ExecuteAsync(string sql, params IReadOnlyList<object> parameters)
    {
        await using var command = Source.CreateCommand(sql);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        }

        Assert.NotEqual(0, await command.ExecuteNonQueryAsync(Cancel));
    }

    public async Task HandleAsync<TState, TEvent>(AggregateDefinition<TState, TEvent> definition, Guid id, params TEvent[] events)
        where TState : class
    {
        var handler = new CommandHandler<TState, TEvent>(Store, new Aggregates<TState, TEvent>(Store, definition), definition, Clock);
        var outcome = await handler.HandleAsync(
            new(definition.Stream(id), new Cause(id, null, "tests", null), (_, _) => new Decision<TEvent>.Accepted([.. events])), Cancel);
        Assert.IsType<CommandOutcome<TState>.Done>(outcome);
    }

    /// <summary>An event of a stream, as alerts name it.</summary>
    public async Task<AlertEventView> EventAsync(StreamId stream, long version) =>
        await Store.ReadStreamAsync(stream, new(version - 1, version), 1, Cancel) is [var e]
            ? new(e.Stream.ToString(), e.StreamVersion, e.Position, e.EventId)
            : throw new InvalidOperationException($"There is no {stream}@{version}.");

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        await Source.DisposeAsync();
    }
}
