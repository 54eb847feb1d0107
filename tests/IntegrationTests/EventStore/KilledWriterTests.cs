using System.Diagnostics;
using System.Globalization;
using IntegrationTests.Standalone;
using Payments.EventStore.Contract;
using UnitTests.Randomness;

namespace IntegrationTests.EventStore;

/// <summary>A process that appends is killed without warning, fifty times: what it was told is true, and nothing is half done.</summary>
public sealed class KilledWriterTests(EventStoreDatabase database) : IClassFixture<EventStoreDatabase>
{
    private const int Kills = 50;

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
        Assert.All(
            log.GroupBy(e => e.Stream),
            s => Assert.Equal(Enumerable.Range(1, s.Count()).Select(v => (long)v), s.Select(e => e.StreamVersion)));
        foreach (var unit in log.GroupBy(e => e.Metadata.CorrelationId))
        {
            Assert.Equal(unit.First().Metadata.Actor, unit.Count().ToString(CultureInfo.InvariantCulture));
            Assert.Equal(unit.First().Position + unit.Count() - 1, unit.Last().Position);
        }

        var at = log.ToDictionary(e => e.Position, e => e.EventId);
        var acknowledged = Directory.EnumerateFiles(folder).SelectMany(WholeLines).ToList();
        Assert.True(acknowledged.Count > Kills * WriterToKill.Writers, $"Only {acknowledged.Count} appends.");
        Assert.All(acknowledged, a => Assert.Equal(a.EventId, at[a.Position]));

        await tail.UntilAsync(log[^1].Position, Deadline);
        EventStoreContract.AssertSame(log, tail.Events);
        Directory.Delete(folder, recursive: true);
    }

    private Process Start(string folder, int number) => ExplicitTest.Start(
        typeof(WriterToKill),
        nameof(WriterToKill.Writes_until_it_is_killed),
        new Dictionary<string, string>
        {
            [WriterToKill.ConnectionVariable] = database.ConnectionString,
            [WriterToKill.FileVariable] = FileOf(folder, number),
        });

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
