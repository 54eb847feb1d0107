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
    /// <summary>How often messages are decided anew when other writers get in between, before it counts as trouble.</summary>
    private const int AttemptsMax = 50;

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
        using var turn = await aggregates.EnterAsync(orders.Select(o => o.Stream), cancel);
        for (var attempt = 1; attempt <= AttemptsMax; attempt++)
        {
            var states = attempt == 1
                ? await aggregates.LoadAsync(orders.Where(o => !o.StartsStream).Select(o => o.Stream), cancel)
                : await aggregates.RefreshAsync(orders.Select(o => o.Stream), cancel);
            var pass = new DecisionPass<TState, TEvent>(definition, states, triesInPlace, clock.GetUtcNow());
            var beside = decide(pass);
            var unit = pass.ToUnit();
            switch (await store.AppendAsync(unit with { Rows = [.. unit.Rows, .. beside.Rows], Watermarks = beside.Watermarks }, cancel))
            {
                case AppendResult.Appended:
                    aggregates.Keep(pass.Changes.Select(c => KeyValuePair.Create(c.Key, c.Value.After)));
                    pass.Stored();
                    return;
                case AppendResult.WatermarkMoved moved:
                    throw new StoreUnavailableException(
                        $"Another worker moved the watermark of {moved.Wanted.Topic}/{moved.Wanted.Partition}.",
                        new WatermarkMovedException(moved));
            }
        }

        throw new StoreUnavailableException(
            $"{definition.Name}: the streams of a batch are being written to too fast.",
            new TimeoutException($"{AttemptsMax} attempts met another writer each time."));
    }

    /// <summary>What is stored beside the events.</summary>
    internal sealed record Beside(IReadOnlyList<ProjectionRow> Rows, IReadOnlyList<WatermarkMove> Watermarks);
}
