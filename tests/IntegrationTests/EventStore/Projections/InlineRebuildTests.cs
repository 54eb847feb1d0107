using System.Globalization;
using System.Text.Json;
using Payments.Domain;
using Payments.EventStore.Aggregates;
using Payments.EventStore.Contract;
using Payments.EventStore.Projections;
using UnitTests.Randomness;

namespace IntegrationTests.EventStore.Projections;

/// <summary>Tables that are written with the events are rebuilt from the log as well.</summary>
public sealed class InlineRebuildTests(PostgresFixture postgres) : IAsyncLifetime
{
    private static readonly AggregateDefinition<Tally, Added> Tallies = new()
    {
        StreamType = "tally",
        Evolve = (tally, e) => new Tally((tally?.Sum ?? 0) + e.Amount),
        Decode = e => new Added(int.Parse(System.Text.Encoding.UTF8.GetString(e.Data.Span), CultureInfo.InvariantCulture)),
        Encode = e => ("tally.added.v1", 1, JsonSerializer.SerializeToUtf8Bytes(e.Amount)),
        RoutingKey = (_, _) => "none",
        Project = change =>
        [
            new(
                "tallies",
                JsonSerializer.SerializeToUtf8Bytes(
                    new { id = change.Stream.Key, sum = change.After.State!.Sum, version = change.After.Version })),
        ],
    };

    private readonly ProjectionDatabase _projections = new(postgres);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _projections.InitializeAsync();
        await _projections.Database.ExecuteAsync(
            """
            create table tallies (id uuid primary key, sum bigint not null, version bigint not null, changes bigint not null default 1);
            create function apply_tallies(rows jsonb) returns void language sql as $$
                insert into tallies as t (id, sum, version)
                select * from jsonb_to_recordset(rows) as r (id uuid, sum bigint, version bigint)
                on conflict (id) do update set sum = excluded.sum, version = excluded.version, changes = t.changes + 1
            $$;
            """);
    }

    public ValueTask DisposeAsync() => _projections.DisposeAsync();

    [Fact]
    public async Task Rebuilt_while_commands_go_on_it_is_what_the_commands_wrote()
    {
        var random = Seed.NewRandom();
        var ids = Enumerable.Range(0, 30).Select(_ => Guid.NewGuid()).ToList();
        var handler = new CommandHandler<Tally, Added>(
            _projections.Store, new Aggregates<Tally, Added>(_projections.Store, Tallies), Tallies, TimeProvider.System);
        async Task AddAsync() => Assert.IsType<CommandOutcome<Tally>.Done>(await handler.HandleAsync(
            new(
                Tallies.Stream(ids[random.Next(ids.Count)]),
                new Cause(Guid.NewGuid(), null, "tests", null),
                (_, _) => new Decision<Added>.Accepted([new Added(random.Next(1000))])),
            Cancel));
        for (var i = 0; i < 300; i++)
        {
            await AddAsync();
        }

        // Fewer states than streams are remembered: the others are folded from the store.
        var projection = new InlineProjection<Tally, Added>(Tallies, _projections.Store)
        {
            Name = "tallies",
            Version = 1,
            Tables = ["tallies"],
            Filter = new EventFilter { StreamType = "tally" },
            StatesMax = 10,
        };
        using var host = _projections.Host(new RebuildLimits(Stretch: 50, SwitchAtMost: 20), projection);
        await host.StartAsync(Cancel);
        await _projections.StatusAsync(_ => true, "tallies");
        await _projections.Database.ExecuteAsync("update tallies set sum = 0 where id in (select id from tallies limit 10)");
        Assert.Equal(ProjectionAnswer.Inline, await _projections.Control.PauseAsync("tallies", Cancel));

        Assert.Equal(ProjectionAnswer.Accepted, await _projections.Control.RebuildAsync("tallies", Cancel));
        while ((await _projections.StatusAsync(_ => true, "tallies")).Rebuild is { } rebuild)
        {
            Assert.Null(rebuild.Error);
            await AddAsync();
        }

        for (var i = 0; i < 20; i++)
        {
            await AddAsync();
        }

        await host.StopAsync(Cancel);
        var log = await _projections.Store.ReadAllAsync(0, int.MaxValue, EventFilter.None, Cancel);
        Assert.Equal(
            (from e in log
             group Tallies.Decode(e).Amount by e.Stream.Key into stream
             select $"{stream.Key} {stream.Sum()} {stream.Count()} {stream.Count()}").Order(StringComparer.Ordinal),
            (await _projections.Database.QueryAsync<string>("select format('%s %s %s %s', id, sum, version, changes) from tallies"))
                .Order(StringComparer.Ordinal));
    }

    private sealed record Tally(long Sum);

    private sealed record Added(int Amount);
}
