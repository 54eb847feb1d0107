using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;
using Payments.Contracts.DeadLetters;

namespace Payments.Console.DeadLetters;

/// <summary>Which dead letters are looked at: what the address of a page says. What is null does not matter.</summary>
/// <param name="Group">A fingerprint: those that failed alike.</param>
/// <param name="Age">One of <see cref="Ages"/>: waiting for at least that long.</param>
public sealed record DeadLetterQuery(
    string? Service = null,
    string? Group = null,
    string? Consumer = null,
    string? Type = null,
    string? Topic = null,
    string? Error = null,
    string? Text = null,
    string? Age = null)
{
    public static readonly IReadOnlyList<string> Services = ["payments", "wallets", "sagas"];

    public static readonly IReadOnlyList<(string Age, TimeSpan Span, string Words)> Ages =
    [
        ("5m", TimeSpan.FromMinutes(5), "5 minutes or more"),
        ("1h", TimeSpan.FromHours(1), "1 hour or more"),
        ("1d", TimeSpan.FromDays(1), "1 day or more"),
        ("7d", TimeSpan.FromDays(7), "7 days or more"),
    ];

    public bool IsFiltered => this with { Service = null } != new DeadLetterQuery();

    public static DeadLetterQuery Read(string address)
    {
        var query = QueryHelpers.ParseQuery(new Uri(address).Query);
        return new(Of("service"), Of("group"), Of("consumer"), Of("type"), Of("topic"), Of("error"), Of("text"), Of("age"));

        string? Of(string name) => query.TryGetValue(name, out var values) && values is [{ Length: > 0 } value, ..] ? value : null;
    }

    public bool Covers(string service) => Service is null || Service == service;

    /// <summary>The address of a page with this query.</summary>
    /// <param name="more">What else the address says.</param>
    public string Address(string path, params IEnumerable<(string Name, string? Value)> more)
    {
        IEnumerable<(string Name, string? Value)> all =
        [
            ("service", Service), ("group", Group), ("consumer", Consumer), ("type", Type), ("topic", Topic), ("error", Error),
            ("text", Text), ("age", Age), .. more,
        ];
        var given = all.Where(part => !string.IsNullOrEmpty(part.Value))
            .Select(part => $"{part.Name}={Uri.EscapeDataString(part.Value!)}")
            .ToList();
        return given.Count == 0 ? path : $"{path}?{string.Join('&', given)}";
    }

    public (string Name, string? Value)[] ToApi(DateTimeOffset now) =>
    [
        ("fingerprint", Group), ("consumer", Consumer), ("messageType", Type), ("topic", Topic), ("errorType", Error), ("text", Text),
        ("failedUntil", Until(now)?.ToString("O", CultureInfo.InvariantCulture)),
    ];

    public DeadLetterFilter ToFilter(DateTimeOffset now) => new()
    {
        Consumer = Consumer,
        Fingerprint = Group,
        MessageType = Type,
        Topic = Topic,
        ErrorType = Error,
        Text = Text,
        FailedUntil = Until(now),
    };

    // To the minute: an address that differs every second would be another question every second.
    private DateTimeOffset? Until(DateTimeOffset now)
    {
        var found = Ages.FirstOrDefault(a => a.Age == Age);
        var until = now.ToUniversalTime() - found.Span;
        return found.Age is null ? null : until.AddTicks(-(until.Ticks % TimeSpan.TicksPerMinute));
    }
}
