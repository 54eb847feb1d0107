using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Payments.Domain.Cards;
using Payments.Domain.Payments;
using Payments.Domain.Sagas;
using Payments.EventStore.Aggregates;
using Payments.EventStore.Contract;

namespace Payments.SagaService.Sagas;

/// <summary>
/// The rows that a saga's events write in their own transaction: where it stands, what is to be asked of the card processor, what that has
/// approved, and what people did. Each is a fold, so that a rebuild, which takes events one by one, makes the same.
/// </summary>
internal static class SagaProjection
{
    // Only for what sagas wait for, in words: no timeout is in that.
    private static readonly SagaDefinitions Kinds = new(new SagaTimeouts());

    public static IEnumerable<ProjectionRow> Rows(Change<Saga, SagaEvent> change)
    {
        var folded = new Folding();
        var state = change.Before.State;
        foreach (var (e, stored, version) in change.Events)
        {
            folded.Add(state, e, stored, version, change.DecidedAt);
            state = Saga.Evolve(state, e);
        }

        return [Row("sagas", SagaOf(change), SagaJson.Default.SagaRow), .. folded.Rows()];
    }

    private static SagaRow SagaOf(Change<Saga, SagaEvent> change)
    {
        var saga = change.After.State!;
        return new SagaRow(
            saga.Terms.Operation.Value,
            saga.Definition,
            saga.Terms.Payment.Source.Method,
            saga.Terms.Payment.Payment.Value,
            PhaseNames.Shown(saga.Phase),
            saga.Overdue,
            saga.Deadline,
            saga.Attempt,
            saga.RefusalCode,
            IsWaiting(saga) ? RequestOf(saga).Awaits(saga.Terms) : null,
            saga.CompensationRequested,
            saga.Terms.Payment.Source.PayerWallet?.Value,
            saga.Terms.Payment.PayeeWallet.Value,
            saga.Terms.Amount.Minor,
            saga.Terms.Amount.Currency.Code,
            saga.FailureCode,
            change.DecidedAt,
            change.After.Version);
    }

    // Between its start and its first move a saga waits for nothing yet. Only a rebuild sees it there.
    private static bool IsWaiting(Saga saga) => !saga.HasEnded && saga.Phase.Length > 0;

    private static SagaRequest RequestOf(Saga saga) => Kinds.Named(saga.Definition).RequestIn(saga.Phase);

    private static ProjectionRow Row<T>(string projection, T row, JsonTypeInfo<T> json) =>
        new(projection, JsonSerializer.SerializeToUtf8Bytes(row, json));

    /// <summary>What the events of one change come to, beside the saga itself.</summary>
    private sealed class Folding
    {
        private readonly List<CardBookRow> _books = [];
        private readonly List<SagaActRow> _acts = [];
        private CardCallRow? _call;

        /// <param name="state">Before the event.</param>
        public void Add(Saga? state, SagaEvent e, NewEvent stored, long version, DateTimeOffset at)
        {
            switch (e)
            {
                case SagaEvent.Moved moved:
                    NoteEffect(state!, moved, version);
                    Close(state!);
                    break;
                case SagaEvent.CardCommanded { Command: var command }:
                    _call = new CardCallRow(
                        command.For.Value, command.Key, stored.Type, stored.SchemaVersion, JsonElement.Parse(stored.Data.Span),
                        state!.Terms.Payment.Payment.Value, version, at);
                    break;
                case SagaEvent.CardAnswered { Answer: var answer, IsDeclared: var declared }:
                    Close(state!);
                    if (answer.IsApproved)
                    {
                        Book(state!, answer, declared, at, version);
                    }

                    break;
                case SagaEvent.OperatorActed acted:
                    NoteAct(state!, acted, version, at);
                    break;
            }
        }

        public IEnumerable<ProjectionRow> Rows() =>
        [
            .. _call is { } call ? [Row("card_calls", call, SagaJson.Default.CardCallRow)] : Array.Empty<ProjectionRow>(),
            .. _books.Select(book => Row("card_books", book, SagaJson.Default.CardBookRow)),
            .. _acts.Select(act => Row("saga_acts", act, SagaJson.Default.SagaActRow)),
        ];

        // Answered, or not wanted any more. A command that follows opens it again.
        private void Close(Saga saga)
        {
            if (saga.Terms.Payment.Source is PaymentSource.OfCard)
            {
                _call = new CardCallRow(saga.Terms.Operation.Value);
            }
        }

        private void NoteAct(Saga saga, SagaEvent.OperatorActed acted, long version, DateTimeOffset at)
        {
            var phase = PhaseNames.Shown(saga.Phase);
            _acts.Add(new SagaActRow(
                saga.Terms.Operation.Value, version, phase, acted.Act.ToString().ToLowerInvariant(), acted.By, acted.Reason, phase, at));
        }

        // A person's act and the move that it leads to follow each other; what is declared to be done stands between them.
        private void NoteEffect(Saga saga, SagaEvent.Moved moved, long version)
        {
            if (moved.Because is not (nameof(SagaIntervention.Complete) or nameof(SagaIntervention.Compensate)))
            {
                return;
            }

            var (operation, phase) = (saga.Terms.Operation.Value, PhaseNames.Shown(moved.To));
            var actedAt = version - (moved.Because == nameof(SagaIntervention.Complete) ? 2 : 1);
            if (_acts.FindIndex(a => a.Version == actedAt) is >= 0 and var found)
            {
                _acts[found] = _acts[found] with { PhaseAfter = phase };
            }
            else
            {
                _acts.Add(new SagaActRow(operation, actedAt, phase));
            }
        }

        private void Book(Saga saga, CardAnswer answer, bool declared, DateTimeOffset at, long version) =>
            _books.Add(new CardBookRow(
                CardCommand.KeyOf(saga.Terms.Operation, answer.Act, answer.Declines),
                saga.Terms.Operation.Value,
                saga.Terms.Payment.Payment.Value,
                answer.Act.ToString().ToLowerInvariant(),
                answer.Amount.Minor,
                answer.Amount.Currency.Code,
                declared,
                at,
                version));
    }
}
