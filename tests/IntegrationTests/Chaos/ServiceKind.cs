namespace IntegrationTests.Chaos;

/// <summary>One of our hosts, as somebody who deploys it sees it.</summary>
/// <param name="Name">As in <c>services:{name}:http:0</c>.</param>
/// <param name="Program">Its dll.</param>
/// <param name="Database">The name of its connection string; null when it has none.</param>
/// <param name="Instances">How many run side by side from the start.</param>
internal sealed record ServiceKind(string Name, string Program, string? Database, int Instances)
{
    /// <summary>Those with an event log, of which there are several.</summary>
    public static readonly IReadOnlyList<ServiceKind> Logs =
    [
        new("payment", "Payments.PaymentService", "payments", 2),
        new("wallet", "Payments.WalletService", "wallets", 2),
        new("saga", "Payments.SagaService", "sagas", 2),
    ];

    public static readonly ServiceKind Processor = new("card-processor", "Payments.CardProcessor", "processor", 1);

    public static readonly ServiceKind Gateway = new("gateway", "Payments.Gateway", null, 1);

    public static readonly IReadOnlyList<ServiceKind> All = [.. Logs, Processor, Gateway];
}
