using Payments.CardProcessor.Api;
using Payments.CardProcessor.Faults;
using Payments.CardProcessor.Postgres;
using Payments.ServiceDefaults;
using Payments.ServiceDefaults.Configuration;

namespace Payments.CardProcessor;

/// <summary>Builds the stand-in for an external acquirer; Program runs it alone, Standalone beside the other hosts.</summary>
public static class CardProcessorHost
{
    private const string Database = "processor";

    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        var options = ProcessorOptions.From(builder.Configuration, builder.Environment);
        builder.AddServiceDefaults();
        builder.AddPostgres(Database, source => ConnectionLimits.Apply(source.ConnectionStringBuilder));
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton<FaultStore>();
        builder.Services.AddSingleton<PostgresLedger>();
        builder.Services.AddSingleton<LedgerReader>();
        builder.Services.AddSingleton<OperationHandler>();
        builder.AddDatabaseSchema(typeof(CardProcessorHost).Assembly);
        builder.Services.ConfigureHttpJsonOptions(o => o.SerializerOptions.TypeInfoResolverChain.Insert(0, ProcessorJson.Default));
        builder.Services.AddOpenApi();

        var app = builder.Build();
        app.MapServiceDefaults();
        app.UseWhen(context => context.Request.Path.StartsWithSegments("/v1"), v1 => v1.UseMiddleware<FaultMiddleware>());
        app.MapOpenApi();
        app.MapProcessor();
        if (options.FaultControls)
        {
            app.MapFaults();
        }

        return app;
    }
}
