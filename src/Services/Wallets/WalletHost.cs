using Microsoft.AspNetCore.OpenApi;
using Payments.Contracts.Settings;
using Payments.Domain;
using Payments.Domain.Wallets;
using Payments.EventStore.Contract;
using Payments.Hosting;
using Payments.Messaging.DeadLetters;
using Payments.Messaging.Topics;
using Payments.Operations;
using Payments.Operations.Clocks;
using Payments.Operations.History;
using Payments.Operations.Invariants;
using Payments.Operations.Settings;
using Payments.ServiceDefaults;
using Payments.ServiceDefaults.Clocks;
using Payments.WalletService.Answers;
using Payments.WalletService.Holds;
using Payments.WalletService.Invariants;
using Payments.WalletService.Rules;
using Payments.WalletService.Wallets;

namespace Payments.WalletService;

/// <summary>Builds the host; Program runs it alone, Standalone runs all hosts in one process.</summary>
public static class WalletHost
{
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.AddServiceDefaults();
        var rules = SpendingLimitOptions.From(builder.Configuration);
        builder.Services.AddSingleton(rules);
        builder.ShowSettings("Spending limits", [.. rules.Limits.OrderBy(l => l.Key.Code, StringComparer.Ordinal).SelectMany(Shown)]);
        var repeated = new RepeatedCommands();
        builder.AddEventSourcedService(
            "wallets",
            WalletAggregate.Definition,
            WalletAggregate.Consumer(rules, repeated.Add),
            typeof(WalletHost).Assembly);
        builder.AddOperations("wallets");
        builder.AddDeadLetters<Wallet, WalletEvent>("wallets", ConsumerNames.Wallet);
        builder.Services.AddSingleton(repeated);
        builder.Services.AddHostedService<AnswersAgain>();
        builder.Services.AddSingleton<IAnsweredCommands, AnsweredWalletCommands>();
        builder.AddInlineProjection(WalletAggregate.Projection);
        builder.AddProjectionCheck<Wallet, WalletEvent>(CheckedTables.Table);
        builder.Services.AddSingleton<LedgerQueries>();
        builder.AddInvariant(MoneyAddsUp.Name, provider => ActivatorUtilities.CreateInstance<MoneyAddsUp>(provider).Invariant);
        builder.Services.AddSingleton<WalletCommands>();
        builder.Services.AddSingleton<WalletControl>();
        builder.Services.AddSingleton<WalletQueries>();
        builder.Services.AddSingleton<HoldQueries>();
        builder.AddSetAside(
            HoldClock.Name, "Every hold that is over is given back: no wallet is in a state that keeps it from being read.", "wallet");
        builder.Services.AddWorker<HoldClock>();
        builder.Services.ConfigureHttpJsonOptions(o => o.SerializerOptions.TypeInfoResolverChain.Insert(0, WalletJson.Default));
        builder.Services.AddOpenApi(api =>
            api.CreateSchemaReferenceId = json => SchemaNames.Of(json.Type) ?? OpenApiOptions.CreateDefaultSchemaReferenceId(json));

        var app = builder.Build();
        app.MapServiceDefaults();
        app.MapOpenApi();
        app.MapHistory();
        app.MapWallets();
        return app;
    }

    private static IEnumerable<ShownSetting> Shown(KeyValuePair<Currency, SpendingLimits> limit)
    {
        foreach (var (name, minor) in new[]
        {
            ("PerTransactionMinor", limit.Value.PerTransactionMinor), ("PerDayMinor", limit.Value.PerDayMinor)
        })
        {
            if (minor is { } most)
            {
                yield return ShownSetting.Of($"{SpendingLimitOptions.Section}:{limit.Key}:{name}", most);
            }
        }
    }
}
