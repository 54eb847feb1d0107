using Microsoft.AspNetCore.OpenApi;
using Payments.Contracts.Settings;
using Payments.Domain.Payments;
using Payments.Hosting;
using Payments.Hosting.Metrics;
using Payments.Messaging.DeadLetters;
using Payments.Operations;
using Payments.Operations.History;
using Payments.Operations.Invariants;
using Payments.Operations.Settings;
using Payments.PaymentService.Analytics;
using Payments.PaymentService.Fees;
using Payments.PaymentService.Invariants;
using Payments.PaymentService.Payments;
using Payments.PaymentService.Refunds;
using Payments.ServiceDefaults;
using Payments.ServiceDefaults.Configuration;

namespace Payments.PaymentService;

/// <summary>Builds the host; Program runs it alone, Standalone runs all hosts in one process.</summary>
public static class PaymentHost
{
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.AddServiceDefaults();
        builder.AddEventSourcedService("payments", PaymentAggregate.Definition, PaymentAggregate.Consumer, typeof(PaymentHost).Assembly);
        builder.AddOperations("payments");
        builder.AddDeadLetters<Payment, PaymentEvent>("payments", PaymentAggregate.Consumer.Name);
        builder.AddServiceClient("wallet");
        builder.AddServiceClient("saga");
        builder.AddProjection(PaymentMinutes.Projection);
        builder.AddMeasuredEvents(store => new PaymentMetrics(store).Events);
        builder.AddInlineProjection(PaymentAggregate.Projection);
        var fees = FeeOptions.From(builder.Configuration);
        builder.Services.AddSingleton(fees);
        builder.ShowSettings(
            "Fees",
            ShownSetting.Of("Fees:wallet:FixedMinor", fees.Wallet.FixedMinor),
            ShownSetting.Of("Fees:wallet:BasisPoints", fees.Wallet.BasisPoints),
            ShownSetting.Of("Fees:card:FixedMinor", fees.Card.FixedMinor),
            ShownSetting.Of("Fees:card:BasisPoints", fees.Card.BasisPoints));
        builder.Services.AddSingleton(AnalyticsOptions.From(builder.Configuration));
        builder.Services.AddHostedService<CountsRetention>();
        builder.AddProjectionCheck<Payment, PaymentEvent>(CheckedTables.Table);
        builder.Services.AddSingleton<WalletDirectory>();
        builder.Services.AddSingleton<NewPayments>();
        builder.Services.AddSingleton<PaymentQueries>();
        builder.Services.AddSingleton<RefundQueries>();
        builder.Services.AddSingleton<PaymentEndings>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<PaymentEndings>());
        builder.Services.ConfigureHttpJsonOptions(o => o.SerializerOptions.TypeInfoResolverChain.Insert(0, PaymentJson.Default));
        builder.Services.AddOpenApi(api =>
            api.CreateSchemaReferenceId = json => SchemaNames.Of(json.Type) ?? OpenApiOptions.CreateDefaultSchemaReferenceId(json));

        var app = builder.Build();
        app.MapServiceDefaults();
        app.MapOpenApi();
        app.MapHistory();
        app.MapPayments();
        return app;
    }
}
