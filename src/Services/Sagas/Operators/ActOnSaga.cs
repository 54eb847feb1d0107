using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Payments.Contracts.Sagas;
using Payments.Domain;
using Payments.Domain.Sagas;
using Payments.EventStore.Aggregates;
using Payments.EventStore.Contract;
using Payments.Hosting;
using Payments.Operations.Approvals;
using Payments.Operations.Audit;
using Payments.SagaService.Sagas;
using Payments.ServiceDefaults.Callers;
using Payments.ServiceDefaults.Errors;

namespace Payments.SagaService.Operators;

/// <summary><c>POST /api/admin/sagas/{id}/retry</c>, <c>/compensate</c> and <c>/complete</c></summary>
internal sealed class ActOnSaga(
    CommandHandler<Saga, SagaEvent> sagas, Aggregates<Saga, SagaEvent> states, SagaEngine engine, ApprovalGate second, TimeProvider clock)
{
    public const string SagaMoved = "saga_moved";

    /// <summary>The saga has ended, has left the phase that was looked at, or compensates already.</summary>
    public static readonly OvertakenOrders Overtaken = new(
        "exists (select from sagas s where s.saga_id = (case when a.subject like 'saga/%' then substr(a.subject, 6) end)::uuid and " +
        "(s.deadline is null or s.phase <> a.body ->> 'phase' or (a.act = 'compensate' and s.compensation_requested)))");

    public static Task<IResult> Retry(
        Guid id, SagaActRequest request, HttpContext context, CallerIdentity caller, OperatorName by, IdempotencyKey key, ActOnSaga acts,
        CancellationToken cancel) =>
        acts.HandleAsync(SagaIntervention.Retry, id, request, by, key, caller, context, cancel);

    public static Task<IResult> Compensate(
        Guid id, SagaActRequest request, HttpContext context, CallerIdentity caller, OperatorName by, IdempotencyKey key, ActOnSaga acts,
        CancellationToken cancel) =>
        acts.HandleAsync(SagaIntervention.Compensate, id, request, by, key, caller, context, cancel);

    public static Task<IResult> Complete(
        Guid id, SagaActRequest request, HttpContext context, CallerIdentity caller, OperatorName by, IdempotencyKey key, ActOnSaga acts,
        CancellationToken cancel) =>
        acts.HandleAsync(SagaIntervention.Complete, id, request, by, key, caller, context, cancel);

    private async Task<IResult> HandleAsync(
        SagaIntervention act,
        Guid id,
        SagaActRequest request,
        OperatorName by,
        IdempotencyKey key,
        CallerIdentity caller,
        HttpContext context,
        CancellationToken cancel)
    {
        if (!Reason.TryRead(request.Reason, out var reason))
        {
            return Reason.Invalid();
        }

        if (request.Phase is not null && !PhaseNames.All.Contains(request.Phase))
        {
            return Problems.Invalid("phase", $"Must be one of {string.Join(", ", PhaseNames.All.Order(StringComparer.Ordinal))}.");
        }

        var stream = SagaAggregate.Definition.Stream(id);
        if ((await states.LoadAsync([stream], cancel))[stream].State is not { } known)
        {
            return NotFound(); // Claims nothing: it may be there at the next try.
        }

        var order = JsonSerializer.SerializeToUtf8Bytes(request, SagaJson.Default.SagaActRequest);
        var foreseen = MovesMoney(act) ? engine.Decide(known, act, by.Value, reason, clock.GetUtcNow()) : null;
        if (foreseen is Decision<SagaEvent>.Accepted)
        {
            var amount = known.Terms.Amount;
            var weighed = new WeighedOrder(
                NameOf(act), stream.ToString(), reason, order, Stakes.Of((amount.Minor, amount.Currency.Code)));
            (by, var instead) = await second.CheckAsync(weighed, context, by, key, cancel);
            if (instead is not null)
            {
                return instead;
            }
        }

        var repeatable = new IdempotentRequest(context, caller, key, order);

        var answer = default(KeptAnswer);
        var before = known;
        IReadOnlyList<SagaEvent> events = [];
        var command = new CommandRequest<Saga, SagaEvent>(
            stream,
            new Cause(known.Terms.Payment.Payment.Value, null, by.Value, Activity.Current?.Id),
            (state, now) =>
            {
                // Nobody is asked to agree to what cannot be done; but then it is not done either, should it be possible by now.
                var decision = Moved(state, request.Phase)
                    ?? foreseen as Decision<SagaEvent>.Refused
                    ?? engine.Decide(state, act, by.Value, reason, now);
                before = state ?? known;
                events = decision is Decision<SagaEvent>.Accepted accepted ? accepted.Events : [];
                return decision;
            })
        {
            Claim = decided =>
            {
                answer = decided switch
                {
                    CommandOutcome<Saga>.Done done => Answer(act, before, done, events),
                    CommandOutcome<Saga>.Refused refused => KeptAnswer.Refusal(
                        StatusCodes.Status409Conflict, refused.Reason.Code, refused.Reason.Message),
                    _ => throw new InvalidOperationException($"{decided} has no answer."),
                };
                return repeatable.ClaimWith(answer);
            },
            Record = decided => decided is CommandOutcome<Saga>.Done done ? [Record(act, stream, before, done.State, by, reason)] : [],
        };
        var outcome = await sagas.HandleAsync(command, cancel);
        return outcome is CommandOutcome<Saga>.Repeated repeated ? repeatable.Repeat(repeated.First) : answer!.ToResult(context);
    }

    // What was begun may be tried again by whoever is on call. What ends it in another way than it was meant to needs two, if it is much.
    private static bool MovesMoney(SagaIntervention act) => act is SagaIntervention.Compensate or SagaIntervention.Complete;

    private static string NameOf(SagaIntervention act) => act.ToString().ToLowerInvariant();

    private ProjectionRow Record(SagaIntervention act, StreamId stream, Saga before, Saga after, OperatorName by, string reason) =>
        new OperatorAct(
            clock.GetUtcNow(),
            by.Value,
            $"saga-{NameOf(act)}",
            reason,
            Before: new JsonObject { ["phase"] = PhaseNames.Shown(before.Phase) },
            After: new JsonObject { ["phase"] = PhaseNames.Shown(after.Phase) },
            Subject: stream.ToString()).ToRow();

    public static IResult NotFound() => Problems.NotFound(RefusalCodes.SagaNotFound, "There is no such saga.");

    // What was looked at is not there any more: the operator should look again.
    private static Decision<SagaEvent>.Refused? Moved(Saga? state, string? phase) =>
        state is not null && phase is not null && PhaseNames.Shown(state.Phase) != phase
            ? new(new Refusal(SagaMoved, $"The saga has gone on from {phase} to {PhaseNames.Shown(state.Phase)}."))
            : null;

    private KeptAnswer Answer(
        SagaIntervention act, Saga before, CommandOutcome<Saga>.Done done, IReadOnlyList<SagaEvent> events) => KeptAnswer.Of(
        StatusCodes.Status200OK,
        JsonSerializer.SerializeToUtf8Bytes(
            new SagaActAnswer(
                before.Terms.Operation.Value,
                NameOf(act),
                PhaseNames.Shown(before.Phase),
                PhaseNames.Shown(done.State.Phase),
                done.State.Deadline,
                Effects.Texts(engine.Definitions, before, events),
                Effects.Commands(events),
                Effects.Money(events),
                done.Version),
            SagaJson.Default.SagaActAnswer));
}
