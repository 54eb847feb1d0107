using Payments.Console.Sagas;

namespace Payments.Console.Gateway;

/// <summary>The questions and orders about sagas, consumers, projections, invariants, the card processor and settings.</summary>
internal static class OperationsPaths
{
    public const string Breaker = "/api/admin/sagas/breaker";
    public const string SagaDefinitions = "/api/admin/sagas/definitions";
    public const string CardFaults = "/api/admin/cards/faults";
    public const string GatewaySettings = "/api/admin/gateway/settings";
    public const string LastHour = "/api/analytics/payments";

    public static string Failures(int minutes) => $"/api/admin/payments/failures?minutes={minutes}";

    public static string Sagas(SagaQuery query, string? sort, string? after, int limit) => "/api/admin/sagas" + GatewayPaths.Query(
        ("stuck", query.Stuck ? "true" : null), ("phase", query.Phase), ("definition", query.Kind), ("search", query.Search),
        ("sort", sort), ("after", after), ("limit", $"{limit}"));

    public static string Saga(Guid id) => $"/api/admin/sagas/{id:D}";

    public static string SagaActs(Guid id) => Saga(id) + "/acts";

    public static string SagaPreview(Guid id) => Saga(id) + "/preview";

    /// <param name="act"><c>retry</c>, <c>compensate</c> or <c>complete</c>.</param>
    public static string SagaAct(Guid id, string act) => $"{Saga(id)}/{act}";

    /// <summary>Keys with a first message that failed, dead or tried again.</summary>
    public static string ParkedKeys(string service) => $"{Admin(service)}/dead-letters/parked?limit=500";

    public static string DeadLettersOf(string service, Guid payment) => $"{Admin(service)}/dead-letters?correlationId={payment:D}&limit=50";

    public static string Consumers(string service) => $"{Admin(service)}/consumers";

    /// <param name="act"><c>pause</c> or <c>resume</c>.</param>
    public static string ConsumerControl(string service, string act) => $"{Consumers(service)}/{act}";

    public static string Projections(string service) => $"{Admin(service)}/projections";

    /// <param name="act"><c>pause</c>, <c>resume</c>, <c>rebuild</c>, <c>cancel-rebuild</c> or <c>retry-parked</c>.</param>
    public static string OrderProjection(string service, string name, string act) =>
        $"{Projections(service)}/{Uri.EscapeDataString(name)}/{act}";

    public static string Invariants(string service) => $"{Admin(service)}/invariants";

    public static string Alerts(string service, bool open, int limit) =>
        $"{Admin(service)}/alerts?open={(open ? "true" : "false")}&limit={limit}";

    public static string Acknowledge(string service, long alert) => $"{Admin(service)}/alerts/{alert}/acknowledge";

    public static string Settings(string service) => $"{Admin(service)}/settings";

    private static string Admin(string service) => $"/api/admin/{Uri.EscapeDataString(service)}";
}
