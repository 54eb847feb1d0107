using System.Reflection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Payments.Contracts.DeadLetters;
using Payments.Domain;
using Payments.EventStore.Aggregates;
using Payments.EventStore.Contract;
using Payments.EventStore.Postgres;
using Payments.EventStore.Subscriptions;
using Payments.Messaging.Consuming;
using Payments.Messaging.DeadLetters;
using Payments.Messaging.DeadLetters.Replays;
using Payments.Messaging.DeadLetters.Replays.Rehearsal;
using Payments.Messaging.Lineages;
using Payments.Messaging.Parking;
using Payments.Messaging.Topics;
using Payments.Operations.Audit;

namespace IntegrationTests.Replays;

/// <summary>One consumer on a real database, without a broker: what it has parked is put there by the tests.</summary>
internal sealed class ReplayStage<TState, TEvent> : IAsyncDisposable
    where TState : class
{
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(120);

    private readonly NpgsqlDataSource _database;
    private readonly PostgresEventStore _store;

    /// <param name="database">With the schema of the service.</param>
    public ReplayStage(string database, string name, ConsumerDefinition<TState, TEvent> consumer)
    {
        Consumer = consumer;
        _database = NpgsqlDataSource.Create(database + ";Max Auto Prepare=40");
        _store = new PostgresEventStore(name, _database, TimeProvider.System, NullLogger<PostgresEventStore>.Instance);
        Aggregates = new(_store, consumer.Aggregate);
        Books = new ReplayStore(_database);
        Letters = new DeadLetterReader(_database, consumer.Name);
        DryRun = new(consumer, _store, Aggregates, Retries, Edits, TimeProvider.System);
    }

    public ConsumerDefinition<TState, TEvent> Consumer { get; }

    public IEventStore Store => _store;

    public Aggregates<TState, TEvent> Aggregates { get; }

    public ReplayStore Books { get; }

    public DeadLetterReader Letters { get; }

    public DryRun<TState, TEvent> DryRun { get; }

    public static RetryPolicy Retries => new(new RetryOptions { TriesInPlace = 1 }, new Random(1));

    /// <summary>With everything in its sender's log that was made by <see cref="Letters"/>.</summary>
    public static EditRule Edits => new((headers, _) => Task.FromResult<byte[]?>(Replays.Letters.Sent.GetValueOrDefault(headers.Id).Data));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<ReplayStage<TState, TEvent>> CreateAsync(
        PostgresFixture postgres, string name, ConsumerDefinition<TState, TEvent> consumer, Assembly sqlFiles)
    {
        var stage = new ReplayStage<TState, TEvent>(await postgres.CreateDatabaseAsync(), name, consumer);
        await stage.MigrateAsync(sqlFiles);
        return stage;
    }

    public Task MigrateAsync(Assembly sqlFiles) => SchemaMigrator.MigrateAsync(
        _database, TimeProvider.System, Cancel, ("messaging", typeof(TopicCreator).Assembly), (_store.Name, sqlFiles));

    /// <summary>Has aggregates decide, each on the events before, and stores it all; in units of a thousand streams.</summary>
    public async Task DecideAsync(IEnumerable<(Guid Id, Func<TState?, DateTimeOffset, Decision<TEvent>> Decide)> decisions)
    {
        var now = DateTimeOffset.UtcNow;
        foreach (var chunk in decisions.GroupBy(d => Consumer.Aggregate.Stream(d.Id)).Chunk(1_000))
        {
            var states = await Aggregates.RefreshAsync(chunk.Select(c => c.Key), Cancel);
            var changes = chunk.Select(of =>
            {
                var change = new Change<TState, TEvent>(Consumer.Aggregate, of.Key, states[of.Key]);
                foreach (var (id, decide) in of)
                {
                    change.Add(
                        Assert.IsType<Decision<TEvent>.Accepted>(decide(change.After.State, now)).Events,
                        new Cause(id, null, "tests", null),
                        now);
                }

                return change;
            }).ToList();
            await StoredAsync(
                new AppendUnit { Streams = [.. changes.Select(c => c.ToAppend())], Rows = [.. changes.SelectMany(c => c.Rows())] });
        }
    }

    /// <summary>Parks messages, a thousand in a transaction, in order.</summary>
    public async Task ParkAsync(params IReadOnlyList<ProjectionRow> rows)
    {
        foreach (var chunk in rows.Chunk(1_000))
        {
            await StoredAsync(new AppendUnit { Rows = chunk });
        }
    }

    public async Task StoredAsync(AppendUnit unit) => Assert.IsType<AppendResult.Appended>(await _store.AppendAsync(unit, Cancel));

    /// <summary>Freezes a selection and sets its replay going.</summary>
    public async Task<Guid> StartAsync(
        DeadLetterSelection? selection = null,
        string act = OperatorAct.Replay,
        int rate = ReplayRules.RatePerSecondMax,
        int stopAtPercent = 100)
    {
        var order = new ReplayOrder(
            Guid.CreateVersion7(), act, DateTimeOffset.UtcNow, "tests/ada", "because",
            selection ?? new() { Filter = new() }, rate, stopAtPercent);
        await Books.PlanAsync(order, await Letters.FreezeAsync(order.Selection, FrozenSelection.CountMax, Cancel), Cancel);
        await SetAsync(order.Id, Replay.Planned, Replay.Running);
        return order.Id;
    }

    public Task SetAsync(Guid replay, string from, string to) =>
        StoredAsync(new AppendUnit { Rows = [ReplayRow.Set(replay, [from], to, DateTimeOffset.UtcNow).ToRow()] });

    /// <summary>A runner that is at work until it is disposed; each has its own idea of who leads.</summary>
    public Running RunReplays(ILeadership? leadership = null) => new(new ReplayRunner<TState, TEvent>(
        Consumer,
        _store,
        new(_store, Consumer.Aggregate),
        Books,
        Retries,
        Edits,
        leadership ?? new MemoryLeadership(),
        TimeProvider.System,
        NullLogger<ReplayRunner<TState, TEvent>>.Instance));

    /// <summary>The worker that drains what waits behind what is settled.</summary>
    public Running RunRetries(ILeadership? leadership = null) => new(new RetryWorker<TState, TEvent>(
        Consumer,
        _store,
        new(_store, Consumer.Aggregate),
        new PostgresParkedMessages(_database),
        new PostgresSourceLineages(_database),
        Retries,
        leadership ?? new MemoryLeadership(),
        TimeProvider.System,
        NullLogger<RetryWorker<TState, TEvent>>.Instance));

    public PostgresLeadership Leadership() => new(_database, TimeProvider.System, NullLogger<PostgresLeadership>.Instance);

    /// <summary>Waits until a replay has one of these statuses.</summary>
    public async Task<Replay> UntilAsync(Guid replay, params IReadOnlyList<string> statuses)
    {
        Replay? last = null;
        await UntilAsync(async () => statuses.Contains((last = await Books.FindAsync(replay, Cancel))!.Status), () => $"{last}");
        return last!;
    }

    /// <summary>Waits until nothing is parked that waits for its time.</summary>
    public Task DrainedAsync() => UntilAsync(
        async () => (await QueryAsync<long>("select count(*) from parked_keys where not is_dead")) is [0], () => "Something is still due.");

    public static async Task UntilAsync(Func<Task<bool>> condition, Func<string> otherwise)
    {
        var waiting = System.Diagnostics.Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(waiting.Elapsed < Deadline, otherwise());
            await Task.Delay(20, Cancel);
        }
    }

    public async Task<List<T>> QueryAsync<T>(string sql, params IReadOnlyList<object> values)
    {
        await using var command = _database.CreateCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        await using var reader = await command.ExecuteReaderAsync(Cancel);
        var rows = new List<T>();
        while (await reader.ReadAsync(Cancel))
        {
            rows.Add(reader.GetFieldValue<T>(0));
        }

        return rows;
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        await _database.DisposeAsync();
    }
}

/// <summary>A background service of the tests' own.</summary>
internal sealed class Running : IAsyncDisposable
{
    private readonly Microsoft.Extensions.Hosting.BackgroundService _service;

    public Running(Microsoft.Extensions.Hosting.BackgroundService service)
    {
        _service = service;
        _ = service.StartAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await _service.StopAsync(CancellationToken.None);
        _service.Dispose();
    }
}
