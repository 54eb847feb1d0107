using Payments.EventStore.Contract;

namespace Payments.EventStore.Postgres;

/// <summary>What must become of a unit, given what has just become of the one before it.</summary>
/// <remarks>
/// True at the moment of that commit, which the unit's caller was waiting through: as good an answer as the database's own.
/// </remarks>
internal static class Foresight
{
    /// <summary>The obstacle, or null when the database has to be asked.</summary>
    public static AppendResult? Of(AppendUnit unit, AppendUnit before, AppendResult result) =>
        AlreadyClaimed(unit.Claim, before.Claim, result) as AppendResult
        ?? unit.Streams.Select(append => Conflict(append, before, result)).FirstOrDefault(conflict => conflict is not null);

    private static AppendResult.AlreadyClaimed? AlreadyClaimed(Claim? claim, Claim? before, AppendResult result) =>
        (claim?.Scope, claim?.Key) != (before?.Scope, before?.Key) ? null : (before, result) switch
        {
            ({ } taken, AppendResult.Appended) => new AppendResult.AlreadyClaimed(taken),
            (not null, AppendResult.AlreadyClaimed claimed) => claimed,
            _ => null,
        };

    private static AppendResult.Conflict? Conflict(StreamAppend append, AppendUnit before, AppendResult result)
    {
        if (append.Events.Count > 0 && before.Streams.Any(s => s.Events.Any(e => e.EventId == append.Events[0].EventId)))
        {
            return null; // Perhaps a repeat.
        }

        var actual = result switch
        {
            AppendResult.Appended => VersionAfter(before.Streams.FirstOrDefault(s => s.Stream == append.Stream)),
            AppendResult.Conflict conflict when conflict.Stream == append.Stream => conflict.Actual,
            _ => null,
        };
        return actual is { } version && !append.Expected.Allows(version)
            ? new AppendResult.Conflict(append.Stream, append.Expected, version)
            : null;
    }

    // Not known after an append to whatever was there.
    private static long? VersionAfter(StreamAppend? append) =>
        append is { Expected.Value: >= 0 and var version } ? version + append.Events.Count : null;
}
