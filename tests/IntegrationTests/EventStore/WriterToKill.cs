using System.Diagnostics;
using System.Globalization;
using IntegrationTests.Standalone;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Payments.EventStore.Contract;
using Payments.EventStore.Postgres;

namespace IntegrationTests.EventStore;

/// <summary>
/// What <see cref="KilledWriterTests"/> starts and kills. A class of its own, without a fixture: a fixture would make a server for each.
/// </summary>
public sealed class WriterToKill
{
    public const int Writers = 8;
    public const string ConnectionVariable = "TEST_WRITER_CONNECTION";
    public const string FileVariable = "TEST_WRITER_ACKNOWLEDGED";

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    [Fact(Explicit = true)]
    public async Task Writes_until_it_is_killed()
    {
        await using var source = NpgsqlDataSource.Create(ExplicitTest.Given(ConnectionVariable));
        await using var store = new PostgresEventStore("test", source, TimeProvider.System, NullLogger<PostgresEventStore>.Instance);
        await using var file = new FileStream(
            ExplicitTest.Given(FileVariable), FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);
        var writing = new Lock();
        var stop = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
        {
            var random = new Random(writer);
            var mine = (Stream: Sample.Stream(), Version: 0L);
            while (stop.Elapsed < Longest)
            {
                var (events, others) = (random.Next(1, 4), random.Next(0, 3));
                var unit = Unit(
                    [(mine.Stream, ExpectedVersion.Exactly(mine.Version), events), (Sample.Stream(), ExpectedVersion.Any, others)]);
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
}
