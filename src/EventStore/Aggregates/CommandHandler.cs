using System.Diagnostics;
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

/// <summary>One command to one stream.</summary>
/// <param name="Decide">Pure; may be called several times.</param>
public sealed record CommandRequest<TState, TEvent>(
    StreamId Stream, Cause Cause, Func<TState?, DateTimeOffset, Decision<TEvent>> Decide)
    where TState : class
{
    /// <summary>The idempotency key to take with the effect, given the answer; null for none.</summary>
    public Func<CommandOutcome<TState>, Claim?> Claim { get; init; } = _ => null;

    /// <summary>What else is to be on record with the effect, given the answer.</summary>
    public Func<CommandOutcome<TState>, IEnumerable<ProjectionRow>> Record { get; init; } = _ => [];

    /// <summary>The stream's id is new, so nothing is loaded. The append checks that it was so.</summary>
    public bool StartsStream { get; init; }
}

/// <summary>Executes one command on one stream.</summary>
public sealed class CommandHandler<TState, TEvent>(
    IEventStore store, Aggregates<TState, TEvent> aggregates, AggregateDefinition<TState, TEvent> definition, TimeProvider clock)
    where TState : class
{
    private readonly Appender<TState, TEvent> _appender = new(store, aggregates, definition, clock);

    /// <exception cref="StoreUnavailableException">
    /// The database is in trouble, or the stream is written to faster than we can follow.
    /// </exception>
    public async Task<CommandOutcome<TState>> HandleAsync(CommandRequest<TState, TEvent> command, CancellationToken cancel)
    {
        var outcome = default(CommandOutcome<TState>);
        var result = await _appender.AppendAsync(
            [command.Stream],
            attempt =>
            {
                outcome = Decide(command, attempt);
                var unit = attempt.ToUnit();
                return unit with { Rows = [.. unit.Rows, .. command.Record(outcome)], Claim = command.Claim(outcome) };
            },
            cancel,
            toLoad: command.StartsStream ? [] : null);
        return result switch
        {
            AppendResult.Appended or AppendResult.Repeated => outcome!,
            AppendResult.AlreadyClaimed claimed => new CommandOutcome<TState>.Repeated(claimed.Existing),
            _ => throw new UnreachableException($"{result} is no result of a command."),
        };
    }

    private static CommandOutcome<TState> Decide(CommandRequest<TState, TEvent> command, Attempt<TState, TEvent> attempt)
    {
        var change = attempt.ChangeOf(command.Stream);
        switch (command.Decide(change.Before.State, attempt.Now))
        {
            case Decision<TEvent>.Refused refused:
                return new CommandOutcome<TState>.Refused(refused.Reason);
            case Decision<TEvent>.Accepted accepted:
                change.Add(accepted.Events, command.Cause, attempt.Now);
                return new CommandOutcome<TState>.Done(change.After.State!, change.After.Version);
            case var other:
                throw new UnreachableException($"{other} is no decision.");
        }
    }
}
