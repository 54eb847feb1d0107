using System.Globalization;
using Payments.Console.Events;

namespace Payments.Console.Gateway;

/// <summary>The questions about events and past states, by service: payments, wallets or sagas.</summary>
internal static class EventPaths
{
    /// <summary>As many positions as a service looks through at once.</summary>
    private const int Window = 100_000;

    /// <param name="after">Only later positions: what came while somebody watches.</param>
    /// <param name="before">Only earlier positions: the next page.</param>
    public static string Search(string service, EventQuery query, DateTimeOffset now, long? after, long? before, int limit) =>
        $"{Admin(service)}/events" + GatewayPaths.Query(
            [.. query.ToApi(now), ("after", Number(after)), ("before", Number(before)), ("limit", $"{limit}"), ("window", $"{Window}")]);

    public static string One(string service, long position) => $"{Admin(service)}/events/{position}";

    public static string OfCorrelation(string service, Guid correlation, int limit) =>
        $"{Admin(service)}/events?correlationId={correlation:D}&order=oldest&limit={limit}";

    public static string OfStream(string service, string stream, long? before, int limit) =>
        $"{Admin(service)}/events" + GatewayPaths.Query(("stream", stream), ("before", Number(before)), ("limit", $"{limit}"));

    /// <summary>The versions of a stream around one of them.</summary>
    public static string AroundVersion(string service, string stream, long version, int around) =>
        $"{Admin(service)}/events" + GatewayPaths.Query(
            ("stream", stream),
            ("afterVersion", Number(Math.Max(0, version - around - 1))),
            ("beforeVersion", Number(version + around + 1)),
            ("limit", "100"));

    /// <param name="moment">A version, or a moment such as 2026-01-31T00:00:00Z.</param>
    public static string State(string service, Guid id, string moment) =>
        $"{Admin(service)}/{id:D}/state" + GatewayPaths.Query((moment.All(char.IsAsciiDigit) ? "version" : "at", moment));

    /// <param name="from">A version.</param>
    public static string Diff(string service, Guid id, long from, long to) => $"{Admin(service)}/{id:D}/diff?from={from}&to={to}";

    private static string? Number(long? number) => number?.ToString(CultureInfo.InvariantCulture);

    private static string Admin(string service) => $"/api/admin/{Uri.EscapeDataString(service)}";   // It comes from an address.
}
