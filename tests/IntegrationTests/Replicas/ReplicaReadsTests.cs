using IntegrationTests.EventStore;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Payments.EventStore.Contract;
using Payments.EventStore.Postgres;

namespace IntegrationTests.Replicas;

/// <summary>Reads on a standby, as fresh as they are asked to be.</summary>
public sealed class ReplicaReadsTests(StreamingPair pair) : IClassFixture<StreamingPair>
{
    private readonly ReplicaReads _reads = new(pair.Log, TimeProvider.System, NullLogger<ReplicaReads>.Instance);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Appends_and_deciding_reads_go_to_the_primary_and_the_others_to_the_standby()
    {
        await using var store = pair.OpenStore();
        var appended = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => store.AppendAsync(Sample.Unit(), Cancel)));
        Assert.All(appended, r => Assert.IsType<AppendResult.Appended>(r));
        var last = await store.LastPositionAsync(Cancel);

        Assert.All(await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _reads.ReadAsync(last, IsStandbyAsync, Cancel))), Assert.True);

        await using var primary = await pair.Log.Primary.OpenConnectionAsync(Cancel);
        Assert.False(await IsStandbyAsync(primary, Cancel));
        await using var direct = await pair.Log.RequireDirect("A test").OpenConnectionAsync(Cancel);
        Assert.False(await IsStandbyAsync(direct, Cancel));
        EventStoreContract.AssertSame(
            await store.ReadAllAsync(0, 1_000, EventFilter.None, Cancel),
            await _reads.ReadAllAsync(last, 0, 1_000, EventFilter.None, Cancel));
    }

    [Fact]
    public async Task A_standby_that_lags_gives_old_answers_but_never_to_one_who_asks_for_his_own_write()
    {
        await using var store = pair.OpenStore();
        var before = await store.LastPositionAsync(Cancel);
        await pair.CaughtUpAsync();
        await StreamingPair.QueryAsync<object>(pair.Standby, "select pg_wal_replay_pause()");
        try
        {
            var position = Assert.IsType<AppendResult.Appended>(await store.AppendAsync(Sample.Unit(), Cancel)).LastPosition;

            Assert.Empty(await _reads.ReadAllAsync(0, before, 10, EventFilter.None, Cancel));
            Assert.True(await _reads.ReadAsync(before, IsStandbyAsync, Cancel));
            Assert.Equal([position], (await _reads.ReadAllAsync(position, before, 10, EventFilter.None, Cancel)).Select(e => e.Position));
            Assert.False(await _reads.ReadAsync(position, IsStandbyAsync, Cancel));

            // A clock that stands still: this reader waits for the standby as long as it takes.
            var patient = new ReplicaReads(pair.Log, new StandingClock(), NullLogger<ReplicaReads>.Instance);
            var waiting = patient.ReadAsync(position, IsStandbyAsync, Cancel);
            await StreamingPair.QueryAsync<object>(pair.Standby, "select pg_wal_replay_resume()");
            Assert.True(await waiting);
        }
        finally
        {
            await StreamingPair.QueryAsync<object>(pair.Standby, "select pg_wal_replay_resume()");
        }
    }

    [Fact]
    public async Task A_position_that_nobody_has_is_trouble_and_no_answer()
    {
        await using var store = pair.OpenStore();
        var beyond = await store.LastPositionAsync(Cancel) + 1_000;

        await Assert.ThrowsAsync<StoreUnavailableException>(() => _reads.ReadAllAsync(beyond, 0, 10, EventFilter.None, Cancel));
    }

    [Fact]
    public async Task A_query_that_is_wrong_fails_and_one_that_writes_cannot_do_so_on_a_standby()
    {
        var wrong = await Assert.ThrowsAsync<PostgresException>(() => _reads.ReadAsync(0, Run("select nonsense"), Cancel));
        Assert.Equal(PostgresErrorCodes.UndefinedColumn, wrong.SqlState);

        await using var standby = await pair.Log.Replicas.OpenConnectionAsync(Cancel);
        var refused = await Assert.ThrowsAsync<PostgresException>(() => Run("update log_head set position = 0")(standby, Cancel));
        Assert.Equal(PostgresErrorCodes.ReadOnlySqlTransaction, refused.SqlState);
    }

    private static async Task<bool> IsStandbyAsync(NpgsqlConnection connection, CancellationToken cancel) =>
        (bool)(await Run("select pg_is_in_recovery()")(connection, cancel))!;

    private static Func<NpgsqlConnection, CancellationToken, Task<object?>> Run(string sql) => async (connection, cancel) =>
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(cancel);
    };

    private sealed class StandingClock : TimeProvider
    {
        public override long GetTimestamp() => 0;
    }
}
