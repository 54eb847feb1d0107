using System.Text.Json;
using Npgsql;
using Payments.EventStore.Contract;
using Payments.EventStore.Postgres;

namespace Payments.EventStore.Projections;

/// <summary>
/// Writes what a stretch of the log leads to. Events whose rows the database refuses are found by halving the stretch, and parked with
/// those that come later in their streams; all others are written.
/// </summary>
internal sealed class ProjectionWriter(IProjectionFold fold, ProjectionTables tables, ParkedEvents parked)
{
    private const string Before = "before_rows";

    public ParkedEvents Parked => parked;

    /// <summary>The rows of a stretch, made before its transaction begins: a fold may take its time.</summary>
    /// <returns>Null: one of the events cannot be folded.</returns>
    public async Task<IReadOnlyList<IReadOnlyList<ProjectionRow>>?> FoldAsync(
        IReadOnlyList<StoredEvent> events, CancellationToken cancel)
    {
        try
        {
            return await fold.FoldAsync(events, cancel);
        }
        catch (Exception refusal) when (IsRefusal(refusal))
        {
            return null; // Found out which when it is written.
        }
    }

    /// <param name="folded">The rows of all events, where they are known already.</param>
    /// <returns>Events that were parked, each with the reason; not those that wait behind others.</returns>
    /// <exception cref="NpgsqlException">The database is in trouble, or the schema is not what the projection expects: the whole stretch
    /// can be tried again.</exception>
    public async Task<IReadOnlyList<(long Position, string Error)>> WriteAsync(
        NpgsqlTransaction transaction,
        IReadOnlyList<StoredEvent> events,
        IReadOnlyList<IReadOnlyList<ProjectionRow>>? folded,
        CancellationToken cancel)
    {
        var waiting = await parked.StreamsAsync(transaction.Connection!, cancel);
        var refused = new List<(long, string)>();
        await WriteAsync(transaction, events, folded, waiting, refused, cancel);
        return refused;
    }

    /// <summary>Everything that is parked once more, in order.</summary>
    /// <param name="store">Where the events are read.</param>
    /// <returns>What is parked again, each with the reason.</returns>
    public async Task<IReadOnlyList<(long Position, string Error)>> RetryAsync(
        NpgsqlTransaction transaction, IEventStore store, CancellationToken cancel)
    {
        var events = new List<StoredEvent>();
        foreach (var position in await parked.ReadDueAsync(transaction.Connection!, cancel))
        {
            events.Add(await store.ReadAllAsync(position - 1, 1, EventFilter.None, cancel) is [{ } e] && e.Position == position
                ? e
                : throw new InvalidOperationException($"Position {position} is archived: bring its month back first."));
        }

        var refused = new List<(long, string)>();
        await WriteAsync(transaction, events, null, [], refused, cancel);
        return refused;
    }

    private async Task WriteAsync(
        NpgsqlTransaction transaction, IReadOnlyList<StoredEvent> events, IReadOnlyList<IReadOnlyList<ProjectionRow>>? folded,
        HashSet<string> waiting, List<(long, string)> refused, CancellationToken cancel)
    {
        var free = events;
        if (waiting.Count > 0)
        {
            folded = null;
            free = [.. events.Where(e => !waiting.Contains(e.Stream.ToString()))];
            foreach (var behind in events.Where(e => waiting.Contains(e.Stream.ToString())))
            {
                await parked.ParkAsync(transaction.Connection!, behind, null, cancel);
            }
        }

        if (free.Count == 0 || await TryWriteAsync(transaction, free, folded, cancel) is not { } error)
        {
            return;
        }

        if (free.Count == 1)
        {
            await parked.ParkAsync(transaction.Connection!, free[0], error, cancel);
            waiting.Add(free[0].Stream.ToString());
            refused.Add((free[0].Position, error));
            return;
        }

        var half = free.Count / 2;
        await WriteAsync(transaction, [.. free.Take(half)], null, waiting, refused, cancel);
        await WriteAsync(transaction, [.. free.Skip(half)], null, waiting, refused, cancel);
    }

    /// <returns>Why these events are refused; null: they are written.</returns>
    private async Task<string?> TryWriteAsync(
        NpgsqlTransaction transaction, IReadOnlyList<StoredEvent> events, IReadOnlyList<IReadOnlyList<ProjectionRow>>? folded,
        CancellationToken cancel)
    {
        await transaction.SaveAsync(Before, cancel);
        try
        {
            await tables.ApplyAsync(transaction.Connection!, folded ?? await fold.FoldAsync(events, cancel), cancel);
            await transaction.ReleaseAsync(Before, cancel);
            return null;
        }
        catch (Exception refusal) when (IsRefusal(refusal))
        {
            await transaction.RollbackAsync(Before, cancel);
            await transaction.ReleaseAsync(Before, cancel);
            return refusal.Message;
        }
    }

    // What lies in the content of an event. A table or function that is missing concerns all events alike: the same stretch again, until it
    // is there.
    private static bool IsRefusal(Exception e) => e switch
    {
        PostgresException { SqlState: ['4', '2', ..] } => false,
        OverflowException or JsonException => true,
        _ => GroupCommit.IsRejection(e),
    };
}
