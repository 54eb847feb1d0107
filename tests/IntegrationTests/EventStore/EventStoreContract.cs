using Payments.EventStore.Contract;

namespace IntegrationTests.EventStore;

/// <summary>What every event store must do. Each store runs all of it; other tests may have used the same log before.</summary>
public abstract partial class EventStoreContract : IAnsweredCommands
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    protected abstract IEventStore Store { get; }

    private protected SettableClock Clock { get; } = new(new DateTimeOffset(2026, 1, 15, 12, 0, 0, TimeSpan.Zero));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Those of the given names that the inline projection has.</summary>
    protected abstract Task<IReadOnlyList<string>> StoredNamesAsync(IReadOnlyList<string> among);

    /// <summary>A command is answered once the inline projection has its act's name.</summary>
    public async Task<IReadOnlyList<CommandKey>> FindAsync(IReadOnlyCollection<CommandKey> commands, CancellationToken cancel)
    {
        var names = await StoredNamesAsync([.. commands.Select(c => c.Act)]);
        return [.. commands.Where(c => names.Contains(c.Act))];
    }

    private Task<AppendResult> AppendAsync(AppendUnit unit) => Store.AppendAsync(unit, Cancel);

    private async Task<AppendResult.Appended> StoredAsync(AppendUnit unit) => Assert.IsType<AppendResult.Appended>(await AppendAsync(unit));

    private Task<AppendResult[]> AppendAllAtOnceAsync(IEnumerable<AppendUnit> units) =>
        Task.WhenAll(units.Select(unit => Task.Run(() => AppendAsync(unit))));

    private async Task<StreamId> StreamAtAsync(long version)
    {
        var stream = Sample.Stream();
        if (version > 0)
        {
            await StoredAsync(Sample.Unit(stream, ExpectedVersion.None, (int)version));
        }

        return stream;
    }

    private async Task<IReadOnlyList<StoredEvent>> LogAfterAsync(long position) =>
        await Store.ReadAllAsync(position, int.MaxValue, EventFilter.None, Cancel);

    internal static void AssertGapless(long after, IEnumerable<StoredEvent> events)
    {
        foreach (var e in events)
        {
            Assert.Equal(++after, e.Position);
        }
    }

    private static string NewKey() => Guid.NewGuid().ToString("N");
}
