using System.Text;
using IntegrationTests.EventStore;
using Microsoft.Extensions.Logging.Abstractions;
using Payments.EventStore.Contract;
using Payments.EventStore.Partitions;
using Payments.EventStore.Postgres;
using Payments.EventStore.Sealing.Archives;
using Payments.Hosting;

namespace IntegrationTests.Partitions;

/// <summary>A log with events of several months, a folder for its archives, and a reader whose progress a test sets.</summary>
internal sealed class ArchiveDatabase : IAsyncDisposable
{
    public static readonly Month January = Month.Parse("2026-01");
    public static readonly Month February = Month.Parse("2026-02");

    private static readonly string[] Documents =
    [
        """{"amount": {"minor": 2500, "currency": "EUR"}, "note": "ünï ✓ \" \\ \n \t \u2028 😀"}""",
        """{"exact": 1.50, "large": 123456789012345678901234567890.000001, "tiny": 1e-30, "b": [1, [], {}, null, true], "a": {"z": ""}}""",
        """[]""",
        """ "only text" """,
    ];

    private readonly EventStoreDatabase _database;
    private readonly SettableClock _clock = new(default);
    private int _event;

    private ArchiveDatabase(EventStoreDatabase database)
    {
        _database = database;
        Store = new PostgresEventStore("test", database.Source, _clock, NullLogger<PostgresEventStore>.Instance);
    }

    public EventStoreDatabase Database => _database;

    public PostgresEventStore Store { get; }

    public string Folder { get; } = Directory.CreateTempSubdirectory("payments-archive-").FullName;

    public DateTimeOffset Now { set => _clock.Now = value; }

    /// <summary>How far the only reader of the log has come.</summary>
    public long ReadUpTo { get; set; } = long.MaxValue;

    public MonthArchive Archive => new(
        "test",
        _database.Source,
        snapshotSchema: 1,
        KeptAnswer.OfArchived,
        _ => Task.FromResult<IReadOnlyList<LogReader>>([new LogReader("relay", ReadUpTo)]),
        _clock,
        NullLogger<MonthArchive>.Instance);

    public static async Task<ArchiveDatabase> CreateAsync(PostgresFixture postgres)
    {
        var database = new EventStoreDatabase(postgres);
        await database.InitializeAsync();
        return new ArchiveDatabase(database);
    }

    /// <summary>
    /// January: five events of three streams. February: one more of the first stream. March: one event, so that both are over.
    /// </summary>
    public async Task<StreamId[]> FillAsync()
    {
        var streams = new[] { new StreamId("wallet", "a"), new StreamId("wallet", "b ü/'\""), new StreamId("payment", "c") };
        await AppendAsync("2026-01-15T12:00:00.1234567Z", streams[0], 2);
        await AppendAsync("2026-01-20T23:00:00Z", streams[1], 2);
        await AppendAsync("2026-01-31T23:59:59.999999Z", streams[2], 1);
        await AppendAsync("2026-02-01T00:00:00Z", streams[0], 1);
        await AppendAsync("2026-03-02T00:00:00Z", new StreamId("payment", "later"), 1);
        return streams;
    }

    public Task SnapshotAllAsync() => _database.ExecuteAsync(
        "insert into snapshots select stream_id, version, 1, '{}', now() from streams " +
        "on conflict (stream_id) do update set version = excluded.version");

    public async Task AppendAsync(string at, StreamId stream, int count)
    {
        _clock.Now = DateTimeOffset.Parse(at, System.Globalization.CultureInfo.InvariantCulture);
        var events = Enumerable.Range(0, count).Select(_ => Sample.Event($"event.{_event}") with
        {
            Data = Encoding.UTF8.GetBytes(Documents[_event % Documents.Length]),
            Metadata = _event++ % 2 == 0
                ? new EventMetadata(Guid.NewGuid(), Guid.NewGuid(), "tests ü", $"00-{Guid.NewGuid():N}-00f067aa0ba902b7-01", "user/alice")
                : new EventMetadata(Guid.NewGuid(), null, "", null, null),
        }).ToList();
        var result = await Store.AppendAsync(Sample.Unit(new StreamAppend(stream, ExpectedVersion.Any, events)), default);
        Assert.IsType<AppendResult.Appended>(result);
    }

    /// <summary>Everything the log has, as PostgreSQL itself writes it, with the partition that it is in.</summary>
    public Task<List<string>> DumpAsync() =>
        _database.QueryAsync<string>("select tableoid::regclass || ' ' || e::text from events e order by position");

    public Task<List<string>> PartitionsAsync() => _database.QueryAsync<string>(
        "select inhrelid::regclass::text from pg_inherits where inhparent = 'events'::regclass order by 1");

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        await _database.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }
}
