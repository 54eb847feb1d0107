using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Payments.EventStore.Contract;
using Payments.EventStore.Postgres;
using Payments.EventStore.Subscriptions;
using UnitTests.Randomness;

namespace IntegrationTests.EventStore.Subscriptions;

public sealed class PostgresSubscriptionTests : SubscriptionContract, IClassFixture<EventStoreDatabase>, IAsyncDisposable
{
    private readonly EventStoreDatabase _database;
    private readonly PostgresEventStore _store;
    private readonly PostgresCheckpoints _checkpoints;

    public PostgresSubscriptionTests(EventStoreDatabase database)
    {
        _database = database;
        _store = database.OpenStore();
        _checkpoints = new PostgresCheckpoints(database.Source, TimeProvider.System);
        Looks = new PostgresCheckpoints(database.Spared, TimeProvider.System);
        Leadership = NewLeadership();
    }

    protected override IEventStore Store => _store;

    protected override ICheckpoints Checkpoints => _checkpoints;

    protected override ICheckpoints Looks { get; }

    protected override ILeadership Leadership { get; }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _database.Source.Clear(); // The next test gets no connection that this one has killed.
    }

    [Fact]
    public async Task Effects_in_the_database_happen_once_whatever_breaks()
    {
        var random = Seed.NewRandom();
        var name = NewName();
        var table = await NewTableAsync();
        await AppendAsync(1, "wallet.opened.v1"); // The store has its own connection to append through before any is killed.
        var appending = Task.Run(async () =>
        {
            for (var i = 0; i < 60; i++)
            {
                await AppendAsync(7, "wallet.opened.v1");
            }
        });
        for (var run = 0; run < 6; run++)
        {
            var chance = new Random(random.Next());
            var worker = Worker(WritingInto(table, name, random.Next(1, 50), _ =>
                chance.Next(4) == 0 ? throw new InvalidOperationException("After writing, before the commit.") : Task.CompletedTask));
            await worker.StartAsync(Cancel);
            await Task.Delay(random.Next(1, 150), Cancel);
            if (run % 2 == 1)
            {
                await _database.KillConnectionsAsync("%checkpoints%");
                await _database.KillConnectionsAsync("%select 1%");
            }

            await worker.StopAsync(Cancel);
        }

        await appending;
        using var last = Worker(WritingInto(table, name, 50, _ => Task.CompletedTask));
        await last.StartAsync(Cancel);
        await UntilPositionAsync(name, await LastPositionAsync());
        await last.StopAsync(Cancel);
        await AssertHandledOnceAsync(table);
    }

    [Fact]
    public async Task A_holder_whose_connection_dies_is_followed_at_once_and_cannot_move_the_checkpoint_any_more()
    {
        var name = NewName();
        var table = await NewTableAsync();
        await AppendAsync(20, "wallet.opened.v1");
        using var written = new SemaphoreSlim(0);
        using var goOn = new SemaphoreSlim(0);

        // Deaf to cancellation: it has written and is about to commit when it wakes up.
        using var first = Worker(WritingInto(table, name, 5, async _ =>
        {
            written.Release();
            await goOn.WaitAsync(CancellationToken.None);
        }, beforeMove: false));
        await first.StartAsync(Cancel);
        Assert.True(await written.WaitAsync(Deadline, Cancel));

        using var second = Worker(WritingInto(table, name, 50, _ => Task.CompletedTask), NewLeadership());
        await second.StartAsync(Cancel);
        Assert.Equal(SubscriptionState.Waiting, second.State);

        Assert.True(await _database.KillConnectionsAsync("%select 1%") + await _database.KillConnectionsAsync("%pg_advisory_lock%") > 0);
        await UntilPositionAsync(name, await LastPositionAsync());

        goOn.Release(100);
        await first.StopAsync(Cancel);
        await second.StopAsync(Cancel);
        await AssertHandledOnceAsync(table);
    }

    [Fact]
    public async Task A_process_that_is_killed_leaves_its_name_to_the_next_in_line()
    {
        var name = NewName();
        var table = await NewTableAsync();
        await AppendAsync(3, "wallet.opened.v1");
        using var other = await LockHolder.StartAsync(_database, name);
        using var worker = Worker(WritingInto(table, name, 50, _ => Task.CompletedTask));
        await worker.StartAsync(Cancel);
        while ((await _database.QueryAsync<int>(
            "select pid from pg_stat_activity where wait_event = 'advisory' and datname = current_database()")).Count == 0)
        {
            await Task.Delay(20, Cancel);
        }

        Assert.Equal(SubscriptionState.Waiting, worker.State);

        other.Kill();

        await UntilPositionAsync(name, await Store.LastPositionAsync(Cancel));
        await worker.StopAsync(Cancel);
        await AssertHandledOnceAsync(table);
    }

    [Fact]
    public async Task A_name_that_is_given_back_is_free_and_a_session_that_goes_back_to_its_pool_keeps_nothing()
    {
        var name = NewName();
        for (var i = 0; i < 5; i++)
        {
            var lease = await Leadership.AcquireAsync(name, Cancel);
            Assert.False(lease.Lost.IsCancellationRequested);
            await lease.DisposeAsync();
            await using var pooled = await _database.Source.OpenConnectionAsync(Cancel);
            await using var asks = new NpgsqlCommand("select current_setting('lock_timeout')", pooled);
            Assert.Equal("0", await asks.ExecuteScalarAsync(Cancel));
        }

        Assert.Empty(await _database.QueryAsync<int>(
            "select pid from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = " +
            "current_database())"));
    }

    private PostgresLeadership NewLeadership() => new(_database.Source, TimeProvider.System, NullLogger<PostgresLeadership>.Instance);

    private async Task<string> NewTableAsync()
    {
        var table = $"handled_{Guid.NewGuid():N}";
        await _database.ExecuteAsync($"create table {table} (position bigint not null)");
        return table;
    }

    /// <param name="beforeMove">Breaks or waits after writing; else before the transaction takes the checkpoint's row.</param>
    private SubscriptionDefinition WritingInto(
        string table, string name, int batchMax, Func<CancellationToken, Task> afterWriting, bool beforeMove = true) => new()
        {
            Name = name,
            BatchMax = batchMax,
            Effects = beforeMove
            ? SubscriptionEffects.InDatabase(_database.Source, _checkpoints, async (events, transaction, cancel) =>
            {
                await WriteAsync(table, events, transaction.Connection!, cancel);
                await afterWriting(cancel);
            })
            : SubscriptionEffects.Outside(_checkpoints, async (events, cancel) =>
            {
                await afterWriting(cancel);

                // As a stalled worker would: its batch, and the checkpoint from where it was when it stalled.
                await using var connection = await _database.Source.OpenConnectionAsync(CancellationToken.None);
                await using var transaction = await connection.BeginTransactionAsync(CancellationToken.None);
                await WriteAsync(table, events, connection, CancellationToken.None);
                if (await _checkpoints.MoveAsync(connection, name, 1, events[0].Position - 1, events[^1].Position, CancellationToken.None))
                {
                    await transaction.CommitAsync(CancellationToken.None);
                }
            }),
        };

    private static async Task WriteAsync(
        string table, IReadOnlyList<StoredEvent> events, NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var insert = new NpgsqlCommand($"insert into {table} select * from unnest($1)", connection);
        insert.Parameters.AddWithValue(events.Select(e => e.Position).ToArray());
        await insert.ExecuteNonQueryAsync(cancel);
    }

    private async Task AssertHandledOnceAsync(string table) => Assert.Equal(
        Enumerable.Range(1, (int)await LastPositionAsync()).Select(i => (long)i),
        await _database.QueryAsync<long>($"select position from {table} order by position"));

    // The store would ask over a connection that may be dead.
    private async Task<long> LastPositionAsync() => Assert.Single(await _database.QueryAsync<long>("select position from log_head"));
}
