using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Payments.EventStore.Postgres;
using Payments.Messaging.Topics;
using Payments.PaymentService;
using Payments.PaymentService.Analytics;

namespace IntegrationTests.PaymentService;

/// <summary>Counts by second and minute: their sums have no bounds, and they are not kept for ever.</summary>
public sealed class PaymentCountsTests(PostgresFixture postgres) : IAsyncLifetime
{
    private NpgsqlDataSource _database = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = NpgsqlDataSource.Create(await postgres.CreateDatabaseAsync());
        await SchemaMigrator.MigrateAsync(
            _database,
            TimeProvider.System,
            Cancel,
            ("messaging", typeof(TopicCreator).Assembly),
            ("payments", typeof(PaymentHost).Assembly));
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task A_minute_may_hold_more_money_than_a_bigint_and_goes_on_from_what_the_version_before_counted()
    {
        await ExecuteAsync(
            """
            insert into payment_minutes (minute, currency, outcome, count, volume) values
                ('2026-11-30 12:00+00', 'EUR', 'requested', 1, 9223372036854775807), ('2026-11-30 12:00+00', 'USD', 'requested', 1, 7)
            """);
        await ExecuteAsync(
            """
            select apply_payment_minutes((
                select jsonb_agg(jsonb_build_object(
                    'paymentId', gen_random_uuid(), 'outcome', 'requested', 'at', '2026-11-30T12:00:30Z', 'amount', 1000000000000000,
                    'currency', case when n <= 10000 then 'EUR' else 'USD' end))
                from generate_series(1, 10001) n))
            """);
        await ExecuteAsync(
            """
            select apply_payment_minutes((
                select jsonb_agg(jsonb_build_object('paymentId', payment_id, 'outcome', 'completed', 'at', '2026-11-30T12:00:59Z'))
                from payments_counted))
            """);

        Assert.Equal(
            [
                "EUR completed 10000 9223372036854775807 10000000000000000000",
                "EUR requested 10001 9223372036854775807 19223372036854775807",
                "USD completed 1 1000000000000000 1000000000000000",
                "USD requested 2 1000000000000007 1000000000000007",
            ],
            await QueryAsync(
                "select format('%s %s %s %s %s', currency, outcome, count, volume, volume_sum) from payment_minutes order by 1"));
    }

    [Fact]
    public async Task Old_counts_are_deleted_a_few_at_a_time_and_the_others_stay()
    {
        await ExecuteAsync(
            $"""
            insert into payment_seconds (second) select now() - interval '48 hours' - make_interval(secs => n)
            from generate_series(1, {(2 * CountsRetention.BatchMax) + 1}) n;
            insert into payment_seconds (second) select now() - interval '47 hours' - make_interval(secs => n) from generate_series(1, 5) n;
            insert into payment_minutes (minute, currency, outcome, count, volume)
            select now() - make_interval(days => n), 'EUR', 'completed', 1, 1 from generate_series(1, 403) n
            """);
        var retention = new CountsRetention(
            _database, new AnalyticsOptions(), TimeProvider.System, NullLogger<CountsRetention>.Instance);

        Assert.Equal((2 * CountsRetention.BatchMax) + 1 + 4, await retention.CleanAsync(Cancel));
        Assert.Equal(0, await retention.CleanAsync(Cancel));

        Assert.Equal(["5 399"], await QueryAsync(
            "select format('%s %s', (select count(*) from payment_seconds), (select count(*) from payment_minutes))"));
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = _database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Cancel);
    }

    private async Task<List<string>> QueryAsync(string sql)
    {
        await using var command = _database.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync(Cancel);
        var rows = new List<string>();
        while (await reader.ReadAsync(Cancel))
        {
            rows.Add(reader.GetString(0));
        }

        return rows;
    }
}
