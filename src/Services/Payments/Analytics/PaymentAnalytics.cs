using Npgsql;
using Payments.Contracts.Payments;
using Payments.PaymentService.Payments;
using Payments.ServiceDefaults.Errors;
using Payments.ServiceDefaults.Requests;

namespace Payments.PaymentService.Analytics;

/// <summary><c>GET /api/analytics/payments?from=&amp;until=</c>: the last hour, or up to a day.</summary>
internal static class PaymentAnalytics
{
    private static readonly TimeSpan Usual = TimeSpan.FromHours(1);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    public static async Task<IResult> Get(
        string? from, string? until, NpgsqlDataSource database, TimeProvider clock, CancellationToken cancel)
    {
        var errors = new Dictionary<string, string[]>();
        var end = Moment("until", until, errors) ?? clock.GetUtcNow();
        var start = Moment("from", from, errors) ?? (end - DateTimeOffset.MinValue > Usual ? end - Usual : DateTimeOffset.MinValue);
        if (errors.Count == 0 && (start > end || end - start > Longest))
        {
            errors["from"] = ["Must be at most a day before 'until', and not after it."];
        }

        return errors.Count > 0
            ? Problems.Invalid(errors)
            : Results.Json(new PaymentCounts(start, end, await ReadAsync(database, start, end, cancel)), PaymentJson.Default.PaymentCounts);
    }

    private static async Task<List<MinuteCounts>> ReadAsync(
        NpgsqlDataSource database, DateTimeOffset from, DateTimeOffset until, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(
            "select minute, currency, outcome, count, coalesce(volume_sum, volume) from payment_minutes " +
            "where minute >= $1 and minute < $2 order by minute, currency, outcome");
        command.Parameters.AddWithValue(from.UtcDateTime);
        command.Parameters.AddWithValue(until.UtcDateTime);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var minutes = new List<MinuteCounts>();
        while (await reader.ReadAsync(cancel))
        {
            minutes.Add(new(
                new DateTimeOffset(reader.GetDateTime(0)),
                reader.GetString(1), reader.GetString(2), reader.GetInt64(3), reader.GetDecimal(4)));
        }

        return minutes;
    }

    private static DateTimeOffset? Moment(string field, string? text, Dictionary<string, string[]> errors)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        if (!RequestMoment.TryParse(text, out var moment))
        {
            errors[field] = [RequestMoment.Expected];
        }

        return moment;
    }
}
