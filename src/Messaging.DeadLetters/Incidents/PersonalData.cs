using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Payments.Domain;
using Payments.Messaging.Envelope;
using Payments.Messaging.Topics;

namespace Payments.Messaging.DeadLetters.Incidents;

/// <summary>
/// Takes persons out of one capsule, and leaves what decisions depend on: the same person has the same stand-in throughout, what was no
/// user id is none afterwards, and texts keep their length and shape. Works on text, so also on half of a JSON document.
/// </summary>
internal sealed partial class PersonalData
{
    /// <summary>Headers of ours that name nobody. Whatever else is there was put there by somebody else.</summary>
    private static readonly HashSet<string> PlainHeaders =
    [
        HeaderNames.Id, HeaderNames.Type, HeaderNames.Schema, HeaderNames.Source, HeaderNames.Position, HeaderNames.Previous,
        HeaderNames.Stream, HeaderNames.Version, HeaderNames.Correlation, HeaderNames.Causation, HeaderNames.TraceParent,
        HeaderNames.Recorded,
    ];

    private readonly Dictionary<string, string> _standIns = new(StringComparer.Ordinal);

    /// <summary>A payload or an event's data.</summary>
    public string Json(string json) => PersonalMember().Replace(json, member =>
    {
        var (name, escaped) = (member.Groups["name"].Value, member.Groups["value"].Value);
        if (Unescape(escaped) is not { } value)
        {
            // Cut off in the middle of an escape, or no text at all.
            return member.Groups["before"].Value + new string('x', escaped.Length) + member.Groups["after"].Value;
        }

        var masked = name switch
        {
            "token" => CardToken.TryParse(value, out _) ? StandIn(value, "card") : Shape(value),
            "reference" or "reason" => Shape(value),
            "by" => Actor(value),
            _ => Person(value),
        };
        return member.Groups["before"].Value + JsonEncodedText.Encode(masked) + member.Groups["after"].Value;
    });

    /// <summary>Who asked: an operator behind a slash is a person, a service or a client is none.</summary>
    public string Actor(string actor) =>
        actor.IndexOf('/', StringComparison.Ordinal) is var slash and >= 0 ? actor[..(slash + 1)] + Person(actor[(slash + 1)..]) : actor;

    /// <summary>What a message is ordered by.</summary>
    public string Key(string routingKey) =>
        routingKey.StartsWith(RoutingKey.ForUser(""), StringComparison.Ordinal)
            ? RoutingKey.ForUser(Person(routingKey[RoutingKey.ForUser("").Length..]))
            : IsOfOurs(routingKey) ? routingKey : Shape(routingKey);

    public string Header(string name, string value) =>
        PlainHeaders.Contains(name) ? value : name == HeaderNames.Actor ? Actor(value) : Shape(value);

    /// <summary>An error's text or its stack: what it quotes, and whoever is known by now. To be asked last.</summary>
    public string Error(string text) =>
        _standIns.OrderByDescending(known => known.Key.Length)
            .Aggregate(Quoted().Replace(text, "'…'"), (masked, known) => masked.Replace(known.Key, known.Value, StringComparison.Ordinal));

    // Wallets and payments go by the same names in some places.
    private string Person(string value) =>
        Guid.TryParse(value, out _) ? value : UserId.TryParse(value, out _) ? StandIn(value, "person") : Shape(value);

    private string StandIn(string value, string kind)
    {
        if (!_standIns.TryGetValue(value, out var standIn))
        {
            _standIns[value] = standIn = string.Create(CultureInfo.InvariantCulture, $"{kind}-{_standIns.Count + 1}");
        }

        return standIn;
    }

    private static bool IsOfOurs(string routingKey) =>
        routingKey.IndexOf('/', StringComparison.Ordinal) is var slash and > 0 && Guid.TryParseExact(routingKey[(slash + 1)..], "D", out _);

    private static string Shape(string text) =>
        string.Concat(text.EnumerateRunes().Select(rune => Rune.IsLetter(rune) ? "x" : Rune.IsDigit(rune) ? "0" : rune.ToString()));

    private static string? Unescape(string escaped)
    {
        try
        {
            return JsonSerializer.Deserialize<string>($"\"{escaped}\"");
        }
        catch (JsonException)
        {
            return null;
        }
    }

    [GeneratedRegex(
        """(?<before>"(?<name>owner|payer|payee|by|token|reference|reason)"\s*:\s*")(?<value>(?:[^"\\]|\\.)*\\?)(?<after>"|$)""",
        RegexOptions.Singleline)]
    private static partial Regex PersonalMember();

    [GeneratedRegex("'[^']*'")]
    private static partial Regex Quoted();
}
