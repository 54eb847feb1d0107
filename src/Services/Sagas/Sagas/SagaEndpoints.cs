using Payments.Domain.Sagas;
using Payments.Messaging.DeadLetters;
using Payments.Operations;
using Payments.Operations.Exports;
using Payments.SagaService.Cards;
using Payments.SagaService.Operators;
using Payments.ServiceDefaults.Callers;

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
        admin.MapOperations<Saga, SagaEvent>();
        admin.MapEventExport(
            "e.correlation_id in (select r.correlation_id from events r where r.event_type = 'saga.started.v1' and $1 in (" +
            "r.data #>> '{terms,payment,payee}', r.data #>> '{terms,payment,source,owner}', r.data #>> '{terms,payee}', " +
            "r.data #>> '{terms,payer}'))");
        admin.MapDeadLetters<Saga, SagaEvent>();
    }
}
