using Payments.Domain.Sagas;
using Payments.SagaService.Cards;
using Payments.SagaService.Operators;
using Payments.ServiceDefaults;
using Payments.Services.Audit;
using Payments.Services.Compliance;
using Payments.Services.Consumers;
using Payments.Services.DeadLetters;
using Payments.Services.EventReplays;
using Payments.Services.Events;
using Payments.Services.Failures;
using Payments.Services.FourEyes;
using Payments.Services.Invariants;
using Payments.Services.Projections;
using Payments.Services.Settings;
using Payments.Services.TimeTravel;

namespace Payments.SagaService.Sagas;

/// <summary>Every route of this service on one page: all for operators.</summary>
internal static class SagaEndpoints
{
    public static void MapSagas(this WebApplication app)
    {
        var admin = app.MapAdmin("/api/admin/sagas");
        admin.MapGet("/", SagaQueries.List);
        admin.MapGet("/overview", SagaQueries.Overview);
        admin.MapGet("/definitions", DefinitionsEndpoint.Get);
        admin.MapGet("/breaker", BreakerEndpoint.Get);
        admin.MapGet("/{id:guid}", SagaQueries.Get);
        admin.MapGet("/{id:guid}/acts", ActQueries.OfSaga);
        admin.MapPost("/{id:guid}/preview", PreviewAct.Handle).RequireRole(OperatorRole.Viewer);
        admin.MapPost("/{id:guid}/retry", ActOnSaga.Retry);
        admin.MapPost("/{id:guid}/compensate", ActOnSaga.Compensate);
        admin.MapPost("/{id:guid}/complete", ActOnSaga.Complete);
        admin.MapEvents();
        admin.MapTimeTravel<Saga, SagaEvent>();
        admin.MapAudit();
        admin.MapApprovals();
        admin.MapProjections();
        admin.MapInvariants();
        admin.MapConsumers();
        admin.MapSettings();
        admin.MapPlantedFailures();
        admin.MapEventReplays();
        admin.MapAuditEvents(
            "e.correlation_id in (select r.correlation_id from events r where r.event_type = 'saga.started.v1' and $1 in (" +
            "r.data #>> '{terms,payment,payee}', r.data #>> '{terms,payment,source,owner}', r.data #>> '{terms,payee}', " +
            "r.data #>> '{terms,payer}'))");
        admin.MapDeadLetters<Saga, SagaEvent>();
    }
}
