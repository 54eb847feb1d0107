using Payments.Domain.Sagas;
using Payments.Hosting;
using Payments.Hosting.Metrics;
using Payments.Messaging.DeadLetters;
using Payments.Messaging.Topics;
using Payments.Operations;
using Payments.Operations.Clocks;
using Payments.Operations.History;
using Payments.SagaService.Cards;
using Payments.SagaService.Invariants;
using Payments.SagaService.Operators;
using Payments.SagaService.Sagas;
using Payments.ServiceDefaults;
using Payments.ServiceDefaults.Clocks;

namespace Payments.SagaService;

/// <summary>Builds the host; Program runs it alone, Standalone runs all hosts in one process.</summary>
public static class SagaHost
{
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.AddServiceDefaults();
        var timeouts = SagaTimeoutOptions.From(builder.Configuration);
        var engine = new SagaEngine(timeouts);
        builder.Services.AddSingleton(engine);
        builder.AddEventSourcedService("sagas", SagaAggregate.Definition, SagaAggregate.Consumer(engine), typeof(SagaHost).Assembly);
        builder.AddOperations("sagas");
        builder.AddDeadLetters<Saga, SagaEvent>("sagas", ConsumerNames.Saga);
        builder.AddMeasuredEvents(store => new SagaStreamMetrics(store).Begin().Events);
        builder.AddGauges(SagaStreamMetrics.Gauges);
        builder.AddInlineProjection(SagaAggregate.Projection);
        builder.Services.AddSingleton<ActOnSaga>();
        builder.Services.AddSingleton(ActOnSaga.Overtaken);
        builder.AddSetAside(
            SagaClock.Name, "Every saga whose deadline has passed is told: none is in a state that keeps it from being read.", "saga");
        builder.Services.AddWorker<SagaClock>();
        builder.AddCardStep();
        builder.AddSagaInvariants();
        builder.ShowSagaSettings(timeouts);

        var app = builder.Build();
        app.MapServiceDefaults();
        app.MapHistory();
        app.MapSagas();
        return app;
    }
}
