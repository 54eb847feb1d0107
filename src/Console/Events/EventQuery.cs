using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;
using Payments.Console.DeadLetters;
using Payments.Console.Gateway;
using Payments.Contracts.Wire;

namespace Payments.Console.Events;

/// <summary>Which events are looked at: what the address of the page says. What is null does not matter.</summary>
/// <param name="Stream">As it is written, for example <c>wallet/0198c0de-…</c>.</param>
/// <param name="Type">A stored name, or several with commas between them.</param>
/// <param name="Since">One of <see cref="Spans"/>: not older than that.</param>
/// <param name="From">The first moment, UTC, for example <c>2026-01-31T12:00:00Z</c>.</param>
/// <param name="Until">The first moment that is too late, UTC.</param>
/// <param name="Before">Only earlier positions; of one service, since each counts for itself.</param>
public sealed record EventQuery(
    string? Service = null,
    string? Stream = null,
    string? Type = null,
    string? Correlation = null,
    string? Since = null,
    string? From = null,
    string? Until = null,
    string? Before = null)
{
    public static readonly IReadOnlyList<(string Since, TimeSpan Span, string Words)> Spans =
    [
        ("5m", TimeSpan.FromMinutes(5), "the last 5 minutes"),
        ("1h", TimeSpan.FromHours(1), "the last hour"),
        ("1d", TimeSpan.FromDays(1), "the last day"),
        ("7d", TimeSpan.FromDays(7), "the last 7 days"),
        ("30d", TimeSpan.FromDays(30), "the last 30 days"),
    ];

    /// <summary>All names that events have been stored under.</summary>
    public static readonly IReadOnlyList<string> Types = [.. WireFormat.Names.Select(n => n.Name).Distinct().Order(StringComparer.Ordinal)];

    public bool IsFiltered => this with { Service = null } != new EventQuery();

    /// <summary>New events may fit: nothing says that they come too late.</summary>
    public bool IsOpen => Until is null && Before is null;

    public IReadOnlyList<string> Services => Service is { } one ? [one] : DeadLetterQuery.Services;

    public static EventQuery Read(string address)
    {
        var query = QueryHelpers.ParseQuery(new Uri(address).Query);
        return new(Of("service"), Of("stream"), Of("type"), Of("correlation"), Of("since"), Of("from"), Of("until"), Of("before"));

        string? Of(string name) => query.TryGetValue(name, out var values) && values is [{ Length: > 0 } value, ..] ? value : null;
    }

    /// <summary>
    /// What somebody typed: a stream (<c>wallet/0198…</c>), an id that events belong to, or a number, from which on to look back.
    /// Null when it is none of these.
    /// </summary>
    public EventQuery? With(string? text)
    {
        var wanted = text?.Trim() ?? "";
        return wanted switch
        {
            "" => this with { Stream = null, Correlation = null, Before = null },
            _ when Guid.TryParse(wanted, out var id) => this with { Stream = null, Before = null, Correlation = id.ToString("D") },
            _ when StreamName.Parse(wanted) is not null => this with { Stream = wanted, Correlation = null, Before = null },
            _ when long.TryParse(wanted.TrimStart('#'), NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var position) =>
                this with { Stream = null, Correlation = null, Before = (position + 1).ToString(CultureInfo.InvariantCulture) },
            _ => null,
        };
    }

    /// <summary>The address of the page with this query.</summary>
    public string Address()
    {
        IEnumerable<(string Name, string? Value)> all =
        [
            ("service", Service), ("stream", Stream), ("type", Type), ("correlation", Correlation), ("since", Since), ("from", From),
            ("until", Until), ("before", Before),
        ];
        var query = GatewayPaths.Query([.. all]);
        return query == "?" ? "events" : "events" + query;
    }

    public (string Name, string? Value)[] ToApi(DateTimeOffset now) =>
    [
        ("stream", Stream), ("type", Type), ("correlationId", Correlation),
        ("from", From ?? (Spans.FirstOrDefault(s => s.Since == Since) is { Since: not null } span
            ? (now.ToUniversalTime() - span.Span).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)
            : null)),
        ("until", Until),
    ];
}
