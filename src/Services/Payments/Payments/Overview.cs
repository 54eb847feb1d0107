using Npgsql;
using Payments.Contracts.Payments;
using Payments.EventStore.Contract;

namespace Payments.PaymentService.Payments;

/// <summary><c>GET /api/admin/payments/overview</c>: counts of all time, and the last minute second by second.</summary>
internal static class Overview
{
    private const int Seconds = 60;

    private const string Sql =
        """
        select requested, completed, failed, (select count(*) from dead_letters) from payment_totals;

        select g, coalesce(s.requested, 0), coalesce(s.completed, 0), coalesce(s.failed, 0)
        from generate_series(
            date_trunc('second', $1) - make_interval(secs => $2), date_trunc('second', $1) - interval '1 second', interval '1 second') g
        left join payment_seconds s on s.second = g order by g;

        select percentile_cont(array[0.5, 0.99]) within group (order by extract(epoch from ended_at - requested_at) * 1000)
        from (
            select requested_at, ended_at from payments where payment_id >= $3 and ended_at is not null
            order by payment_id desc limit 5000) recent;
        """;

    public static async Task<IResult> Get(NpgsqlDataSource database, IEventStore store, TimeProvider clock, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        await using var batch = database.CreateBatch();
        var parts = Sql.Split(";\n", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        batch.BatchCommands.Add(new(parts[0]));
        batch.BatchCommands.Add(new(parts[1]) { Parameters = { new() { Value = now.UtcDateTime }, new() { Value = (double)Seconds } } });

        // Payment ids sort by time, so the last minute is the end of the primary key.
        batch.BatchCommands.Add(new(parts[2].Replace("$3", "$1", StringComparison.Ordinal).TrimEnd(';'))
        {
            Parameters = { new() { Value = FirstIdSince(now.AddSeconds(-Seconds)) } },
        });

        await using var reader = await batch.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        var (requested, completed, failed, deadLetters) = (reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3));

        await reader.NextResultAsync(cancel);
        var perSecond = new List<SecondCounts>(Seconds);
        while (await reader.ReadAsync(cancel))
        {
            perSecond.Add(new(new DateTimeOffset(reader.GetDateTime(0)), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3)));
        }

        await reader.NextResultAsync(cancel);
        await reader.ReadAsync(cancel);
        var latency = reader.IsDBNull(0) ? null : reader.GetFieldValue<double[]>(0);
        return Results.Json(
            new PaymentOverview(
                requested - completed - failed,
                completed,
                failed,
                await store.LastPositionAsync(cancel),
                deadLetters,
                perSecond,
                latency is null ? null : new Latency(latency[0], latency[1])),
            PaymentJson.Default.PaymentOverview);
    }

    /// <summary>Payment ids sort by time: no payment since then has a smaller one.</summary>
    internal static Guid FirstIdSince(DateTimeOffset moment)
    {
        Span<byte> bytes = stackalloc byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(bytes, moment.ToUnixTimeMilliseconds() << 16);
        return new Guid(bytes, bigEndian: true);
    }
}
