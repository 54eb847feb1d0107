using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Payments.EventStore.Contract;
using Payments.EventStore.Postgres;

namespace IntegrationTests.WholeSystem;

/// <summary>Looks into the three databases, as an auditor would, and says what is not as it must be.</summary>
internal sealed class Audit(Databases databases) : IAsyncDisposable
{
    private const int EventsPage = 10_000;

    public Log Payments { get; } = new("payments", databases.Payments);

    public Log Wallets { get; } = new("wallets", databases.Wallets);

    public Log Sagas { get; } = new("sagas", databases.Sagas);

    private IEnumerable<Log> Logs => [Payments, Wallets, Sagas];

    /// <summary>How far the three logs reach: the same numbers before and after mean that nothing was written.</summary>
    public async Task<IReadOnlyList<long>> PositionsAsync()
    {
        var positions = new List<long>();
        foreach (var log in Logs)
        {
            positions.Add(await log.Store.LastPositionAsync(TestContext.Current.CancellationToken));
        }

        return positions;
    }

    /// <summary>To be asked when every payment has ended.</summary>
    /// <param name="money">All that was paid in and not taken out, in minor units.</param>
    public async Task AssertSoundAsync(long money)
    {
        await MoneyAudit.AssertAsync(this, money);
        await ProjectionCheck.AssertAsync(this);
        foreach (var log in Logs)
        {
            Assert.Equal([], await log.ColumnAsync<string>("select consumer || ': ' || error from dead_letters order by id"));
            var head = await log.Store.LastPositionAsync(TestContext.Current.CancellationToken);
            Assert.Equal(head, await log.ScalarAsync<long>("select coalesce(max(position), 0) from events"));
            Assert.Equal(head, await log.ScalarAsync<long>("select count(distinct position) from events"));
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var log in Logs)
        {
            await log.DisposeAsync();
        }
    }

    /// <summary>One database.</summary>
    internal sealed class Log : IAsyncDisposable
    {
        private readonly NpgsqlDataSource _database;
        private readonly PostgresEventStore _store;

        public Log(string name, string connectionString)
        {
            _database = NpgsqlDataSource.Create(connectionString);
            _store = new PostgresEventStore(name, _database, TimeProvider.System, NullLogger<PostgresEventStore>.Instance);
        }

        public IEventStore Store => _store;

        public async Task<List<StoredEvent>> EventsAsync(EventFilter filter)
        {
            var events = new List<StoredEvent>();
            while (true)
            {
                var after = events.LastOrDefault()?.Position ?? 0;
                var page = await _store.ReadAllAsync(after, EventsPage, filter, TestContext.Current.CancellationToken);
                if (page.Count == 0)
                {
                    return events;
                }

                events.AddRange(page);
            }
        }

        public async Task<T> ScalarAsync<T>(string sql) => (await ColumnAsync<T>(sql)).Single();

        public Task<List<T>> ColumnAsync<T>(string sql) => RowsAsync(sql, row => row.GetFieldValue<T>(0));

        public async Task<List<T>> RowsAsync<T>(string sql, Func<NpgsqlDataReader, T> read)
        {
            await using var command = _database.CreateCommand(sql);
            await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
            var rows = new List<T>();
            while (await reader.ReadAsync(TestContext.Current.CancellationToken))
            {
                rows.Add(read(reader));
            }

            return rows;
        }

        public async ValueTask DisposeAsync()
        {
            await _store.DisposeAsync();
            await _database.DisposeAsync();
        }
    }
}
