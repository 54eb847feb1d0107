using Payments.EventStore.Sealing;
using Payments.EventStore.Sealing.Verifying;
using UnitTests.Randomness;

namespace IntegrationTests.Sealing;

/// <summary>A log whose first part was taken out of its table into an archive, as far as sealing and verifying are concerned.</summary>
public sealed class ArchivedTests(PostgresFixture postgres) : IAsyncLifetime
{
    private const long ArchivedUpTo = 150;

    private SealedLog _log = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _log = await SealedLog.CreateAsync(postgres, Seed.NewRandom());
        // The archiver's table, as far as it is read here.
        await _log.Database.ExecuteAsync(
            $"""
            drop table if exists archived_months cascade;
            create table archived_months (month date primary key, first_position bigint, last_position bigint, event_count bigint);
            insert into archived_months (month, first_position, last_position, event_count)
            values ('2026-01-01', 1, {ArchivedUpTo}, {ArchivedUpTo});
            select keep_archived_heads(1, {ArchivedUpTo});
            delete from events where position <= {ArchivedUpTo};
            """);
    }

    public ValueTask DisposeAsync() => _log.DisposeAsync();

    [Fact]
    public async Task Archived_events_are_counted_and_the_rest_is_verified()
    {
        var report = await _log.VerifyAsync();

        Assert.Empty(report.Findings);
        Assert.Equal((ArchivedUpTo, _log.Last - ArchivedUpTo), (report.ArchivedNotHashed, report.Events));
    }

    [Fact]
    public async Task A_changed_event_after_them_is_still_named()
    {
        var target = await _log.InnerEventAsync(e => e.Position > ArchivedUpTo);
        await _log.Database.ExecuteAsync($"update events set actor = 'else' where position = {target.Position}");

        var finding = Assert.Single((await _log.VerifyAsync()).Findings);

        Assert.Equal((FindingKind.Changed, target.Position), (finding.Kind, finding.Position));
    }

    [Fact]
    public async Task With_a_reader_of_archives_they_are_verified_too()
    {
        var events = _log.Events.Where(e => e.Position <= ArchivedUpTo).ToList();
        Assert.Equivalent(new { Events = _log.Last, ArchivedNotHashed = 0, FindingsCount = 0 }, await VerifyAsync());

        events[40] = events[40] with { Type = "else" };
        var finding = Assert.Single((await VerifyAsync()).Findings);
        Assert.Equal((FindingKind.Changed, 41L), (finding.Kind, finding.Position));

        events.RemoveAt(40);
        finding = Assert.Single((await VerifyAsync()).Findings);
        Assert.Equal((FindingKind.Missing, 41L), (finding.Kind, finding.Position));

        Task<VerifyReport> VerifyAsync() => new LogVerifier(_log.Database.Source, ReadAsync).VerifyAsync([], Cancel);

        IAsyncEnumerable<CanonicalEvent> ReadAsync(long first, long last, CancellationToken cancel) =>
            events.Where(e => e.Position >= first && e.Position <= last).Select(CanonicalEvent.Of).ToAsyncEnumerable();
    }

    [Fact]
    public async Task A_sealer_that_is_started_anew_goes_on_with_streams_whose_events_are_archived()
    {
        await _log.Database.ExecuteAsync(
            $"""
            select keep_archived_heads(1, {_log.Last});
            delete from events;
            update archived_months set last_position = {_log.Last}, event_count = {_log.Last};
            """);
        var archived = _log.Last;
        await using (var store = _log.Database.OpenStore())
        {
            foreach (var stream in _log.Events.Select(e => e.Stream).Distinct())
            {
                await store.AppendAsync(EventStore.Sample.Unit(stream, Payments.EventStore.Contract.ExpectedVersion.Exists), Cancel);
            }
        }

        await _log.SealAsync();

        var report = await _log.VerifyAsync();
        Assert.Empty(report.Findings);
        Assert.Equal((archived, 12L, 0L), (report.ArchivedNotHashed, report.Events, report.Unsealed));
    }
}
