using System.Globalization;
using Payments.EventStore.Contract;
using Payments.EventStore.Searching;
using Payments.Hosting;
using Payments.ServiceDefaults.Requests;

namespace Payments.Operations.Events;

/// <summary>The query of <c>GET events</c>. What is absent or empty is not asked for.</summary>
/// <param name="Stream">As it is written, for example <c>wallet/0198c0de-…</c>.</param>
/// <param name="StreamType">For example <c>wallet</c>.</param>
/// <param name="Type">Stored names, with commas between them: any of them.</param>
/// <param name="From">The first moment.</param>
/// <param name="Until">The first moment that is too late.</param>
/// <param name="After">Only later positions.</param>
/// <param name="Before">Only earlier positions.</param>
/// <param name="AfterVersion">Of the stream, only later versions.</param>
/// <param name="BeforeVersion">Of the stream, only earlier versions.</param>
/// <param name="Order"><c>newest</c> first, which is the standard, or <c>oldest</c> first.</param>
/// <param name="Limit">Events on a page, 1 to 500; 100 when absent.</param>
/// <param name="Window">Positions (of a stream: versions) to look through at most, 1 to 100,000; 50,000 when absent.</param>
internal sealed record EventSearchRequest(
    string? Stream,
    string? StreamType,
    string? Type,
    string? CorrelationId,
    string? From,
    string? Until,
    string? After,
    string? Before,
    string? AfterVersion,
    string? BeforeVersion,
    string? Order,
    string? Limit,
    string? Window)
{
    public const int PageMax = 500;
    public const int WindowLargest = 100_000;

    private const int PageDefault = 100;
    private const int WindowDefault = 50_000;
    private const int TypesMax = 50;

    public bool TryParse(out EventSearch search, out Dictionary<string, string[]> errors)
    {
        var wrong = errors = [];
        var from = Moment("from", From);
        var until = Moment("until", Until);
        var (after, before) = (Position("after", After), Position("before", Before));
        if (from >= until)
        {
            wrong["from"] = ["Must be earlier than until."];
        }

        if (after >= before)
        {
            wrong["after"] = ["Must be less than before."];
        }

        var versions = new VersionRange(
            Position("afterVersion", AfterVersion) ?? 0, (Position("beforeVersion", BeforeVersion) ?? long.MaxValue) - 1);
        foreach (var (field, given) in new[] { ("afterVersion", AfterVersion), ("beforeVersion", BeforeVersion) })
        {
            if (!string.IsNullOrEmpty(given) && string.IsNullOrEmpty(Stream))
            {
                wrong[field] = ["Versions are those of a stream: give the stream as well."];
            }
        }

        if (Order is not (null or "" or "newest" or "oldest"))
        {
            wrong["order"] = ["Must be newest or oldest."];
        }

        search = new(Number("limit", Limit, PageDefault, PageMax), Number("window", Window, WindowDefault, WindowLargest))
        {
            Stream = StreamOf(Stream),
            Versions = versions is { After: 0, UpTo: long.MaxValue - 1 } ? VersionRange.All : versions,
            Filter = new()
            {
                StreamType = Name("streamType", StreamType),
                Types = Types(),
                CorrelationId = Correlation(),
                From = from,
                Until = until,
            },
            After = after ?? 0,
            Before = before ?? long.MaxValue,
            OldestFirst = Order == "oldest",
        };
        return wrong.Count == 0;

        StreamId? StreamOf(string? text)
        {
            if (string.IsNullOrEmpty(text))
            {
                return null;
            }

            var slash = text.IndexOf('/', StringComparison.Ordinal);
            if (text.Length <= StreamId.LengthMax && slash > 0 && slash < text.Length - 1 && !text.Any(char.IsControl))
            {
                return StreamId.Parse(text);
            }

            wrong["stream"] = [$"Must be like wallet/0198c0de-0000-7000-8000-000000000000, of {StreamId.LengthMax} characters at most."];
            return null;
        }

        IReadOnlyList<string>? Types()
        {
            var types = (Type ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            if (types.Length > TypesMax)
            {
                wrong["type"] = [$"Must be {TypesMax} types at most."];
            }

            return types.Length == 0 ? null : [.. types.Take(TypesMax).Select(t => Name("type", t) ?? "")];
        }

        string? Name(string field, string? text)
        {
            if (text?.Length > StreamId.LengthMax || text?.Any(char.IsControl) == true)
            {
                wrong[field] = [$"Must be {StreamId.LengthMax} characters at most, without control characters."];
                return null;
            }

            return string.IsNullOrEmpty(text) ? null : text;
        }

        Guid? Correlation()
        {
            if (string.IsNullOrEmpty(CorrelationId))
            {
                return null;
            }

            if (Guid.TryParseExact(CorrelationId, "D", out var id))
            {
                return id;
            }

            wrong["correlationId"] = ["Must be an id such as 0198c0de-0000-7000-8000-000000000000."];
            return null;
        }

        DateTimeOffset? Moment(string field, string? text)
        {
            if (string.IsNullOrEmpty(text))
            {
                return null;
            }

            if (RequestMoment.TryParse(text, out var moment))
            {
                return moment;
            }

            wrong[field] = [RequestMoment.Expected];
            return null;
        }

        long? Position(string field, string? text)
        {
            if (string.IsNullOrEmpty(text))
            {
                return null;
            }

            if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var position))
            {
                return position;
            }

            wrong[field] = ["Must be a whole number from 0."];
            return null;
        }

        int Number(string field, string? text, int standard, int max)
        {
            if (PageLimit.TryParse(string.IsNullOrEmpty(text) ? null : text, standard, max, out var number))
            {
                return number;
            }

            wrong[field] = [$"Must be a whole number from 1 to {max}."];
            return standard;
        }
    }
}
