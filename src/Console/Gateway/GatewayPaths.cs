namespace Payments.Console.Gateway;

/// <summary>Every question that the console asks the gateway.</summary>
internal static class GatewayPaths
{
    public const string PaymentOverview = "/api/admin/payments/overview";
    public const string WalletOverview = "/api/admin/wallets/overview";
    public const string SagaOverview = "/api/admin/sagas/overview";

    public static string Payments(string? status, string? failure, Guid? wallet, Guid? after, int limit) =>
        "/api/payments"
        + Query(
            ("status", status),
            ("failureCode", failure),
            ("walletId", wallet?.ToString("D")),
            ("after", after?.ToString("D")),
            ("limit", $"{limit}"));

    public static string Payment(Guid id) => $"/api/payments/{id:D}";

    public static string History(Guid payment) => $"/api/payments/{payment:D}/history";

    public static string Wallets(string? user, Guid? after, int limit) =>
        "/api/admin/wallets" + Query(("userId", user), ("after", after?.ToString("D")), ("limit", $"{limit}"));

    public static string Owners(IEnumerable<Guid> wallets) => "/api/admin/wallets/owners?wallets=" + string.Join(',', wallets);

    public static string Wallet(Guid id) => $"/api/wallets/{id:D}";

    /// <summary>Ledger entries of the versions from <paramref name="after"/> + 1 on, oldest first.</summary>
    public static string Entries(Guid wallet, long after, int limit) => $"/api/wallets/{wallet:D}/entries?after={after}&limit={limit}";

    internal static string Query(params (string Name, string? Value)[] parts) =>
        "?" + string.Join('&', parts.Where(p => !string.IsNullOrEmpty(p.Value)).Select(p => $"{p.Name}={Uri.EscapeDataString(p.Value!)}"));
}
