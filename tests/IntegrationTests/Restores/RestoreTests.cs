using System.Net;
using System.Text.Json;
using IntegrationTests.Standalone;
using IntegrationTests.WholeSystem;
using Npgsql;
using Payments.Broker;
using Payments.Contracts.Payments;
using Payments.Messaging.Topics;
using UnitTests.Randomness;

namespace IntegrationTests.Restores;

/// <summary>
/// Databases are put back to a base backup that was taken under load, all of them or one alone, and the topics are kept or lost. Nothing of
/// the lost timeline is carried out, nothing new is taken for a duplicate, nothing hangs, and the money is exact.
/// </summary>
[Collection(WholeSystemTests.Name)]
public sealed class RestoreTests
{
    private const int Wallets = 10;
    private const long MoneyEach = 1_000_000; // So that whatever is carried out anew, in whatever order, is covered.
    private const int Before = 40;
    private const int After = 60;
    private const int OnTheWay = 20;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(120);

    private readonly Random _random = Seed.NewRandom();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task All_databases_are_put_back(bool topicsAreKept)
    {
        await using var run = await RestoredRun.RunAsync(_random, ["payments", "wallets", "sagas", "processor"], topicsAreKept);

        await run.PayAsync(After);
        await run.EndedAsync();
        await MoneyAudit.AssertAsync(run.Audit, Wallets * MoneyEach);
        await ProjectionCheck.AssertAsync(run.Audit);
        Assert.Equal(topicsAreKept ? ["of_lost_timeline"] : [], await run.DeadLettersAsync());
        Assert.Equal(topicsAreKept, await run.RestoresSeenAsync() > 0);
    }

    [Theory]
    [InlineData("wallets", true)]
    [InlineData("wallets", false)]
    [InlineData("sagas", true)]
    [InlineData("sagas", false)]
    public async Task One_database_is_put_back_and_heals_from_the_others(string log, bool topicsAreKept)
    {
        await using var run = await RestoredRun.RunAsync(_random, [log], topicsAreKept);

        await run.PayAsync(After);
        await run.EndedAsync();
        await MoneyAudit.AssertAsync(run.Audit, Wallets * MoneyEach);
        await ProjectionCheck.AssertAsync(run.Audit);
        Assert.Equal([], (await run.DeadLettersAsync()).Except(["of_lost_timeline"]));
        Assert.NotEqual(0, await run.RestoresSeenAsync());
    }

    /// <summary>
    /// Payments that it has forgotten were carried out. Each of them is a dead letter, and what is asked for now goes on.
    /// </summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_payments_alone_are_put_back(bool topicsAreKept)
    {
        await using var run = await RestoredRun.RunAsync(_random, ["payments"], topicsAreKept);

        await run.PayAsync(After);
        await run.EndedAsync();
        Assert.Equal(
            0, await run.Audit.Wallets.ScalarAsync<decimal>(
                "select coalesce(sum(balance), 0) from (select balance from wallets union all select balance from account_balances) a"));
        Assert.Equal(0, await run.Audit.Wallets.ScalarAsync<decimal>("select coalesce(sum(held), 0) from wallets"));
        Assert.Contains("payment_not_found", await run.DeadLettersAsync());
        Assert.NotEqual(0, await run.RestoresSeenAsync());
    }

    /// <summary>One platform before and after a restore.</summary>
    private sealed class RestoredRun : IAsyncDisposable
    {
        private readonly Random _random;
        private readonly RestorableServer _restored;
        private readonly RestorableServer _kept;
        private readonly Databases _databases;
        private EmbeddedBroker _broker = EmbeddedBroker.Start(PlatformTopics.All);
        private Platform? _platform;
        private Api? _api;
        private Guid[] _wallets = [];

        private RestoredRun(Random random, RestorableServer restored, RestorableServer kept, Databases databases)
        {
            (_random, _restored, _kept, _databases) = (random, restored, kept, databases);
            Audit = new Audit(databases);
        }

        public Audit Audit { get; private set; }

        public static async Task<RestoredRun> RunAsync(Random random, string[] logs, bool topicsAreKept)
        {
            var (restored, kept) = (await RestorableServer.StartAsync(), await RestorableServer.StartAsync());
            Task<string> On(string name) => (logs.Contains(name) ? restored : kept).CreateDatabaseAsync(name);
            var run = new RestoredRun(
                random, restored, kept, new Databases(await On("payments"), await On("wallets"), await On("sagas"), await On("processor")));
            try
            {
                await run.GoBackAsync(topicsAreKept);
                return run;
            }
            catch
            {
                await run.DisposeAsync();
                throw;
            }
        }

        /// <summary>Payments that all complete.</summary>
        public async Task PayAsync(int count) => await Parallel.ForEachAsync(
            Enumerable.Range(0, count),
            new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Cancel },
            async (_, _) =>
            {
                var payment = await RequestAsync();
                var end = await Crowd.UntilAnsweredAsync<PaymentView>(
                    () => _api!.Http.GetAsync($"/api/payments/{payment}?wait=5s", Cancel),
                    HttpStatusCode.OK,
                    view => view.Status != "pending");
                Assert.Equal("completed", end.Status);
            });

        /// <summary>Waits until nothing is on its way any more, in none of the databases.</summary>
        public async Task EndedAsync()
        {
            await UntilNoneAsync(Audit.Payments, "select count(*) from payments where status = 'pending'");
            await UntilNoneAsync(Audit.Sagas, "select count(*) from sagas where phase not in ('completed', 'failed')");
            await UntilNoneAsync(
                Audit.Sagas,
                "select count(*) from relay_partitions p join relay_acknowledgements a using (topic, partition) " +
                "where a.position < p.position");
        }

        public async Task<IReadOnlyList<string>> DeadLettersAsync() => await InAllAsync(
            "select distinct error_type from parked_messages where status in ('dead', 'parked')");

        public async Task<int> RestoresSeenAsync() => (await InAllAsync("select log from log_restores")).Count;

        public async ValueTask DisposeAsync()
        {
            await StopAsync();
            await Audit.DisposeAsync();
            _broker.Dispose();
            await _restored.DisposeAsync();
            await _kept.DisposeAsync();
        }

        private async Task GoBackAsync(bool topicsAreKept)
        {
            await StartAsync();
            _wallets = await Task.WhenAll(Enumerable.Range(0, Wallets).Select(_ => _api!.OpenWalletWithAsync(MoneyEach)));
            var paying = PayAsync(Before + After);
            await Wait.UntilAsync(() => paying.IsCompleted || _paid >= Before, Deadline);
            await _restored.BackUpAsync();
            await paying;
            await PayAsync(After); // Without doubt after the backup.

            // Commands that nobody has read yet when it all goes back.
            await SqlAsync(
                _databases.Wallets, $"insert into consumer_pauses values ('{ConsumerNames.Wallet}', 'test', now(), 'restore')");
            await Task.Delay(TimeSpan.FromSeconds(3), Cancel);
            for (var i = 0; i < OnTheWay; i++)
            {
                await RequestAsync();
            }

            await UntilNoneAsync(Audit.Payments, "select count(*) from relay_checkpoint where position < (select position from log_head)");
            await UntilNoneAsync(Audit.Sagas, $"select {OnTheWay} - count(*) from sagas where phase = 'holding'");
            await UntilNoneAsync(Audit.Sagas, "select count(*) from relay_checkpoint where position < (select position from log_head)");
            await StopAsync();
            await Audit.DisposeAsync();
            NpgsqlConnection.ClearAllPools();
            await _restored.RestoreAsync();
            Audit = new Audit(_databases);
            await SqlAsync(_databases.Wallets, "delete from consumer_pauses");
            if (!topicsAreKept)
            {
                _broker.Dispose();
                _broker = EmbeddedBroker.Start(PlatformTopics.All);
            }

            await StartAsync();
        }

        private int _paid;

        private async Task<Guid> RequestAsync()
        {
            int payer, payee, amount;
            lock (_random)
            {
                payer = _random.Next(Wallets);
                payee = (payer + _random.Next(1, Wallets)) % Wallets;
                amount = _random.Next(1, 500);
            }

            var (body, key) = (JsonSerializer.Serialize(Api.Payment(_wallets[payer], _wallets[payee], amount)), Api.Fresh("restore"));
            var accepted = await Crowd.UntilAnsweredAsync<AcceptedPayment>(
                () => _api!.PostAsync("/api/payments", body, key), HttpStatusCode.Accepted, _ => true);
            Interlocked.Increment(ref _paid);
            return accepted.PaymentId;
        }

        private async Task StartAsync()
        {
            _platform = await Platform.StartAsync(_databases, _broker);
            _api = new Api(_platform.Gateway);
        }

        private async Task StopAsync()
        {
            _api?.Dispose();
            if (_platform is not null)
            {
                await _platform.DisposeAsync();
            }

            (_api, _platform) = (null, null);
        }

        private async Task<IReadOnlyList<string>> InAllAsync(string sql) =>
            [.. (await Task.WhenAll(new[] { Audit.Payments, Audit.Wallets, Audit.Sagas }.Select(l => l.ColumnAsync<string>(sql))))
                .SelectMany(found => found).Distinct()];

        private static async Task UntilNoneAsync(Audit.Log log, string count)
        {
            var until = DateTimeOffset.UtcNow + Deadline;
            while (await log.ScalarAsync<long>(count) is > 0 and var left)
            {
                Assert.True(DateTimeOffset.UtcNow < until, $"After {Deadline.TotalSeconds} s there are still {left}: {count}");
                await Task.Delay(100, Cancel);
            }
        }

        private static async Task SqlAsync(string database, string sql)
        {
            await using var source = NpgsqlDataSource.Create(database);
            await using var command = source.CreateCommand(sql);
            await command.ExecuteNonQueryAsync(Cancel);
        }
    }
}
