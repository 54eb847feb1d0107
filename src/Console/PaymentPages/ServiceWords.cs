namespace Payments.Console.PaymentPages;

/// <summary>The logs of the services as people call them.</summary>
public static class ServiceWords
{
    private static readonly string[] Known = ["payments", "sagas", "wallets"];

    public static string Of(string service) => service switch
    {
        "payments" => "Payment",
        "sagas" => "Saga",
        "wallets" => "Wallet",
        "operators" => "Operators",
        _ => service,
    };

    /// <summary>From the one that is asked to those that do the work.</summary>
    public static int Order(string service) => Array.IndexOf(Known, service) is >= 0 and var at ? at : Known.Length;
}
