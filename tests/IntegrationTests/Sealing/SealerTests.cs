using IntegrationTests.EventStore;
using IntegrationTests.Standalone;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Payments.EventStore.Contract;
using Payments.EventStore.Sealing;
using UnitTests.Randomness;

namespace IntegrationTests.Sealing;

public sealed class SealerTests(PostgresFixture postgres) : IAsyncLifetime
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private static readonly SealLimits Quick = SealLimits.Standard with { EventsMax = 100, Every = TimeSpan.FromMilliseconds(5) };

    private readonly Random _random = Seed.NewRandom();
    private SealedLog _log = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _log = await SealedLog.CreateAsync(postgres, _random);

    public ValueTask DisposeAsync() => _log.DisposeAsync();

    [Fact]
    public async Task What_the_database_sends_for_a_row_is_the_form_of_the_event_that_is_hashed()
    {
        await using (var store = _log.Database.OpenStore())
        {
            var odd = Sample.Event() with
            {
                Data =
                    """{"z": 1.50, "a": 1e3, "ü": "\u0041\n", "a ": [null, true, {}], "big": 123456789012345678901234567890}"""u8.ToArray(),
                Metadata = new EventMetadata(Guid.NewGuid(), null, "", null, null),
            };
            var large = Sample.Event() with { Data = System.Text.Encoding.UTF8.GetBytes($$"""{"text":"{{new string('x', 300_000)}}"}""") };
            await store.AppendAsync(
                Sample.Unit(new StreamAppend(
                    Sample.Stream(), ExpectedVersion.None, [odd, large, odd with { EventId = Guid.NewGuid() }])),
                Cancel);
        }

        await _log.AppendAsync(1);
        await using var connection = await _log.Database.Source.OpenConnectionAsync(Cancel);
        var rows = new List<byte[]>();
        await foreach (var row in LogRows.ReadAsync(connection, 0, long.MaxValue, Cancel))
        {
            rows.Add(row.Bytes.ToArray());
        }

        Assert.Equal(_log.Events.Select(e => CanonicalEvent.Of(e).Bytes.ToArray()), rows);
    }

    [Fact]
    public async Task Seals_cover_the_log_without_a_gap_wherever_sealers_were_started_anew()
    {
        for (var i = 0; i < 5; i++)
        {
            await _log.AppendAsync(_random.Next(1, 60));
            await _log.SealAsync(_random.Next(1, 60), streamsRemembered: _random.Next(1, 30));
        }

        var seals = await _log.SealsAsync();
        Assert.Equal(Enumerable.Range(1, seals.Count).Select(n => (long)n), seals.Select(s => s.Number));
        Assert.Equal(_log.Last, seals.Sum(s => s.LastPosition - s.FirstPosition + 1));
        Assert.Equal(_log.Last, seals[^1].LastPosition);
        Assert.Empty((await _log.VerifyAsync()).Findings);
    }

    [Fact]
    public async Task However_the_log_is_cut_into_intervals_each_event_has_the_same_hash()
    {
        var cut = (await _log.SealsAsync()).SelectMany(s => s.EventHashes).ToArray();
        await _log.Database.ExecuteAsync("delete from seals");
        await _log.SealAsync(eventsMax: 10_000);

        var whole = Assert.Single(await _log.SealsAsync());
        Assert.Equal(cut, whole.EventHashes);
    }

    [Fact]
    public async Task Nothing_is_sealed_past_a_hole_in_the_log()
    {
        var before = await _log.SealsAsync();
        await _log.AppendAsync(20);
        await _log.Database.ExecuteAsync($"delete from events where position = {before[^1].LastPosition + 5}");

        var broken = await Assert.ThrowsAsync<BrokenLogException>(() => _log.SealAsync());

        Assert.Equal($"Position {before[^1].LastPosition + 5} is wanted next, and {before[^1].LastPosition + 6} is there.", broken.Message);
        Assert.Equal(before.Count, (await _log.SealsAsync()).Count);
    }

    [Fact]
    public async Task Of_two_sealers_one_works_and_the_other_takes_over_when_it_stops()
    {
        using var first = NewSealer();
        using var second = NewSealer();
        await first.StartAsync(Cancel);
        await UntilSealedAsync(first);
        await second.StartAsync(Cancel);
        await _log.AppendAsync(300);
        await UntilSealedAsync(first);
        Assert.Null(second.Newest);

        await first.StopAsync(Cancel);
        await _log.AppendAsync(300);
        await UntilSealedAsync(second);
        await second.StopAsync(Cancel);

        Assert.Empty((await _log.VerifyAsync()).Findings);
    }

    [Fact]
    public async Task A_sealer_beside_appends_whose_connections_are_killed_seals_everything()
    {
        using var sealer = NewSealer();
        await sealer.StartAsync(Cancel);
        await using (var store = _log.Database.OpenStore())
        {
            var stop = false;
            var writers = Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
            {
                while (!Volatile.Read(ref stop))
                {
                    await store.AppendAsync(Sample.Unit(Sample.Stream(), ExpectedVersion.None, count: 3), Cancel);
                }
            })).ToList();
            var killed = 0;
            await Wait.UntilAsync(
                () =>
                {
                    killed += _log.Database.KillConnectionsAsync("insert into seals%").GetAwaiter().GetResult();
                    return killed >= 3;
                },
                Deadline);
            Volatile.Write(ref stop, true);
            await Task.WhenAll(writers);
        }

        await _log.AppendAsync(1);
        await UntilSealedAsync(sealer);
        await sealer.StopAsync(Cancel);

        var report = await _log.VerifyAsync();
        Assert.Equal((_log.Last, 0L, 0L), (report.Events, report.Unsealed, report.FindingsCount));
    }

    [Fact]
    public async Task A_sealer_that_meets_a_broken_log_says_so_loudly()
    {
        var log = new LinesLog();
        await _log.AppendAsync(20);
        await _log.Database.ExecuteAsync($"delete from events where position = {_log.Last}");
        using var sealer = new Sealer("test", _log.Database.Source, Quick, TimeProvider.System, log);
        await sealer.StartAsync(Cancel);
        await Wait.UntilAsync(() => log.Lines.Any(line => line.Level == LogLevel.Error), Deadline);
        await sealer.StopAsync(Cancel);

        Assert.Equal(
            $"The log test cannot be sealed any further, because somebody wrote into it: Position {_log.Last} is missing; "
            + "the log's head is beyond it. "
            + "Run ./payments verify; trying again in a minute",
            log.Lines.First(line => line.Level == LogLevel.Error).Text);
    }

    private Sealer NewSealer() => new("test", _log.Database.Source, Quick, TimeProvider.System, NullLogger<Sealer>.Instance);

    private async Task UntilSealedAsync(Sealer sealer)
    {
        await Wait.UntilAsync(
            () => _log.SealsAsync().GetAwaiter().GetResult() is { Count: > 0 } seals
                && seals[^1].LastPosition == _log.Last
                && sealer.Newest == seals[^1].Mark,
            Deadline);
    }

    private sealed class LinesLog : ILogger<Sealer>
    {
        private readonly System.Collections.Concurrent.ConcurrentQueue<(LogLevel Level, string Text)> _lines = new();

        public IReadOnlyCollection<(LogLevel Level, string Text)> Lines => _lines;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _lines.Enqueue((logLevel, formatter(state, exception)));
    }
}
