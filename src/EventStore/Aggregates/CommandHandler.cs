using Payments.Domain;
using Payments.EventStore.Contract;

namespace Payments.EventStore.Aggregates;

/// <summary>What became of a command.</summary>
public abstract record CommandOutcome<TState>
    where TState : class
{
    private CommandOutcome()
    {
    }

    /// <summary>Executed, and stored.</summary>
    public sealed record Done(TState State, long Version) : CommandOutcome<TState>;

    /// <summary>Refused by the business. Stored too when there was a claim, so that a repeat hears the same.</summary>
    public sealed record Refused(Refusal Reason) : CommandOutcome<TState>;

    /// <summary>The idempotency key was used before, by a request with this fingerprint and this answer.</summary>
    public sealed record Repeated(Claim First) : CommandOutcome<TState>;
}

/// <summary>Executes one command on one stream: load, decide, append; again when another writer was faster.</summary>
public sealed class CommandHandler<TState, TEvent>(
    IEventStore store, Aggregates<TState, TEvent> aggregates, AggregateDefinition<TState, TEvent> definition, TimeProvider clock)
    where TState : class
{
    /// <summary>How often a command is decided anew when other writers get in between, before the caller is told to try later.</summary>
    private const int AttemptsMax = 100;

    /// <summary>So many attempts follow each other at once. Then it waits, longer each time: nearly two seconds in all.</summary>
    private const int AttemptsAtOnce = 5;
    private const int PauseMaxMs = 20;

    /// <param name="decide">Pure; may be called several times.</param>
    /// <param name="claim">The idempotency key to take with the effect, given the answer; null for none.</param>
    /// <param name="record">What else is to be on record with the effect, given the answer.</param>
    /// <exception cref="StoreUnavailableException">
    /// The database is in trouble, or the stream is written to faster than we can follow.
    /// </exception>
    public async Task<CommandOutcome<TState>> HandleAsync(
        StreamId stream,
        Cause cause,
        Func<TState?, DateTimeOffset, Decision<TEvent>> decide,
        Func<CommandOutcome<TState>, Claim?> claim,
        CancellationToken cancel,
        Func<CommandOutcome<TState>, IEnumerable<ProjectionRow>>? record = null)
    {
        using var turn = await aggregates.EnterAsync([stream], cancel);
        for (var attempt = 1; attempt <= AttemptsMax; attempt++)
        {
            await PauseAsync(attempt, cancel);
            var states = attempt == 1 ? await aggregates.LoadAsync([stream], cancel) : await aggregates.RefreshAsync([stream], cancel);
            var now = clock.GetUtcNow();
            var change = new Change<TState, TEvent>(definition, stream, states[stream]);
            var outcome = Decide(change, decide(states[stream].State, now), cause, now);
            var unit = new AppendUnit
            {
                Streams = [change.ToAppend()],
                Rows = [.. change.Rows(), .. record?.Invoke(outcome) ?? []],
                Claim = claim(outcome),
            };
            var result = await store.AppendAsync(unit, cancel);
            switch (result)
            {
                case AppendResult.Appended:
                    aggregates.Keep([KeyValuePair.Create(stream, change.After)]);
                    return outcome;
                case AppendResult.AlreadyClaimed claimed:
                    return new CommandOutcome<TState>.Repeated(claimed.Existing);
            }
        }

        throw new StoreUnavailableException(
            $"{stream} is being written to too fast.", new TimeoutException($"{AttemptsMax} attempts met another writer each time."));
    }

    // Another process that has many commands for the stream decides from memory what we must read first, and so wins nearly every time.
    // What helps is to outlast it.
    private Task PauseAsync(int attempt, CancellationToken cancel) => attempt <= AttemptsAtOnce
        ? Task.CompletedTask
        : Task.Delay(TimeSpan.FromMilliseconds(Math.Min(attempt - AttemptsAtOnce, PauseMaxMs)), clock, cancel);

    private static CommandOutcome<TState> Decide(Change<TState, TEvent> change, Decision<TEvent> decision, Cause cause, DateTimeOffset now)
    {
        switch (decision)
        {
            case Decision<TEvent>.Refused refused:
                return new CommandOutcome<TState>.Refused(refused.Reason);
            case Decision<TEvent>.Accepted accepted:
                change.Add(accepted.Events, cause, now);
                return new CommandOutcome<TState>.Done(change.After.State!, change.After.Version);
            default:
                throw new InvalidOperationException($"{decision} is no decision.");
        }
    }
}
