using System.Diagnostics;
using System.Globalization;
using IntegrationTests.Standalone;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Payments.EventStore;
using Payments.EventStore.Postgres;
using UnitTests.Randomness;

namespace IntegrationTests.EventStore;

/// <summary>A process that appends is killed without warning, fifty times: what it was told is true, and nothing is half done.</summary>
public sealed class KilledWriterTests(EventStoreDatabase database) : IClassFixture<EventStoreDatabase>
{
    private const int Kills = 50;
    private const int Writers = 8;
    private const string ConnectionVariable = "TEST_WRITER_CONNECTION";
    private const string FileVariable = "TEST_WRITER_ACKNOWLEDGED";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_acknowledged_append_is_there_none_is_half_there_and_the_log_has_no_gap()
    {
        var random = Seed.NewRandom();
        var folder = Directory.CreateTempSubdirectory("payments-killed-writers-").FullName;
        await using var store = database.OpenStore();
        await using var tail = new TailReader(store, 0, batchMax: 500);
        var next = Start(folder, 0);
        for (var kill = 0; kill < Kills; kill++)
        {
            using var writer = next;
            await Wait.UntilAsync(() => new FileInfo(FileOf(folder, kill)) is { Exists: true, Length: > 0 } || writer.HasExited, Deadline);
            Assert.False(writer.HasExited, "The writer ended by itself.");
            next = Start(folder, Math.Min(kill + 1, Kills)); // Comes up, and starts to write, while this one goes on.
            await Task.Delay(random.Next(0, 150), Cancel);
            writer.Kill();
            await writer.WaitForExitAsync(Cancel);
        }

        next.Kill();
        await next.WaitForExitAsync(Cancel);
        next.Dispose();
        await Wait.UntilAsync(() => Backends().GetAwaiter().GetResult() == 0, Deadline); // What was under way ends, one way or the other.

        var log = await store.ReadAllAsync(0, int.MaxValue, EventFilter.None, Cancel);
        EventStoreContract.AssertGapless(0, log);
        Assert.Equal(log.Count, await store.LastPositionAsync(Cancel));
        Assert.All(log.GroupBy(e => e.Stream), s => Assert.Equal(Enumerable.Range(1, s.Count()).Select(v => (long)v), s.Select(e => e.StreamVersion)));
        foreach (var unit in log.GroupBy(e => e.Metadata.CorrelationId))
        {
            Assert.Equal(unit.First().Metadata.Actor, unit.Count().ToString(CultureInfo.InvariantCulture));
            Assert.Equal(unit.First().Position + unit.Count() - 1, unit.Last().Position);
        }

        var at = log.ToDictionary(e => e.Position, e => e.EventId);
        var acknowledged = Directory.EnumerateFiles(folder).SelectMany(WholeLines).ToList();
        Assert.True(acknowledged.Count > Kills * Writers, $"Only {acknowledged.Count} appends.");
        Assert.All(acknowledged, a => Assert.Equal(a.EventId, at[a.Position]));

        await tail.UntilAsync(log[^1].Position, Deadline);
        EventStoreContract.AssertSame(log, tail.Events);
        Directory.Delete(folder, recursive: true);
    }

    [Fact(Explicit = true)]
    public async Task Writes_until_it_is_killed()
    {
        await using var source = NpgsqlDataSource.Create(ExplicitTest.Given(ConnectionVariable));
        await using var store = new PostgresEventStore("test", source, TimeProvider.System, NullLogger<PostgresEventStore>.Instance);
        await using var file = new FileStream(ExplicitTest.Given(FileVariable), FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);
        var writing = new Lock();
        var stop = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
        {
            var random = new Random(writer);
            var mine = (Stream: Sample.Stream(), Version: 0L);
            while (stop.Elapsed < Deadline)
            {
                var (events, others) = (random.Next(1, 4), random.Next(0, 3));
                var unit = Unit([(mine.Stream, ExpectedVersion.Exactly(mine.Version), events), (Sample.Stream(), ExpectedVersion.Any, others)]);
                var stored = Assert.IsType<AppendResult.Appended>(await store.AppendAsync(unit, CancellationToken.None));
                mine.Version += events;
                lock (writing)
                {
                    // In the system's hands once written: a kill does not take it back.
                    file.Write(System.Text.Encoding.ASCII.GetBytes($"{stored.FirstPosition} {unit.Streams[0].Events[0].EventId}\n"));
                }
            }
        })));
    }

    // Every event says how many there are in its unit.
    private static AppendUnit Unit(IReadOnlyList<(StreamId Stream, ExpectedVersion Expected, int Count)> appends)
    {
        var metadata = new EventMetadata(
            Guid.CreateVersion7(), null, appends.Sum(a => a.Count).ToString(CultureInfo.InvariantCulture), null, null);
        return Sample.Unit([.. appends.Select(a => new StreamAppend(
            a.Stream, a.Expected, [.. Sample.Events(a.Count).Select(e => e with { Metadata = metadata })]))]);
    }

    private Process Start(string folder, int number) => ExplicitTest.Start(
        typeof(KilledWriterTests),
        nameof(Writes_until_it_is_killed),
        new Dictionary<string, string> { [ConnectionVariable] = database.ConnectionString, [FileVariable] = FileOf(folder, number) });

    private async Task<long> Backends() => (await database.QueryAsync<long>(
        "select count(*) from pg_stat_activity where datname = current_database() and application_name = 'writer'"))[0];

    private static string FileOf(string folder, int number) => Path.Combine(folder, $"{number:00}");

    // A kill may cut the last line.
    private static IEnumerable<(long Position, Guid EventId)> WholeLines(string file)
    {
        var text = File.ReadAllText(file);
        return text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line =>
        {
            var parts = line.Split(' ');
            return (long.Parse(parts[0], CultureInfo.InvariantCulture), Guid.Parse(parts[1]));
        });
    }
}
