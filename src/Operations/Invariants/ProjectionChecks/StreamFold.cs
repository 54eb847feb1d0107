using System.Text.Json.Nodes;
using Payments.Contracts.Wire;
using Payments.Domain;
using Payments.EventStore.Aggregates;
using Payments.EventStore.Contract;

namespace Payments.Operations.Invariants.ProjectionChecks;

/// <summary>Folds one stream and says what its row should be, by the projection's own code.</summary>
internal sealed class StreamFold<TState, TEvent>(IEventStore store, AggregateDefinition<TState, TEvent> definition, CheckedTable table)
    where TState : class
{
    private const int PageSize = 1_000;

    /// <summary>The row of a state.</summary>
    public JsonObject RowOf(StreamId stream, Versioned<TState> state)
    {
        var row = definition.Project(new Change<TState, TEvent>(definition, stream, state)).First(r => r.Projection == table.Name);
        return JsonNode.Parse(row.Json.Span)!.AsObject();
    }

    /// <summary>The first event that a row does not show, or that cannot be folded. Reads the stream from its start.</summary>
    /// <param name="row">Null: there is none, so the first event is the one.</param>
    /// <returns>Null when the stream's beginning is archived, or nothing differs.</returns>
    public async Task<(EventReference? Event, string Why)> ExplainAsync(StreamId stream, JsonObject? row, CancellationToken cancel)
    {
        var state = default(Versioned<TState>);
        var (shown, next, lastWrite) = (0L, default(EventReference), default(EventReference));
        var claimed = row?["version"]?.GetValue<long>() ?? 0;
        while (await store.ReadStreamAsync(stream, VersionRange.Later(state.Version), PageSize, cancel) is { Count: > 0 } page)
        {
            foreach (var e in page)
            {
                if (e.StreamVersion != state.Version + 1)
                {
                    return (null, "its first events are archived, and tell no more which of them the row does not show");
                }

                next ??= EventReference.Of(e);
                try
                {
                    state = new(definition.Evolve(state.State, definition.Decode(e)), e.StreamVersion);
                }
                catch (Exception corrupt) when (corrupt is UnreachableStateException or WireFormatException or OverflowException)
                {
                    return (EventReference.Of(e), $"the event cannot be folded: {corrupt.Message}");
                }

                lastWrite = e.StreamVersion <= claimed ? EventReference.Of(e) : lastWrite;
                if (row is not null && Shows(stream, row, state))
                {
                    (shown, next) = (state.Version, null);
                }
            }
        }

        return shown > 0 ? (next ?? lastWrite, $"the row shows the state of version {shown}")
            : row is null ? (next, "there is no row")
            : (lastWrite ?? next, "no version of the stream leads to this row");
    }

    private bool Shows(StreamId stream, JsonObject row, Versioned<TState> state) =>
        RowComparison.Differences(row, RowOf(stream, state), table.Members).Keys.All(column => column == "version");
}
