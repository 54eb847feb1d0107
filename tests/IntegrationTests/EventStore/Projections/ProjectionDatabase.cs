using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Payments.EventStore.Contract;
using Payments.EventStore.Postgres;
using Payments.EventStore.Projections;
using UnitTests.Randomness;

namespace IntegrationTests.EventStore.Projections;

/// <summary>A database with a log of amounts and a projection of their sums by stream, and what the tests do with them.</summary>
public sealed class ProjectionDatabase(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly EventStoreDatabase _database = new(postgres);

    internal PostgresEventStore Store { get; private set; } = null!;

    public EventStoreDatabase Database => _database;

    public async ValueTask InitializeAsync()
    {
        await _database.InitializeAsync();
        await _database.ExecuteAsync(
            """
            create table sums (stream text primary key, total bigint not null, events bigint not null) with (fillfactor = 60);
            create table sums_of_all (only_row boolean primary key default true check (only_row), events bigint not null);
            insert into sums_of_all values (true, 0);
            create table somewhere_else (events bigint);
            create function apply_sums(rows jsonb) returns void language plpgsql as $$
            begin
                insert into sums as s select * from jsonb_to_recordset(rows) as r (stream text, total bigint, events bigint)
                on conflict (stream) do update set total = s.total + excluded.total, events = s.events + excluded.events;
                update sums_of_all set events = events + (select sum(r.events) from jsonb_to_recordset(rows) as r (events bigint));
            end $$;
            create function apply_elsewhere(rows jsonb) returns void language sql as $$
                insert into somewhere_else select jsonb_array_length(rows) $$;
            """);
        Store = _database.OpenStore();
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        await _database.DisposeAsync();
    }

    internal static AsynchronousProjection Sums(int version = 1, int factor = 1, Action? onFold = null) => new()
    {
        Name = "sums",
        Version = version,
        Tables = ["sums", "sums_of_all"],
        Seed = "insert into sums_of_all values (true, 0)",
        Filter = new EventFilter { Types = ["sum.added.v1"] },
        Fold = events =>
        {
            onFold?.Invoke();
            return
            [
                .. from e in events
                   group AmountOf(e.Data) by e.Stream into stream
                   select new ProjectionRow(
                       "sums",
                       JsonSerializer.SerializeToUtf8Bytes(
                           new { stream = stream.Key.ToString(), total = factor * stream.Sum(), events = stream.Count() })),
            ];
        },
    };

    internal ProjectionHost Host(RebuildLimits limits, params IReadOnlyList<ProjectionDefinition> definitions)
    {
        var seed = Seed.Printed();
        return new(Store, _database.Source, definitions, TimeProvider.System, () => new Random(seed), NullLoggerFactory.Instance)
        {
            Limits = limits,
        };
    }

    internal ProjectionControl Control => new(_database.Spared, TimeProvider.System);

    /// <summary>Appends amounts to some of a hundred streams, and now and then something that the projection does not want.</summary>
    internal async Task AppendAsync(Random random, int units)
    {
        for (var i = 0; i < units; i++)
        {
            var streams = Enumerable.Range(0, 100).OrderBy(_ => random.Next()).Take(random.Next(1, 20));
            var appends = streams.Select(n => new StreamAppend(new StreamId("sum", $"{n}"), ExpectedVersion.Any, [.. Enumerable
                .Range(0, random.Next(1, 5))
                .Select(_ => Sample.Event(
                    random.Next(10) == 0 ? "sum.named.v1" : "sum.added.v1") with { Data = Amount(random.Next(-100, 1000)) })]));
            Assert.IsType<AppendResult.Appended>(await Store.AppendAsync(Sample.Unit([.. appends]), TestContext.Current.CancellationToken));
        }
    }

    internal async Task<ProjectionStatus> StatusAsync(Func<ProjectionStatus, bool> until, string name = "sums")
    {
        var waiting = System.Diagnostics.Stopwatch.StartNew();
        while (true)
        {
            var status = (await Control.ListAsync(TestContext.Current.CancellationToken)).SingleOrDefault(p => p.Name == name);
            if (status is not null && until(status))
            {
                return status;
            }

            Assert.True(waiting.Elapsed < TimeSpan.FromSeconds(60), $"Still {status}.");
            await Task.Delay(20);
        }
    }

    /// <summary>The tables say what the whole log says.</summary>
    internal async Task AssertSumsAsync(int factor = 1)
    {
        await using var reading = _database.OpenSparedStore();
        var log = await reading.ReadAllAsync(0, int.MaxValue, new EventFilter { Types = ["sum.added.v1"] }, default);
        Assert.Equal(
            (from e in log
             group AmountOf(e.Data) by e.Stream.ToString() into stream
             select $"{stream.Key} {factor * stream.Sum()} {stream.Count()}").Order(StringComparer.Ordinal),
            (await _database.QueryAsync<string>("select format('%s %s %s', stream, total, events) from sums"))
                .Order(StringComparer.Ordinal));
        Assert.Equal([(long)log.Count], await _database.QueryAsync<long>("select events from sums_of_all"));
    }

    internal static byte[] Amount(long amount) => JsonSerializer.SerializeToUtf8Bytes(new { amount });

    private static long AmountOf(ReadOnlyMemory<byte> data)
    {
        using var json = JsonDocument.Parse(data);
        return json.RootElement.GetProperty("amount").GetInt64();
    }
}
