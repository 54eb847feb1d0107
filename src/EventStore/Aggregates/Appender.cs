using System.Diagnostics;
using Payments.EventStore.Contract;

namespace Payments.EventStore.Aggregates;

/// <summary>
/// The one way to change streams: load, decide, append; when another writer was faster, load and decide again, at most
/// <see cref="AttemptsMax"/> times.
/// </summary>
public sealed class Appender<TState, TEvent>(
    IEventStore store, Aggregates<TState, TEvent> aggregates, AggregateDefinition<TState, TEvent> definition, TimeProvider clock)
    where TState : class
{
    /// <summary>Attempts in all, before it counts as trouble and the caller is told to try later.</summary>
    public const int AttemptsMax = 100;

    /// <summary>So many attempts follow each other at once. Then it waits, longer each time: nearly two seconds in all.</summary>
    private const int AttemptsAtOnce = 5;
    private const int PauseMaxMs = 20;

    /// <param name="streams">All that may be changed.</param>
    /// <param name="decide">Decides on the states of an attempt, and says what to store; called anew for each attempt.</param>
    /// <param name="toLoad">Those of the streams that are loaded at first, where not all are: one that begins needs no look.</param>
    /// <returns>What became of the last attempt; no conflict, and nothing that was answered before.</returns>
    /// <exception cref="StoreUnavailableException">
    /// Nothing is stored, or it is not known: the database is in trouble, or the streams are written to faster than we can follow.
    /// </exception>
    /// <exception cref="StoreRejectedException">The database refuses the content.</exception>
    public async Task<AppendResult> AppendAsync(
        IReadOnlyCollection<StreamId> streams,
        Func<Attempt<TState, TEvent>, AppendUnit> decide,
        CancellationToken cancel,
        IReadOnlyCollection<StreamId>? toLoad = null)
    {
        using var turn = await aggregates.EnterAsync(streams, cancel);
        var isFirst = true;
        return await RepeatAsync(
            async answered =>
            {
                var states = isFirst
                    ? await aggregates.LoadAsync(toLoad ?? streams, cancel)
                    : await aggregates.RefreshAsync(streams, cancel);
                isFirst = false;
                var attempt = new Attempt<TState, TEvent>(definition, states, clock.GetUtcNow(), answered);
                var result = await store.AppendAsync(decide(attempt), cancel);
                if (result is AppendResult.Appended or AppendResult.Repeated)
                {
                    aggregates.Keep(attempt.Changes.Select(c => KeyValuePair.Create(c.Stream, c.After)));
                }

                return (result, result);
            },
            cancel);
    }

    /// <summary>Makes attempts until one meets no other writer, and decides nothing that was answered before.</summary>
    /// <param name="attempt">
    /// Given the commands that are known by now to have been answered: what stood in its way, if anything, and what it came to.
    /// </param>
    public async Task<T> RepeatAsync<T>(
        Func<IReadOnlySet<CommandKey>, Task<(AppendResult? Obstacle, T Value)>> attempt, CancellationToken cancel)
    {
        var answered = new HashSet<CommandKey>();
        for (var attempts = 1; attempts <= AttemptsMax; attempts++)
        {
            await PauseAsync(attempts, cancel);
            var (obstacle, value) = await attempt(answered);
            switch (obstacle)
            {
                case AppendResult.Conflict:
                    break;
                case AppendResult.AlreadyAnswered { Commands: var before } when !before.All(answered.Contains):
                    answered.UnionWith(before);
                    break;
                case AppendResult.AlreadyAnswered { Commands: var again }:
                    throw new UnreachableException($"{again[0]} was decided though it is known to have been answered.");
                default:
                    return value;
            }
        }

        throw new StoreUnavailableException(
            $"Streams of {definition.StreamType} are being written to too fast.",
            new TimeoutException($"{AttemptsMax} attempts met another writer each time."));
    }

    // Another process that has many commands for a stream decides from memory what we must read first, and so wins nearly every time.
    // What helps is to outlast it.
    private Task PauseAsync(int attempts, CancellationToken cancel) => attempts <= AttemptsAtOnce
        ? Task.CompletedTask
        : Task.Delay(TimeSpan.FromMilliseconds(Math.Min(attempts - AttemptsAtOnce, PauseMaxMs)), clock, cancel);
}
