using IntegrationTests.EventStore;
using Payments.EventStore.Contract;
using Payments.EventStore.Sealing;
using Payments.EventStore.Sealing.Verifying;

namespace IntegrationTests.Sealing;

/// <summary>
/// A fresh database with a random log of several streams, sealed in intervals of random sizes. All it does goes over connections that no
/// test kills.
/// </summary>
internal sealed class SealedLog : IAsyncDisposable
{
    private readonly Random _random;
    private readonly List<StreamId> _streams;

    private SealedLog(EventStoreDatabase database, Random random)
    {
        Database = database;
        _random = random;
        _streams = [.. Enumerable.Range(0, 12).Select(_ => Sample.Stream(random.Next(2) == 0 ? "wallet" : "payment"))];
    }

    public EventStoreDatabase Database { get; }

    /// <summary>As they were appended, in order of position.</summary>
    public IReadOnlyList<StoredEvent> Events { get; private set; } = [];

    public long Last => Events.Count;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<SealedLog> CreateAsync(PostgresFixture postgres, Random random)
    {
        var database = new EventStoreDatabase(postgres);
        await database.InitializeAsync();
        var log = new SealedLog(database, random);
        while (log.Last < 300)
        {
            await log.AppendAsync(random.Next(1, 80));
            await log.SealAsync(random.Next(10, 60));
        }

        return log;
    }

    /// <summary>At least so many more events, in units of one to a few streams.</summary>
    public async Task AppendAsync(int count)
    {
        await using var store = Database.OpenSparedStore();
        for (var appended = 0; appended < count;)
        {
            var unit = Sample.Unit([.. _random.GetItems(_streams.ToArray(), _random.Next(1, 4)).Distinct()
                .Select(stream => Sample.Append(stream, ExpectedVersion.Any, _random.Next(1, 4)))]);
            await store.AppendAsync(unit, Cancel);
            appended += unit.Streams.Sum(s => s.Events.Count);
        }

        Events = await store.ReadAllAsync(0, int.MaxValue, EventFilter.None, Cancel);
    }

    /// <summary>Seals all there is, as a sealer that was just started does.</summary>
    public async Task SealAsync(int eventsMax = 50, int streamsRemembered = 3)
    {
        await using var connection = await Database.Spared.OpenConnectionAsync(Cancel);
        var limits = SealLimits.Standard with { EventsMax = eventsMax, StreamsRemembered = streamsRemembered };
        var run = await SealingRun.OpenAsync(connection, limits, TimeProvider.System, Cancel);
        while (await run.SealNextAsync(Cancel) is not null)
        {
        }
    }

    public async Task<VerifyReport> VerifyAsync(params IReadOnlyList<SealMark> noted) =>
        await new LogVerifier(Database.Spared).VerifyAsync(noted, Cancel);

    public async Task<IReadOnlyList<Seal>> SealsAsync()
    {
        await using var connection = await Database.Spared.OpenConnectionAsync(Cancel);
        return await SealTable.AfterAsync(connection, 0, int.MaxValue, Cancel);
    }

    /// <summary>A random sealed event with one before and one after it in its stream, and with its neighbours in its interval.</summary>
    public async Task<StoredEvent> InnerEventAsync(Func<StoredEvent, bool>? also = null)
    {
        var seals = await SealsAsync();
        var lengths = Events.GroupBy(e => e.Stream).ToDictionary(g => g.Key, g => g.Count());
        return _random.GetItems(
            Events.Where(e => e.StreamVersion > 1 && e.StreamVersion < lengths[e.Stream]
                && seals.Any(s => s.FirstPosition < e.Position && s.LastPosition > e.Position)
                && (also is null || also(e))).ToArray(), 1)[0];
    }

    public ValueTask DisposeAsync() => Database.DisposeAsync();
}
