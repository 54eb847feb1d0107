using Payments.Domain;
using Payments.EventStore.Aggregates;
using Payments.EventStore.Contract;
using Payments.Messaging.Envelope;
using Payments.Messaging.Topics;

namespace Payments.Messaging.Consuming;

/// <summary>What one message asks of one aggregate.</summary>
/// <param name="Decide">Pure; may be called several times, with the state as it is then.</param>
/// <param name="StartsStream">Nothing should be in the stream before it, so nothing is loaded. The append checks that it was so.</param>
/// <param name="WhenNothing">
/// Told, once that is stored, of a decision that led to no events, with the state it was made on: to be counted.
/// </param>
/// <param name="AnsweredOnce">
/// The command that the message is, if the service's tables know such as were answered: it is not decided again.
/// </param>
public sealed record Order<TState, TEvent>(
    StreamId Stream,
    Func<TState?, DateTimeOffset, Decision<TEvent>> Decide,
    bool StartsStream = false,
    Action<TState?>? WhenNothing = null,
    CommandKey? AnsweredOnce = null)
    where TState : class;

/// <summary>A consumer: which topics it reads, and what a message means to its aggregates.</summary>
public sealed record ConsumerDefinition<TState, TEvent>
    where TState : class
{
    /// <summary>The consumer group, and the name of its watermarks.</summary>
    public required string Name { get; init; }

    public required IReadOnlyList<Topic> Topics { get; init; }

    public required AggregateDefinition<TState, TEvent> Aggregate { get; init; }

    /// <summary>
    /// What a message asks for; null when it is not for this consumer. Throws on a message that cannot be understood: a dead letter.
    /// </summary>
    public required Func<Message, Order<TState, TEvent>?> Interpret { get; init; }

    /// <summary>Messages handled in one transaction at most.</summary>
    public int BatchMax { get; init; } = 500;

    /// <summary>
    /// Bytes of a batch, about: keys, headers and data. In the statement that parks them they are twice as many, and what PostgreSQL takes
    /// in one value is bounded.
    /// </summary>
    public int BatchBytesMax { get; init; } = 8 * 1024 * 1024;

    /// <summary>How long a batch that is not full may still be filled.</summary>
    public TimeSpan BatchWait { get; init; } = TimeSpan.FromMilliseconds(5);
}
