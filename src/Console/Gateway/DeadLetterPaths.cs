using Payments.Console.DeadLetters;

namespace Payments.Console.Gateway;

/// <summary>The questions and orders about dead letters and replays, by service: payments, wallets or sagas.</summary>
internal static class DeadLetterPaths
{
    public static string Groups(string service, DeadLetterQuery query, DateTimeOffset now) =>
        $"{Admin(service)}/dead-letters/groups" + GatewayPaths.Query(query.ToApi(now));

    public static string List(string service, DeadLetterQuery query, DateTimeOffset now, string? status, string? after, int limit) =>
        $"{Admin(service)}/dead-letters"
        + GatewayPaths.Query([.. query.ToApi(now), ("status", status), ("after", after), ("limit", $"{limit}")]);

    /// <summary>Keys that wait for their next attempt.</summary>
    public static string Retried(string service, int limit) => $"{Admin(service)}/dead-letters/parked?dead=false&limit={limit}";

    public static string One(string service, long id) => $"{Admin(service)}/dead-letters/{id}";

    public static string Capsule(string service, long id) => One(service, id) + "/capsule";

    public static string Edit(string service, long id) => One(service, id) + "/edit";

    public static string Discard(string service, long id) => One(service, id) + "/discard";

    public static string Verify(string service) => $"{Admin(service)}/dead-letters/groups/verify";

    public static string Preview(string service) => $"{Admin(service)}/dead-letters/preview";

    public static string Acts(string service, Guid replay, string act) =>
        $"{Admin(service)}/dead-letters/acts?replayId={replay:D}&act={act}";

    public static string Replays(string service, int limit) => $"{Admin(service)}/replays?limit={limit}";

    public static string NewReplay(string service) => $"{Admin(service)}/replays";

    public static string Replay(string service, Guid id, string? items, int? after, int limit) =>
        $"{Admin(service)}/replays/{id:D}" + GatewayPaths.Query(("status", items), ("after", after?.ToString()), ("limit", $"{limit}"));

    /// <param name="act"><c>pause</c>, <c>resume</c> or <c>cancel</c>.</param>
    public static string Steer(string service, Guid id, string act) => $"{Admin(service)}/replays/{id:D}/{act}";

    private static string Admin(string service) => $"/api/admin/{Uri.EscapeDataString(service)}";   // It comes from an address.
}
