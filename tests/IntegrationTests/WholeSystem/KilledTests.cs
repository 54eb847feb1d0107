using IntegrationTests.Standalone;
using Npgsql;
using Payments.Standalone;
using Payments.Standalone.Postgres;
using UnitTests.Randomness;

namespace IntegrationTests.WholeSystem;

/// <summary>The real thing, one process with its own PostgreSQL, killed in the middle of its work.</summary>
[Collection(WholeSystemTests.Name)]
public sealed class KilledTests : IDisposable
{
    private const int Payments = 1_000;
    private const int Wallets = 50;
    private const int Kills = 3;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), $"killed-{Guid.NewGuid():N}")).FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_thousand_payments_survive_three_kills_on_the_way_and_no_cent_is_lost_or_doubled()
    {
        var ports = FreePorts.Find(2);
        using var api = new Api(new Uri($"http://127.0.0.1:{ports[0]}"));
        var crowd = new Crowd(api);
        var process = await ReadyAsync(ports);
        try
        {
            var paying = crowd.PayAsync(Payments, Wallets, Seed.NewRandom());
            for (var kill = 1; kill <= Kills; kill++)
            {
                var enough = Payments * kill / (Kills + 1);
                await Wait.UntilAsync(() => crowd.Ended >= enough || paying.IsCompleted, Deadline);
                Assert.False(paying.IsCompleted, "The payments were over before the kill.");
                await process.KillAsync();
                await Wait.UntilAsync(() => Processes.Mentioning(_folder).Count == 0, Deadline);
                await process.DisposeAsync();
                process = await ReadyAsync(ports);
            }

            var ends = await paying;
            Assert.Equal(Payments, ends.DistinctBy(p => p.PaymentId).Count());
            Assert.Equal(["completed", "failed"], ends.Select(p => p.Status).Distinct().Order());
            await process.TerminateAsync();
        }
        finally
        {
            await process.DisposeAsync();
        }

        await AuditAsync();
    }

    private async Task<StandaloneProcess> ReadyAsync(IReadOnlyList<int> ports)
    {
        var process = StandaloneProcess.Start(_folder, ports[0], ports[1]);
        await Wait.UntilAsync(() => process.Output.Count > 0, Deadline);
        return process;
    }

    // On the files that were left, with a server of our own.
    private async Task AuditAsync()
    {
        await using var postgres = await PrivatePostgres.StartAsync(PostgresOwner.Small(_folder));
        var databases = new Databases(
            postgres.ConnectionString("payments"),
            postgres.ConnectionString("wallets"),
            postgres.ConnectionString("sagas"),
            postgres.ConnectionString("processor"));
        await using (var audit = new Audit(databases))
        {
            await audit.AssertSoundAsync(Crowd.MoneyOf(Wallets));
        }

        NpgsqlConnection.ClearAllPools();
    }
}
