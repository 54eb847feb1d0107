using Payments.ServiceDefaults.Clocks;
using Payments.ServiceDefaults.Configuration;

namespace Payments.SagaService.Cards;

/// <summary>Registers all of the card step.</summary>
internal static class CardStep
{
    // The pipeline bounds each request; this only catches what it would miss.
    private static readonly TimeSpan ClientTimeout = TimeSpan.FromMinutes(2);

    public static void AddCardStep(this WebApplicationBuilder builder)
    {
        var options = CardStepOptions.From(builder.Configuration);
        var services = builder.Services;
        builder.AddRedis();
        services.AddSingleton(options);
        services.AddSingleton(new Bulkhead(options.MaxConcurrency));
        services.AddSingleton(new BreakerLimits(
            options.BreakerFailures, TimeSpan.FromMilliseconds(options.BreakerOpenMs), options.Timeout + options.Timeout));
        services.AddSingleton(provider =>
        {
            var breaker = ActivatorUtilities.CreateInstance<CardBreaker>(provider);
            BreakerMetrics.Show(() => breaker.Level);
            return breaker;
        });
        services.AddSingleton<CardPipeline>();
        services.AddSingleton<CardCalls>();
        services.AddSingleton<CardCaller>();
        if (builder.Configuration.FindServiceAddresses(HttpCardProcessor.Service).Count > 0)
        {
            builder.AddServiceClient(HttpCardProcessor.Service, ClientTimeout);
            services.AddSingleton<ICardProcessor, HttpCardProcessor>();
        }
        else
        {
            services.AddSingleton<ICardProcessor, NoCardProcessor>();
        }

        services.AddWorker<CardWorker>();
    }
}
