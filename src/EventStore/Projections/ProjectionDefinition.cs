using System.Text.RegularExpressions;
using Payments.EventStore.Contract;

namespace Payments.EventStore.Projections;

/// <summary>A read model: tables that are a fold of the log, and nothing else.</summary>
/// <remarks>
/// It is given events and returns rows, and that is all it can do: it has no connection, no client and no transaction. So it can be made
/// again from the log at any time without anything happening twice. Whatever else should follow from an event is a subscription, and a
/// subscription cannot be rebuilt. The rows are written by functions <c>apply_&lt;projection&gt;(rows jsonb)</c> of the service's schema,
/// which name their tables without a schema and touch no others: a rebuild runs them with only its own tables in sight.
/// </remarks>
public abstract partial record ProjectionDefinition
{
    private readonly string _name = "";

    private protected ProjectionDefinition()
    {
    }

    /// <summary>Lower case, digits and underscores, at most 40 characters.</summary>
    /// <exception cref="ArgumentException">It is no such name.</exception>
    public required string Name
    {
        get => _name;
        init => _name = NamePattern().IsMatch(value) ? value : throw new ArgumentException($"'{value}' is no name of a projection.");
    }

    /// <summary>To be raised when the same events lead to other rows: at the next start the tables are then rebuilt.</summary>
    public required int Version { get; init; }

    /// <summary>All tables that its apply functions write.</summary>
    public required IReadOnlyList<string> Tables { get; init; }

    /// <summary>SQL that puts the rows into empty tables that must be there before the first event; empty for none.</summary>
    public string Seed { get; init; } = "";

    public EventFilter Filter { get; init; } = EventFilter.None;

    /// <summary>The name of its checkpoint, its worker and its lock.</summary>
    internal string SubscriptionName => SubscriptionNameOf(Name);

    internal static string SubscriptionNameOf(string projection) => $"projection/{projection}";

    /// <summary>A fold of the whole log from its beginning.</summary>
    internal abstract IProjectionFold NewFold();

    [GeneratedRegex("^[a-z][a-z0-9_]{0,39}$")]
    private static partial Regex NamePattern();
}

/// <summary>Written after the events, by one worker over all processes, some milliseconds behind.</summary>
public sealed record AsynchronousProjection : ProjectionDefinition
{
    /// <summary>
    /// The rows that a stretch of the log leads to. Pure; called with stretches of any length, so it is best to give one row for many
    /// events of one thing. Rows of one apply function are written by one call.
    /// </summary>
    public required Func<IReadOnlyList<StoredEvent>, IEnumerable<ProjectionRow>> Fold { get; init; }

    internal override IProjectionFold NewFold() => new Stateless(Fold);

    private sealed class Stateless(Func<IReadOnlyList<StoredEvent>, IEnumerable<ProjectionRow>> fold) : IProjectionFold
    {
        public ValueTask<IReadOnlyList<IReadOnlyList<ProjectionRow>>> FoldAsync(
            IReadOnlyList<StoredEvent> events, CancellationToken cancel) =>
            ValueTask.FromResult<IReadOnlyList<IReadOnlyList<ProjectionRow>>>([[.. fold(events)]]);
    }
}

/// <summary>Turns events into rows, stretch after stretch from the beginning of the log.</summary>
internal interface IProjectionFold
{
    /// <summary>Rows in groups that must be written one after the other.</summary>
    ValueTask<IReadOnlyList<IReadOnlyList<ProjectionRow>>> FoldAsync(IReadOnlyList<StoredEvent> events, CancellationToken cancel);
}
