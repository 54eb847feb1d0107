using System.Text.Json.Nodes;
using Npgsql;
using Payments.Contracts.Wire;
using Payments.Domain;
using Payments.EventStore.Aggregates;
using Payments.EventStore.Contract;

namespace Payments.Operations.Invariants.ProjectionChecks;

/// <summary>
/// A projection is the fold of its events: folds streams and compares what the projection makes of them with what its table says.
/// </summary>
/// <remarks>
/// Each round takes the streams with new events, those whose rows were written since the last round by whomever, those without a row,
/// and the next of a slow walk over all. The row is read before the events, and folded up to the row's own version: appends go on
/// meanwhile and do not disturb.
/// </remarks>
public sealed class ProjectionCheck<TState, TEvent>(
    IEventStore store,
    NpgsqlDataSource database,
    AggregateDefinition<TState, TEvent> definition,
    CheckedTable table,
    InvariantOptions options)
    where TState : class
{
    private const int Chunk = 100;

    /// <summary>Longer streams are folded from their snapshot: a round is bounded.</summary>
    private const int FoldedFromStartMax = 1_000;

    private readonly CheckQueries _queries = new(database, table, definition.StreamType);
    private readonly StreamFold<TState, TEvent> _fold = new(store, definition, table);

    public Invariant Invariant => new()
    {
        Name = table.InvariantName,
        Meaning = $"Each row of '{table.Name}' is what the events of its stream lead to.",
        Check = CheckAsync,
    };

    private async Task<Seen> CheckAsync(Look look, CancellationToken cancel)
    {
        if (await _queries.IsBeingRebuiltAsync(cancel))
        {
            throw new CannotLookException("The tables are being rebuilt: until then they need not fit the events.");
        }

        var (streams, cursor, note) = await ChooseAsync(look, CheckCursor.Read(look.Cursor), cancel);
        var findings = new List<Finding>();
        var unread = 0;
        foreach (var chunk in streams.Chunk(Chunk))
        {
            unread += await AuditAsync(chunk, findings, cancel);
        }

        return new Seen(streams.Count - unread, [.. findings.OrderBy(f => f.FirstDivergent?.Position ?? long.MaxValue)])
        {
            Cursor = cursor.Write(),
            Note = unread > 0 ? $"{note} {unread} streams begin in the archive, without a snapshot.".Trim() : note,
        };
    }

    private async Task<(HashSet<string> Streams, CheckCursor Cursor, string? Note)> ChooseAsync(
        Look look, CheckCursor cursor, CancellationToken cancel)
    {
        var (head, transaction, rows) = await _queries.NowAsync(cancel);
        var streams = new HashSet<string>(look.Known);
        var notes = new List<string>();
        var changed = await _queries.ChangedAsync(
            Math.Max(cursor.Position, head - options.EventsMax), head, options.ChangedStreamsMax + 1, cancel);
        var whole = rows <= options.WholeTableRowsMax;
        var touched = whole && cursor.Transaction is { } since
            ? await _queries.TouchedAsync(since, options.ChangedStreamsMax + 1, cancel)
            : [];
        if (Math.Max(changed.Count, touched.Count) > options.ChangedStreamsMax || head - cursor.Position > options.EventsMax)
        {
            notes.Add("More streams have changed than one look takes; the walk comes to the others.");
        }

        streams.UnionWith(changed.Concat(touched).Distinct().Take(options.ChangedStreamsMax));
        if (!whole)
        {
            notes.Add("The table is too large to be looked at as a whole: only the walk finds missing rows, and rows changed by hand.");
        }
        else if (!await _queries.KeysAgreeAsync(cancel))
        {
            streams.UnionWith(await _queries.UnpairedAsync(options.ChangedStreamsMax, cancel));
        }

        var walked = await _queries.WalkAsync(cursor.Walked, options.WalkStreams, cancel);
        streams.UnionWith(walked);
        var next = walked.Count == options.WalkStreams ? walked[^1] : "";
        return (streams, new CheckCursor(head, transaction, next), notes.Count > 0 ? string.Join(' ', notes) : null);
    }

    /// <returns>How many streams could not be read.</returns>
    private async Task<int> AuditAsync(string[] streams, List<Finding> findings, CancellationToken cancel)
    {
        var versions = await _queries.VersionsAsync(streams, cancel);
        var rows = await _queries.RowsAsync(streams, cancel);
        var rests = await ReadAsync(versions, cancel);
        var unread = 0;
        foreach (var name in streams)
        {
            var stream = StreamId.Parse(name);
            var (version, row) = (versions.GetValueOrDefault(name), rows.GetValueOrDefault(name));
            try
            {
                if ((version, row) is not (0, null)
                    && await FindAsync(stream, version, row, rests.GetValueOrDefault(stream), cancel) is { } finding)
                {
                    findings.Add(finding);
                }
            }
            catch (StreamArchivedException)
            {
                unread++;
            }
        }

        return unread;
    }

    private async Task<Dictionary<StreamId, StreamRest>> ReadAsync(Dictionary<string, long> versions, CancellationToken cancel)
    {
        var isShort = versions.ToLookup(v => v.Value <= FoldedFromStartMax || definition.Snapshots is null, v => StreamId.Parse(v.Key));
        var fromStart = await store.ReadStreamsAsync([.. isShort[true].Select(s => (s, 0L))], null, cancel);
        var rests = new Dictionary<StreamId, StreamRest>(fromStart);
        var archived = isShort[true].Where(s => rests.GetValueOrDefault(s)?.Events is not [{ StreamVersion: 1 }, ..]);
        var others = isShort[false].Concat(archived).ToList();
        if (others.Count > 0 && definition.Snapshots is { Schema: var schema })
        {
            foreach (var (stream, rest) in await store.ReadStreamsAsync([.. others.Select(s => (s, 0L))], schema, cancel))
            {
                rests[stream] = rest;
            }
        }

        return rests;
    }

    private async Task<Finding?> FindAsync(StreamId stream, long version, JsonObject? row, StreamRest? rest, CancellationToken cancel)
    {
        if (version == 0)
        {
            return new Finding(
                $"{stream}",
                $"The table '{table.Name}' has a row for {stream}, and there is no such stream.",
                null,
                Details([], row, null));
        }

        var shown = row?["version"]?.GetValue<long>() ?? 0;
        JsonObject? expected = null;
        if (row is not null && shown >= version && await StateAsync(stream, shown, rest, cancel) is { State: not null } state)
        {
            expected = _fold.RowOf(stream, state);
            if (RowComparison.Differences(row, expected, table.Members) is not { Count: > 0 } differences)
            {
                return null;
            }

            return await FindingAsync(stream, row, expected, [.. differences.Keys], cancel);
        }

        return await FindingAsync(stream, row, expected, [], cancel);
    }

    // Null: it cannot be folded up to there, because an event is corrupt or because there are fewer of them.
    private async Task<Versioned<TState>?> StateAsync(StreamId stream, long version, StreamRest? rest, CancellationToken cancel)
    {
        var events = rest?.Snapshot is { } newer && newer.Version > version
            ? await store.ReadStreamAsync(stream, new(0, version), int.MaxValue, cancel) // Taken while we looked.
            : rest?.Events ?? [];
        try
        {
            var start = rest?.Snapshot is { } snapshot && snapshot.Version <= version
                ? new Versioned<TState>(definition.Snapshots!.Decode(snapshot.State), snapshot.Version)
                : default;
            var state = definition.Fold(start, events.TakeWhile(e => e.StreamVersion <= version));
            return state.Version == version ? state
                : events is [] or [{ StreamVersion: > 1 }, ..] ? throw new StreamArchivedException(stream, state.Version, version)
                : null;
        }
        catch (Exception corrupt) when (corrupt is UnreachableStateException or WireFormatException or OverflowException)
        {
            return null;
        }
    }

    private async Task<Finding> FindingAsync(
        StreamId stream, JsonObject? row, JsonObject? expected, IReadOnlyList<string> columns, CancellationToken cancel)
    {
        var (e, why) = await _fold.ExplainAsync(stream, row, cancel);
        var what = row is null ? "has no row"
            : columns.Count > 0 ? $"has a row that differs in {string.Join(", ", columns)}"
            : "has a row that differs";
        return new Finding($"{stream}", $"{stream} {what} in '{table.Name}': {why}.", e, Details(columns, row, expected));
    }

    private static JsonObject Details(IReadOnlyList<string> columns, JsonObject? row, JsonObject? expected) => new()
    {
        ["columns"] = new JsonArray([.. columns.Select(c => (JsonNode)c)]),
        ["row"] = row?.DeepClone(),
        ["expected"] = expected?.DeepClone(),
    };
}
