using Payments.Domain.Wallets;
using Payments.ServiceDefaults;
using Payments.Services;
using Payments.Services.History;
using Payments.Services.Invariants;
using Payments.WalletService.Invariants;
using Payments.WalletService.Wallets;

namespace Payments.WalletService;

/// <summary>Builds the host; Program runs it alone, Standalone runs all hosts in one process.</summary>
public static class WalletHost
{
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.AddServiceDefaults();
        builder.AddEventSourcedService("wallets", WalletAggregate.Definition, WalletAggregate.Consumer, typeof(WalletHost).Assembly);
        builder.AddInlineProjection(WalletAggregate.Projection);
        builder.AddProjectionAudit<Wallet, WalletEvent>(Audits.Table);
        builder.Services.AddSingleton<LedgerQueries>();
        builder.AddInvariant(MoneyAddsUp.Name, provider => ActivatorUtilities.CreateInstance<MoneyAddsUp>(provider).Invariant);
        builder.Services.AddSingleton<WalletQueries>();
        builder.Services.ConfigureHttpJsonOptions(o => o.SerializerOptions.TypeInfoResolverChain.Insert(0, WalletJson.Default));
        builder.Services.AddOpenApi();

        var app = builder.Build();
        app.MapServiceDefaults();
        app.MapOpenApi();
        app.MapHistory();
        app.MapWallets();
        return app;
    }
}
