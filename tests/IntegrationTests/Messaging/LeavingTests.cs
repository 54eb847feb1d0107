using Payments.Messaging.Kafka;
using Payments.Messaging.Topics;

namespace IntegrationTests.Messaging;

/// <summary>A member leaves its group whatever it is about to be told.</summary>
public sealed class LeavingTests
{
    private const int Groups = 12;
    private const int Members = 15;

    /// <summary>The broker has answered long since.</summary>
    private static readonly TimeSpan UntilAssigned = TimeSpan.FromMilliseconds(120);

    [Fact]
    public async Task Members_that_were_given_partitions_and_have_not_looked_yet_leave_at_once()
    {
        // Each on a thread of its own: one that hangs cannot be ended. So many, because the moment in which one would is short.
        var groups = Enumerable.Range(0, Groups)
            .Select(_ => Task.Factory.StartNew(ComeAndGo, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))
            .ToList();

        await Task.WhenAny(Task.WhenAll(groups), Task.Delay(BrokerFixture.Deadline, TestContext.Current.CancellationToken));

        Assert.Equal(Groups, groups.Count(group => group.IsCompleted));
        Assert.NotEqual(0, (await Task.WhenAll(groups)).Sum());
    }

    /// <returns>How many members had been given partitions.</returns>
    private static int ComeAndGo()
    {
        using var fixture = new BrokerFixture();
        var given = 0;
        foreach (var number in Enumerable.Range(0, Members))
        {
            using var member = fixture.Clients.ConsumerBuilder($"group-{number}", "member")
                .SetPartitionsAssignedHandler((_, _) => given++)
                .SetPartitionsRevokedHandler((_, _) => { })
                .Build();
            member.Subscribe(PlatformTopics.SagaEvents.Name);
            Thread.Sleep(UntilAssigned);
            member.Leave();
        }

        return given;
    }
}
