using Microsoft.Extensions.Logging;
using Payments.EventStore.Aggregates;
using Payments.EventStore.Contract;
using Payments.EventStore.Memory;

namespace UnitTests.EventStore;

public sealed class SnapshotTakerTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_snapshot_that_cannot_be_taken_is_logged_and_the_next_ones_are_taken()
    {
        var log = new FailureLog();
        var store = new MemoryEventStore("numbers", TimeProvider.System);
        var format = new SnapshotFormat<string>(
            1, state => state == "bad" ? throw new InvalidOperationException("Planted.") : "{}"u8.ToArray(), _ => "", Every: 1);
        var taker = new SnapshotTaker<string>(store, format, log);
        var good = new StreamId("numbers", "2");

        taker.Offer(new StreamId("numbers", "1"), 0, new("bad", 1));
        await log.FailureAsync().WaitAsync(Deadline, TestContext.Current.CancellationToken);
        taker.Offer(good, 0, new("good", 1));

        var until = DateTimeOffset.UtcNow + Deadline;
        while (await store.FindSnapshotAsync(good, 1, TestContext.Current.CancellationToken) is null)
        {
            Assert.True(DateTimeOffset.UtcNow < until, "No snapshot was taken after the one that failed.");
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    private sealed class FailureLog : ILogger
    {
        private readonly TaskCompletionSource _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task FailureAsync() => _failed.Task;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (exception is InvalidOperationException)
            {
                _failed.TrySetResult();
            }
        }
    }
}
