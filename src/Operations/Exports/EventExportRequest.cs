using System.Globalization;
using Microsoft.AspNetCore.Http;
using Payments.ServiceDefaults.Requests;

namespace Payments.Operations.Exports;

/// <summary>What is asked of the audit trail.</summary>
/// <param name="Payment">Only what belongs to this payment, with its refunds.</param>
/// <param name="User">Only what concerns this user.</param>
/// <param name="After">Only what comes after this position: the last one of the part before.</param>
/// <param name="Limit">Events in this part at most.</param>
internal sealed record EventExportRequest(
    Guid? Payment, string? User, DateTimeOffset? From, DateTimeOffset? Until, long After, int Limit, bool AsCsv)
{
    private const int LimitDefault = 10_000;
    private const int LimitMax = 100_000;
    private const int UserLengthMax = 128;

    /// <returns>The request; or null, with what is wrong with it by field.</returns>
    public static EventExportRequest? Parse(IQueryCollection query, Dictionary<string, string[]> errors)
    {
        var payment = One<Guid>("payment", Guid.TryParse, "Must be a payment's id.");
        var user = One<string>("user", IsUser, $"Must be a user's id, at most {UserLengthMax} characters.");
        var from = One<DateTimeOffset>("from", RequestMoment.TryParse, RequestMoment.Expected);
        var until = One<DateTimeOffset>("until", RequestMoment.TryParse, RequestMoment.Expected);
        var after = One<long>("after", IsCount, "Must be the position of the last event that you have, or 0.");
        var limit = One<long>("limit", IsLimit, $"Must be a whole number from 1 to {LimitMax}.");
        var format = One<string>("format", IsFormat, "Must be 'jsonl' or 'csv'.");
        foreach (var unknown in query.Keys.Except(["payment", "user", "from", "until", "after", "limit", "format"]))
        {
            errors[unknown] = ["There is no such parameter."];
        }

        if (from.IsGiven && until.IsGiven && from.Value > until.Value)
        {
            errors["from"] = ["Must not be after 'until'."];
        }

        return errors.Count > 0
            ? null
            : new(
                payment.IsGiven ? payment.Value : null,
                user.Value,
                from.IsGiven ? from.Value : null,
                until.IsGiven ? until.Value : null,
                after.Value,
                limit.IsGiven ? (int)limit.Value : LimitDefault,
                format.Value == "csv");

        Given<T> One<T>(string field, Reading<T> read, string problem)
        {
            if (!query.TryGetValue(field, out var values))
            {
                return new(IsGiven: false, default);
            }

            if (values is [{ Length: > 0 } text] && read(text, out var value))
            {
                return new(IsGiven: true, value);
            }

            errors[field] = [problem];
            return new(IsGiven: false, default);
        }
    }

    private delegate bool Reading<T>(string text, out T value);

    private readonly record struct Given<T>(bool IsGiven, T? Value);

    private static bool IsUser(string text, out string user) => (user = text).Length <= UserLengthMax;

    private static bool IsFormat(string text, out string format) => (format = text) is "jsonl" or "csv";

    private static bool IsCount(string text, out long count) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count);

    private static bool IsLimit(string text, out long limit) => IsCount(text, out limit) && limit is >= 1 and <= LimitMax;
}
