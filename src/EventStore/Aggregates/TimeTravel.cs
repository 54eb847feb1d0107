using Payments.EventStore.Contract;

namespace Payments.EventStore.Aggregates;

/// <summary>A point in a stream's life.</summary>
public abstract record Moment
{
    private Moment()
    {
    }

    /// <summary>After its n-th event; beyond the last one: now.</summary>
    public sealed record Version(long Number) : Moment;

    /// <summary>After what was recorded until then, inclusive.</summary>
    public sealed record Time(DateTimeOffset At) : Moment;

    public static readonly Moment Now = new Version(long.MaxValue);
}

/// <summary>A state as it was.</summary>
/// <param name="RecordedAt">When the last event that it is folded from was recorded; null before the first.</param>
public sealed record PastState<TState>(TState? State, long Version, DateTimeOffset? RecordedAt)
    where TState : class;

/// <summary>States of the past, folded from events; from a snapshot on where it is not beyond the moment.</summary>
public sealed class TimeTravel<TState, TEvent>(IEventStore store, AggregateDefinition<TState, TEvent> definition)
    where TState : class
{
    private const int PageSize = 1_000;

    /// <param name="earlier">A state of the same stream that is known already: a later version is folded on from it.</param>
    /// <exception cref="StreamArchivedException">Events that it takes are in an archive.</exception>
    public async Task<PastState<TState>> StateAsync(
        StreamId stream, Moment moment, CancellationToken cancel, PastState<TState>? earlier = null)
    {
        var past = await StartAsync(stream, moment, cancel);
        if (earlier?.Version > past.Version && moment is Moment.Version { Number: var number } && number >= earlier.Version)
        {
            past = earlier;
        }

        while (true)
        {
            var page = await store.ReadStreamAsync(
                stream, new(past.Version, (moment as Moment.Version)?.Number ?? long.MaxValue), PageSize, cancel);
            var until = page.TakeWhile(e => moment is not Moment.Time { At: var at } || e.RecordedAt <= at).ToList();
            var (state, version) = definition.Fold(new(past.State, past.Version), until);
            past = until.Count > 0 ? new(state, version, until[^1].RecordedAt) : past;
            if (until.Count < PageSize)
            {
                await CheckNothingIsMissingAsync(stream, past, moment, cancel);
                return past;
            }
        }
    }

    // A stream that seems to end may only go on in an archive.
    private async Task CheckNothingIsMissingAsync(StreamId stream, PastState<TState> past, Moment moment, CancellationToken cancel)
    {
        if (moment is Moment.Version { Number: var wanted } && wanted == past.Version)
        {
            return;
        }

        var version = await store.StreamVersionAsync(stream, cancel); // First: what is appended in between is not missing.
        if (await store.ReadStreamAsync(stream, VersionRange.Later(past.Version), 1, cancel) is [var next])
        {
            Contiguity.CheckNextOfStream(past.Version, next);
        }
        else if (version > past.Version)
        {
            throw new StreamArchivedException(stream, past.Version, version + 1);
        }
    }

    private async Task<PastState<TState>> StartAsync(StreamId stream, Moment moment, CancellationToken cancel)
    {
        var nothing = new PastState<TState>(null, 0, null);
        if (definition.Snapshots is not { } format
            || await store.FindSnapshotAsync(stream, format.Schema, cancel) is not { } snapshot
            || moment is Moment.Version { Number: var wanted } && wanted < snapshot.Version)
        {
            return nothing;
        }

        // When it was reached, the snapshot does not say: its last event does, unless that is archived.
        var last = await store.ReadStreamAsync(stream, new(snapshot.Version - 1, snapshot.Version), 1, cancel);
        return last is [var e] && (moment is not Moment.Time { At: var at } || e.RecordedAt <= at)
            ? new(format.Decode(snapshot.State), snapshot.Version, e.RecordedAt)
            : last is [] && moment is Moment.Version
                ? new(format.Decode(snapshot.State), snapshot.Version, null)
                : nothing;
    }
}
