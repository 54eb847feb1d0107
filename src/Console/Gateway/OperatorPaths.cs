using Payments.Console.Audit;

namespace Payments.Console.Gateway;

/// <summary>The questions and orders about operators, approvals and what was done.</summary>
internal static class OperatorPaths
{
    public const string SignIn = "/api/operators/sign-in";
    public const string OpenIdSignIn = "/api/operators/sign-in/open-id";
    public const string SignOut = "/api/operators/sign-out";
    public const string Me = "/api/operators/me";
    public const string MyPassword = "/api/operators/me/password";
    public const string Operators = "/api/admin/operators";

    /// <param name="act"><c>role</c>, <c>disable</c>, <c>enable</c> or <c>reset-password</c>.</param>
    public static string Operator(string name, string act) => $"{Operators}/{Uri.EscapeDataString(name)}/{act}";

    public static string Approvals(string service, bool waiting, int limit) =>
        $"/api/admin/{service}/approvals?limit={limit}" + (waiting ? "&status=waiting" : null);

    public static string Decline(string service, Guid approval) => $"/api/admin/{service}/approvals/{approval:D}/decline";

    /// <param name="service">payments, wallets, sagas or operators.</param>
    public static string Audit(string service, AuditQuery query, long? before, int limit) =>
        $"/api/admin/{service}/audit"
        + GatewayPaths.Query([.. query.ToApi(), ("before", before?.ToString()), ("limit", $"{limit}")]);

    public static string Verify(string service) => $"/api/admin/{service}/audit/verify";
}
