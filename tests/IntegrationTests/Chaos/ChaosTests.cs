using UnitTests.Randomness;

namespace IntegrationTests.Chaos;

/// <summary>
/// Every service as a process, with PostgreSQL and a broker beside them, under load; then one kind of fault after the other. At the end
/// everything is counted. What happens when is drawn from the seed.
/// </summary>
[Collection(Name)]
public sealed class ChaosTests(ChaosStage stage, ITestOutputHelper output)
{
    public const string Name = "Chaos";

    [Fact]
    public Task Services_are_killed_and_start_again() => SurviveAsync(Fault.Kill, Fault.Kill, Fault.KillAll);

    [Fact]
    public Task A_service_that_slept_while_others_took_its_work_over_does_none_of_it_again() =>
        SurviveAsync(Fault.Stall, Fault.StallAndCut, Fault.StallAndCut);

    [Fact]
    public Task The_broker_loses_everything_it_held() =>
        SurviveAsync(Fault.LoseBroker, Fault.LoseBroker, Fault.LoseBroker, Fault.StallOverLoss);

    [Fact]
    public Task The_database_restarts_and_crashes() =>
        SurviveAsync(Fault.RestartPostgres, Fault.CrashPostgres, Fault.RestartPostgres, Fault.CrashPostgres);

    [Fact]
    public Task Connections_are_cut() => SurviveAsync(
        Fault.CutDatabase, Fault.CutDatabase, Fault.CutDatabase, Fault.CutBroker, Fault.CutBroker);

    [Fact]
    public Task Instances_come_and_go() => SurviveAsync(Fault.Rebalance, Fault.Rebalance);

    [Fact]
    public Task All_of_it() => SurviveAsync(
        Fault.KillAll, Fault.StallOverLoss, Fault.LoseBroker, Fault.CrashPostgres, Fault.CutDatabase, Fault.CutBroker, Fault.Rebalance);

    private async Task SurviveAsync(params Fault[] faults)
    {
        var random = Seed.NewRandom();
        var steps = Chaos.Draw(random, faults);
        var (deployment, load) = await stage.ReadyAsync();
        var running = load.RunAsync(random);
        try
        {
            await new Chaos(deployment, load, output.WriteLine).RunAsync(steps, running);
            load.Enough();
            await running;
            await Count.AssertAsync(deployment, load);
            output.WriteLine($"{load.Payments.Count} payments, {load.Refunds.Count} refunds so far");
        }
        catch
        {
            load.Enough();
            foreach (var line in deployment.Lines())
            {
                output.WriteLine(line);
            }

            await stage.ClearAsync();
            throw;
        }
    }
}

/// <summary>One after the other and beside no others: they want all cores, and they end processes and servers.</summary>
[CollectionDefinition(ChaosTests.Name, DisableParallelization = true)]
public sealed class ChaosCollection : ICollectionFixture<ChaosStage>;
