namespace Payments.Console.Gateway;

/// <summary>The questions and orders about one wallet, and what belongs to one payment.</summary>
internal static class WalletPaths
{
    public static string Holds(Guid wallet, int limit) => $"/api/wallets/{wallet:D}/holds?limit={limit}";

    /// <param name="from">As the address says it: a moment, UTC.</param>
    public static string Statement(Guid wallet, string? from, string? until, string? after, int limit) =>
        $"/api/wallets/{wallet:D}/statement"
        + GatewayPaths.Query(("from", from), ("until", until), ("after", after), ("limit", $"{limit}"));

    public static string At(Guid wallet, string moment) => $"/api/wallets/{wallet:D}" + GatewayPaths.Query(("at", moment));

    /// <param name="act"><c>freeze</c>, <c>unfreeze</c> or <c>overdraft</c>.</param>
    public static string Steer(Guid wallet, string act) => $"/api/admin/wallets/{wallet:D}/{act}";

    public static string Refunds(Guid payment) => $"/api/payments/{payment:D}/refunds";

    /// <summary>What could not be handled of what belongs to a payment.</summary>
    public static string DeadLetters(string service, Guid correlation) =>
        $"/api/admin/{service}/dead-letters?correlationId={correlation:D}&limit=10";
}
