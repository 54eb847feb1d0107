using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting.Internal;
using Payments.CardProcessor;
using Payments.Gateway.Operators;
using Payments.Gateway.Proxying;
using Payments.Messaging.Kafka;
using Payments.Operations.Approvals;
using Payments.Operations.Invariants;
using Payments.PaymentService.Analytics;
using Payments.PaymentService.Fees;
using Payments.SagaService.Cards;
using Payments.SagaService.Sagas;
using Payments.ServiceDefaults.Configuration;
using Payments.WalletService.Rules;

namespace IntegrationTests.Configuration;

/// <summary><c>docs/configuration.md</c> has every option of every host, with its default.</summary>
public sealed class ConfigurationPageTests
{
    private static readonly string[] Rows = File.ReadAllLines(Find("docs/configuration.md"));

    public static TheoryData<string, string?> Options() =>
    [
        .. Of("Kafka", new KafkaOptions { BootstrapServers = "" },
            nameof(KafkaOptions.BootstrapServers), nameof(KafkaOptions.ClientProperties)),
        .. Of("Invariants", new InvariantOptions()),
        .. Of("Fees:wallet", new FeeRate()),
        .. Of("Fees:card", new FeeRate()),
        .. Of("Analytics", new AnalyticsOptions()),
        .. Of("Rules:Limits:{currency}", new SpendingLimitOptions()),
        .. Of("Sagas:Timeouts", new SagaTimeoutOptions()),
        .. Of("CardStep", new CardStepOptions()),
        .. Of("Processor",
            ProcessorOptions.From(new ConfigurationBuilder().Build(), new HostingEnvironment { EnvironmentName = "Production" }),
            nameof(ProcessorOptions.FaultControls)),
        .. Of("Proxy", new ProxyOptions()),
        .. Of("FourEyes", new ApprovalOptions()),
        .. Of("Operators", new OperatorOptions(), nameof(OperatorOptions.FirstAdminPassword), nameof(OperatorOptions.OpenIdConnect)),
        .. Of("Operators:OpenIdConnect", new OpenIdOptions(), nameof(OpenIdOptions.Authority), nameof(OpenIdOptions.ClientId)),
        .. Of("Limits", new LimitOptions()),
    ];

    [Theory]
    [MemberData(nameof(Options))]
    public void Every_option_is_on_the_page_with_its_default(string setting, string? value)
    {
        var row = Assert.Single(Rows, row => row.StartsWith('|') && row.Split('|')[1].Contains($"`{setting}`", StringComparison.Ordinal));

        Assert.Equal(value ?? "none", row.Split('|')[^2].Trim(' ', '`'));
    }

    private static IEnumerable<(string, string?)> Of<T>(string section, T defaults, params string[] apart) =>
        from property in typeof(T).GetProperties()
        where property is { CanWrite: true, GetMethod.IsPublic: true } && !apart.Contains(property.Name)
        select ($"{section}:{property.Name}", Text(property.GetValue(defaults)));

    private static string? Text(object? value) => value switch
    {
        null or "" => null,
        bool flag => flag ? "true" : "false",
        IFormattable number => number.ToString("N0", CultureInfo.InvariantCulture),
        _ => value.ToString(),
    };

    private static string Find(string file)
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, file)))
            {
                return Path.Combine(folder, file);
            }
        }

        throw new FileNotFoundException($"There is no {file} above {AppContext.BaseDirectory}.");
    }
}
