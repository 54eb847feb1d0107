using Payments.EventStore.Contract;
using Payments.EventStore.Postgres;

namespace UnitTests.EventStore;

public sealed class GroupCommitTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_bug_that_ends_the_loop_is_told_and_nobody_waits_for_ever()
    {
        var (first, answer) = (new TaskCompletionSource(), new TaskCompletionSource());
        var commits = new GroupCommit(async (_, _) =>
        {
            first.TrySetResult();
            await answer.Task;
            return [new AppendResult.Appended(0, 0, default)]; // Of several units the others have no result: a bug.
        });
        var alone = commits.AppendAsync(Unit("a"), Cancel);
        await first.Task.WaitAsync(Deadline, Cancel);
        var waiting = Enumerable.Range(0, 100).Select(i => commits.AppendAsync(Unit($"{i % 50}"), Cancel)).ToList();
        answer.SetResult();

        Assert.IsType<AppendResult.Appended>(await alone.WaitAsync(Deadline, Cancel));
        await Assert.ThrowsAnyAsync<Exception>(() => commits.Fault.WaitAsync(Deadline, Cancel));
        Assert.IsNotType<TimeoutException>(commits.Fault.Exception!.InnerException);
        foreach (var append in waiting)
        {
            var outcome = await append.WaitAsync(Deadline, Cancel).ContinueWith(t => t.Exception?.InnerException, TaskScheduler.Default);
            Assert.True(outcome is null or StoreUnavailableException, $"{outcome}");
        }

        Assert.Contains(waiting, w => w.IsFaulted);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => commits.AppendAsync(Unit("later"), Cancel).WaitAsync(Deadline, Cancel));
        await commits.DisposeAsync();
    }

    private static AppendUnit Unit(params string[] streams) => new()
    {
        Streams = [.. streams.Select(s => new StreamAppend(new StreamId("test", s), ExpectedVersion.Any, []))],
    };
}
