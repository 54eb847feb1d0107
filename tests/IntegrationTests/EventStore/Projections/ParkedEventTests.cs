using Payments.EventStore.Contract;
using Payments.EventStore.Projections;
using Payments.EventStore.Subscriptions;
using UnitTests.Randomness;

namespace IntegrationTests.EventStore.Projections;

/// <summary>What the database refuses of a projection is set aside; the projection goes on.</summary>
public sealed class ParkedEventTests(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly ProjectionDatabase _projections = new(postgres);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _projections.InitializeAsync();

    public ValueTask DisposeAsync() => _projections.DisposeAsync();

    [Fact]
    public async Task A_sum_that_no_column_holds_is_set_aside_with_what_follows_in_its_stream_and_is_applied_when_it_fits()
    {
        await AppendAsync("large", long.MaxValue, 1);
        await AppendAsync("small", 1, 2, 3);
        using var host = _projections.Host(RebuildLimits.Standard, ProjectionDatabase.Sums());
        await host.StartAsync(Cancel);
        var status = await _projections.StatusAsync(s => s.ParkedCount == 1 && s.Lag == 0);
        Assert.Equal(("sum/large", false, 2L), (status.Parked[0].Stream, status.Parked[0].Rebuild, status.Parked[0].Position));
        Assert.Contains("out of range", status.Parked[0].Error, StringComparison.Ordinal);

        await AppendAsync("large", 5);
        await AppendAsync("small", 4);
        status = await _projections.StatusAsync(s => s.ParkedCount == 2 && s.Lag == 0);
        Assert.Null(status.Parked[1].Error);
        Assert.Equal((SubscriptionState.Live, (string?)null), (status.State, status.Error));
        Assert.Equal(["large 9223372036854775807 1", "small 10 4"], await SumsAsync());

        Assert.Equal(ProjectionAnswer.Accepted, await _projections.Control.RetryParkedAsync("sums", Cancel));
        await UntilAsync("select not exists (select from parked_projection_events where retry)");
        Assert.Equal([2L], await _projections.Database.QueryAsync<long>("select count(*) from parked_projection_events"));
        await _projections.Database.ExecuteAsync("alter table sums alter column total type numeric; " + Numeric);
        Assert.Equal(ProjectionAnswer.Accepted, await _projections.Control.RetryParkedAsync("sums", Cancel));
        await _projections.StatusAsync(s => s.ParkedCount == 0);
        Assert.Equal(["large 9223372036854775813 3", "small 10 4"], await SumsAsync());
        Assert.Equal(ProjectionAnswer.NothingParked, await _projections.Control.RetryParkedAsync("sums", Cancel));
        Assert.Equal(ProjectionAnswer.NoSuchProjection, await _projections.Control.RetryParkedAsync("nothing", Cancel));
        await host.StopAsync(Cancel);
    }

    [Fact]
    public async Task A_rebuild_sets_the_same_aside_and_what_it_could_take_is_parked_no_more()
    {
        await AppendAsync("large", long.MaxValue, 1);
        await AppendAsync("small", 1);
        using (var host = _projections.Host(RebuildLimits.Standard, ProjectionDatabase.Sums()))
        {
            await host.StartAsync(Cancel);
            await _projections.StatusAsync(s => s.ParkedCount == 1 && s.Lag == 0);
            await _projections.Control.RebuildAsync("sums", Cancel);
            var rebuilt = await _projections.StatusAsync(s => s.RebuiltAt is not null && s.Rebuild is null);
            Assert.Equal((1L, false), (rebuilt.ParkedCount, rebuilt.Parked[0].Rebuild));
            await host.StopAsync(Cancel);
        }

        Assert.Equal(["large 9223372036854775807 1", "small 1 1"], await SumsAsync());
        await _projections.Database.ExecuteAsync("alter table sums alter column total type numeric; " + Numeric);
        using (var host = _projections.Host(RebuildLimits.Standard, ProjectionDatabase.Sums(version: 2)))
        {
            await host.StartAsync(Cancel);
            await _projections.StatusAsync(s => s.Version == 2 && s.ParkedCount == 0);
            await host.StopAsync(Cancel);
        }

        Assert.Equal(["large 9223372036854775808 2", "small 1 1"], await SumsAsync());
    }

    [Fact]
    public async Task However_many_are_refused_among_others_just_these_are_set_aside()
    {
        var random = Seed.NewRandom();
        var bad = Enumerable.Range(0, 200).Where(_ => random.Next(10) == 0).ToHashSet();
        for (var i = 0; i < 200; i++)
        {
            await AppendAsync($"{i}", bad.Contains(i) ? [long.MaxValue, 1, 2] : [1, 2, 3]);
        }

        using var host = _projections.Host(new RebuildLimits(70, 10), ProjectionDatabase.Sums());
        await host.StartAsync(Cancel);
        await _projections.StatusAsync(s => s.Lag == 0 && s.Position > 0);
        await _projections.Control.RebuildAsync("sums", Cancel);
        var status = await _projections.StatusAsync(s => s.RebuiltAt is not null);
        await host.StopAsync(Cancel);

        Assert.Equal(2 * bad.Count, status.ParkedCount);
        Assert.Equal(
            Enumerable.Range(0, 200).Select(i => bad.Contains(i) ? $"{i} {long.MaxValue} 1" : $"{i} 6 3").Order(StringComparer.Ordinal),
            (await SumsAsync()).Order(StringComparer.Ordinal));
    }

    // As apply_sums, for a column that holds any sum.
    private const string Numeric =
        """
        create or replace function apply_sums(rows jsonb) returns void language plpgsql as $$
        begin
            insert into sums as s select * from jsonb_to_recordset(rows) as r (stream text, total numeric, events bigint)
            on conflict (stream) do update set total = s.total + excluded.total, events = s.events + excluded.events;
        end $$;
        """;

    private async Task AppendAsync(string stream, params IReadOnlyList<long> amounts) => Assert.IsType<AppendResult.Appended>(
        await _projections.Store.AppendAsync(
            Sample.Unit([new StreamAppend(new StreamId("sum", stream), ExpectedVersion.Any, [.. amounts.Select(a =>
                Sample.Event("sum.added.v1") with { Data = ProjectionDatabase.Amount(a) })])]),
            Cancel));

    private async Task<List<string>> SumsAsync() => [.. (await _projections.Database.QueryAsync<string>(
        "select format('%s %s %s', replace(stream, 'sum/', ''), total, events) from sums")).Order(StringComparer.Ordinal)];

    private async Task UntilAsync(string sql)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!(await _projections.Database.QueryAsync<bool>(sql))[0])
        {
            await Task.Delay(20, patience.Token);
        }
    }
}
