using System.Globalization;
using Microsoft.AspNetCore.Http;
using Npgsql;
using NpgsqlTypes;
using Payments.Contracts.DeadLetters;
using Payments.EventStore.Postgres;
using Payments.Hosting;
using Payments.ServiceDefaults.Errors;

namespace Payments.Messaging.DeadLetters;

/// <summary><c>GET dead-letters</c>: newest first, or with <c>?sort=amount</c> the largest amount first.</summary>
internal static class ListDeadLetters
{
    public const int PageMax = 500;

    private const string Columns =
        "m.id, m.consumer, m.topic, m.partition, m.kafka_offset, m.routing_key, m.message_id, m.message_type, m.correlation_id, " +
        "m.amount, m.currency, m.status, m.revision, m.attempts, m.parked_at, m.first_failed_at, m.last_failed_at, m.ended_at, " +
        "m.error_type, m.error, m.fingerprint, coalesce(k.waiting, 0)";

    /// <summary>For <see cref="Read"/>.</summary>
    public const string Select = $"select {Columns} from parked_messages m left join parked_keys k on k.head_id = m.id ";

    private static readonly string[] Statuses = ["dead", "replayed", "discarded"];

    public static async Task<IResult> Handle(
        [AsParameters] DeadLetterFilter filter,
        string? status,
        string? sort,
        string? after,
        string? limit,
        LogDatabase database,
        CancellationToken cancel)
    {
        if (!PageLimit.TryParse(limit, 50, PageMax, out var countMax))
        {
            return PageLimit.Invalid(PageMax);
        }

        if (status is not null && !Statuses.Contains(status))
        {
            return Problems.Invalid("status", $"Must be one of {string.Join(", ", Statuses)}.");
        }

        if (sort is not (null or "newest" or "amount"))
        {
            return Problems.Invalid("sort", "Must be newest or amount.");
        }

        if (!TryParse(after, out var place))
        {
            return Problems.Invalid("after", "Must be the 'next' of the page before.");
        }

        await using var command = database.Primary.CreateCommand();
        var conditions = new Conditions(command, $"m.status = '{status ?? "dead"}'").Add(filter);
        command.CommandText = sort == "amount"
            ? $"{Select}where {AfterAmount(conditions, place)} order by coalesce(m.amount, -1) desc, m.id desc limit {countMax}"
            : $"{Select}where {conditions.Add("m.id < #", place?.Id, NpgsqlDbType.Bigint)} order by m.id desc limit {countMax}";
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var items = new List<DeadLetterView>();
        while (await reader.ReadAsync(cancel))
        {
            items.Add(Read(reader));
        }

        var next = items.Count < countMax ? null
            : string.Create(CultureInfo.InvariantCulture, $"{items[^1].Amount ?? -1}_{items[^1].Id}");
        return Results.Json(new DeadLetterPage(items, next), DeadLetterJson.Default.DeadLetterPage);
    }

    public static DeadLetterView Read(NpgsqlDataReader row) => new(
        row.GetInt64(0),
        row.GetString(1),
        row.GetString(2),
        row.GetInt32(3),
        row.GetInt64(4),
        row.GetStringOrNull(5),
        row.GetGuidOrNull(6),
        row.GetStringOrNull(7),
        row.GetGuidOrNull(8),
        row.GetInt64OrNull(9),
        row.GetStringOrNull(10),
        row.GetString(11),
        row.GetInt64(12),
        row.GetInt32(13),
        new DateTimeOffset(row.GetDateTime(14)),
        row.GetTimeOrNull(15),
        row.GetTimeOrNull(16),
        row.GetTimeOrNull(17),
        row.GetStringOrNull(18),
        row.GetStringOrNull(19),
        row.GetStringOrNull(20),
        row.GetInt32(21));

    private static Conditions AfterAmount(Conditions conditions, (long Amount, long Id)? place) => place is { } last
        ? conditions.Add($"(coalesce(m.amount, -1), m.id) < ({last.Amount}, #)", last.Id, NpgsqlDbType.Bigint)
        : conditions;

    private static bool TryParse(string? text, out (long Amount, long Id)? place)
    {
        place = null;
        if (string.IsNullOrEmpty(text))
        {
            return true;
        }

        if (text.Split('_') is not [var amount, var id]
            || !long.TryParse(amount, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var minor)
            || !long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return false;
        }

        place = (minor, number);
        return true;
    }
}
