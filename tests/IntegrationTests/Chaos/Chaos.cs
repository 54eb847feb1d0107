using System.Diagnostics;
using IntegrationTests.Standalone;

namespace IntegrationTests.Chaos;

/// <summary>Lets faults happen to a deployment under load, one after the other, in an order and to instances that a seed decides.</summary>
internal sealed class Chaos(Deployment deployment, Load load, Action<string> tell)
{
    /// <summary>Payments that must end after one fault before the next: none may keep the platform from working.</summary>
    private const int EndedBetween = 40;

    private static readonly TimeSpan EndedWithin = TimeSpan.FromSeconds(60);

    // Longer than the broker waits for a member that is silent, so that its partitions have passed on to others.
    private static readonly TimeSpan Stall = Deployment.SessionTimeout + TimeSpan.FromSeconds(2);

    /// <summary>One fault. An instance is named by a number, since all of them are equal.</summary>
    internal sealed record Step(Fault Fault, int Victim);

    /// <summary>Each of the faults once, in some order, to some instance.</summary>
    public static IReadOnlyList<Step> Draw(Random random, params Fault[] faults)
    {
        var order = faults.ToArray();
        random.Shuffle(order);
        return [.. order.Select(fault => new Step(fault, random.Next()))];
    }

    /// <param name="running">The load, which must still be there when the last fault is over.</param>
    public async Task RunAsync(IReadOnlyList<Step> steps, Task running)
    {
        await GoOnAsync(running);
        foreach (var step in steps)
        {
            var victim = deployment.Doubled[step.Victim % deployment.Doubled.Count];
            var (began, endedBefore) = (Stopwatch.GetTimestamp(), load.Ended);
            await ApplyAsync(step.Fault, victim);
            var applied = Stopwatch.GetElapsedTime(began);
            deployment.AssertAllAlive();
            await GoOnAsync(running);
            tell($"{step.Fault} ({victim.Name}): {applied.TotalSeconds:F1} s, "
                + $"work went on after {Stopwatch.GetElapsedTime(began).TotalSeconds:F1} s, "
                + $"{load.Ended - endedBefore} payments ended meanwhile");
        }
    }

    private async Task GoOnAsync(Task running)
    {
        var enough = load.Ended + EndedBetween;
        await Wait.UntilAsync(() => load.Ended >= enough || running.IsCompleted, EndedWithin);
        if (running.IsCompleted)
        {
            await running;
            Assert.Fail("The payments were over before the faults.");
        }
    }

    private async Task ApplyAsync(Fault fault, Instance victim)
    {
        switch (fault)
        {
            case Fault.Kill:
                await victim.KillAndRestartAsync();
                break;
            case Fault.KillAll:
                await Task.WhenAll(deployment.Doubled.Where(i => i.Kind == victim.Kind).Select(i => i.KillAndRestartAsync()));
                break;
            case Fault.Stall or Fault.StallAndCut or Fault.StallOverLoss:
                await StallAsync(victim, fault);
                break;
            case Fault.LoseBroker:
                await deployment.LoseBrokerAsync();
                break;
            case Fault.RestartPostgres:
                await deployment.RestartPostgresAsync();
                break;
            case Fault.CrashPostgres:
                await deployment.CrashPostgresAsync();
                break;
            case Fault.CutDatabase:
                Assert.NotEqual(0, await deployment.CutDatabaseAsync(victim));
                break;
            case Fault.CutBroker:
                deployment.Link.Cut();
                break;
            case Fault.Rebalance:
                await RebalanceAsync(victim);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(fault), fault, null);
        }
    }

    private async Task RebalanceAsync(Instance victim)
    {
        var began = Stopwatch.GetTimestamp();
        var added = await deployment.AddAsync(victim.Kind);
        var addedAfter = Stopwatch.GetElapsedTime(began);
        await victim.EndAsync();
        var endedAfter = Stopwatch.GetElapsedTime(began);
        await victim.RestartAsync();
        await deployment.RemoveAsync(added);
        tell($"{added.Name} came after {addedAfter.TotalSeconds:F1} s, {victim.Name} ended after {endedAfter.TotalSeconds:F1} s");
    }

    // The time is the fault itself: nothing is waited for.
    private async Task StallAsync(Instance victim, Fault fault)
    {
        await victim.Process.StopAsync();
        if (fault is Fault.StallAndCut or Fault.StallOverLoss)
        {
            Assert.NotEqual(0, await deployment.CutDatabaseAsync(victim));
        }

        if (fault is Fault.StallOverLoss)
        {
            await deployment.LoseBrokerAsync();
        }

        await Task.Delay(Stall, TestContext.Current.CancellationToken);
        await victim.Process.ContinueAsync();
        await victim.BecomeHealthyAsync();
    }
}
