using System.Globalization;
using Npgsql;
using Payments.Contracts.Payments;
using Payments.PaymentService.Payments;
using Payments.ServiceDefaults.Errors;

namespace Payments.PaymentService.Analytics;

/// <summary><c>GET /api/admin/payments/failures?minutes=5</c></summary>
internal static class PaymentFailures
{
    private const int MinutesDefault = 5;
    private const int MinutesMax = 1_440;
    private const int CountedMax = 20_000;

    public static async Task<IResult> Get(string? minutes, NpgsqlDataSource database, TimeProvider clock, CancellationToken cancel)
    {
        var span = MinutesDefault;
        if (!string.IsNullOrEmpty(minutes)
            && !(int.TryParse(minutes, NumberStyles.None, CultureInfo.InvariantCulture, out span) && span is >= 1 and <= MinutesMax))
        {
            return Problems.Invalid("minutes", $"Must be a whole number from 1 to {MinutesMax}.");
        }

        var now = clock.GetUtcNow();
        var from = now.AddMinutes(-span);
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new(
            "select coalesce(sum(completed), 0)::bigint, coalesce(sum(failed), 0)::bigint from payment_seconds where second >= $1")
        {
            Parameters = { new() { Value = from.UtcDateTime } },
        });
        batch.BatchCommands.Add(new(
            "select failure_code, method, count(*), min(requested_at), (array_agg(payment_id order by payment_id desc))[1] from (" +
            "select failure_code, method, requested_at, payment_id from payments where status = 'failed' and payment_id >= $1 " +
            $"order by payment_id desc limit {CountedMax}) recent where failure_code is not null group by 1, 2 order by 3 desc, 1, 2")
        {
            Parameters = { new() { Value = Overview.FirstIdSince(from) } },
        });
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        var (completed, failed) = (reader.GetInt64(0), reader.GetInt64(1));
        await reader.NextResultAsync(cancel);
        var items = new List<FailureCount>();
        while (await reader.ReadAsync(cancel))
        {
            items.Add(new(
                reader.GetString(0),
                reader.GetString(1),
                reader.GetInt64(2),
                new DateTimeOffset(reader.GetDateTime(3)),
                reader.GetGuid(4)));
        }

        return Results.Json(new FailureCounts(from, now, completed, failed, items), PaymentJson.Default.FailureCounts);
    }
}
