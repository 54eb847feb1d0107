using System.Diagnostics;
using Payments.EventStore.Aggregates;
using Payments.EventStore.Contract;
using Payments.Messaging.Envelope;
using Payments.Messaging.Parking;

namespace Payments.Messaging.Consuming;

/// <summary>What messages of one consumer lead to, decided and stored: the way of the batch consumer, of retries and of replays.</summary>
internal sealed class MessageHandling<TState, TEvent>(
    ConsumerDefinition<TState, TEvent> definition,
    IEventStore store,
    Aggregates<TState, TEvent> aggregates,
    int triesInPlace,
    TimeProvider clock)
    where TState : class
{
    private readonly Appender<TState, TEvent> _appender = new(store, aggregates, definition.Aggregate, clock);

    /// <summary>Trouble is tried again as it is. Everything else is the message's fault, or a bug that only this message meets.</summary>
    public static bool IsOfMessage(Exception e) =>
        e is not (StoreUnavailableException or OperationCanceledException or Npgsql.NpgsqlException or TimeoutException);

    /// <summary>What a message asks for. Order and failure are both null when it is not for this consumer.</summary>
    public (Order<TState, TEvent>? Order, Failure? Failure) Interpret(Message message) =>
        InPlace.Try(triesInPlace, () => definition.Interpret(message));

    /// <summary>Decides on the newest states and stores that, together with what <paramref name="decide"/> adds.</summary>
    /// <param name="decide">Has messages decided; called anew with a fresh pass when another writer was faster.</param>
    /// <exception cref="StoreUnavailableException">Nothing is stored, or it is not known.</exception>
    /// <exception cref="StoreRejectedException">The database refuses the content.</exception>
    public async Task HandleAsync(
        IReadOnlyList<Order<TState, TEvent>> orders, Func<DecisionPass<TState, TEvent>, Beside> decide, CancellationToken cancel)
    {
        var pass = default(DecisionPass<TState, TEvent>);
        var result = await _appender.AppendAsync(
            [.. orders.Select(o => o.Stream)],
            attempt =>
            {
                pass = new DecisionPass<TState, TEvent>(definition, attempt, triesInPlace);
                var beside = decide(pass);
                var unit = attempt.ToUnit();
                return unit with { Rows = [.. unit.Rows, .. beside.Rows], Watermarks = beside.Watermarks };
            },
            cancel,
            toLoad: [.. orders.Where(o => !o.StartsStream).Select(o => o.Stream)]);
        switch (result)
        {
            case AppendResult.Appended or AppendResult.Repeated:
                pass!.Stored();
                break;
            case AppendResult.WatermarkMoved moved:
                throw new StoreUnavailableException(
                    $"Another worker moved the watermark of {moved.Wanted.Topic}/{moved.Wanted.Partition}.",
                    new WatermarkMovedException(moved));
            default:
                throw new UnreachableException($"{result} is no result of a batch.");
        }
    }

    /// <summary>What is stored beside the events.</summary>
    internal sealed record Beside(IReadOnlyList<ProjectionRow> Rows, IReadOnlyList<WatermarkMove> Watermarks);
}
