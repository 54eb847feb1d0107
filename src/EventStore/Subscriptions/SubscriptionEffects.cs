using Npgsql;
using Payments.EventStore.Contract;

namespace Payments.EventStore.Subscriptions;

/// <summary>What a subscription does with a batch, and how its checkpoint moves with that.</summary>
public abstract class SubscriptionEffects
{
    private protected SubscriptionEffects()
    {
    }

    /// <summary>
    /// Effects outside of the database, at least once: the checkpoint is stored after the handler has returned, so a crash repeats a batch.
    /// </summary>
    /// <param name="handle">Stops when it is cancelled: another process may have the subscription then.</param>
    public static SubscriptionEffects Outside(
        ICheckpoints checkpoints, Func<IReadOnlyList<StoredEvent>, CancellationToken, Task> handle) => new AtLeastOnce(checkpoints, handle);

    /// <summary>Effects in the log's own database, exactly once: they are committed with the checkpoint or not at all.</summary>
    /// <param name="handle">Works within the transaction and leaves its end to us.</param>
    public static SubscriptionEffects InDatabase(
        NpgsqlDataSource database,
        PostgresCheckpoints checkpoints,
        Func<IReadOnlyList<StoredEvent>, NpgsqlTransaction, CancellationToken, Task> handle) =>
        new ExactlyOnce(database, checkpoints, handle);

    /// <summary>Handles a batch and moves the checkpoint.</summary>
    /// <returns>False when the checkpoint is not ours to move: moved by another, or paused.</returns>
    internal abstract Task<bool> ApplyAsync(
        SubscriptionDefinition of, IReadOnlyList<StoredEvent> events, long from, long to, CancellationToken cancel);

    private sealed class AtLeastOnce(ICheckpoints checkpoints, Func<IReadOnlyList<StoredEvent>, CancellationToken, Task> handle)
        : SubscriptionEffects
    {
        internal override async Task<bool> ApplyAsync(
            SubscriptionDefinition of, IReadOnlyList<StoredEvent> events, long from, long to, CancellationToken cancel)
        {
            // Asked before, because what the handler does cannot be taken back.
            if (await checkpoints.ReadAsync(of.Name, of.Version, cancel) is not { Paused: false } now || now.Position != from)
            {
                return false;
            }

            await handle(events, cancel);
            return await checkpoints.MoveAsync(of.Name, of.Version, from, to, cancel);
        }
    }

    private sealed class ExactlyOnce(
        NpgsqlDataSource database,
        PostgresCheckpoints checkpoints,
        Func<IReadOnlyList<StoredEvent>, NpgsqlTransaction, CancellationToken, Task> handle) : SubscriptionEffects
    {
        internal override async Task<bool> ApplyAsync(
            SubscriptionDefinition of, IReadOnlyList<StoredEvent> events, long from, long to, CancellationToken cancel)
        {
            await using var connection = await database.OpenConnectionAsync(cancel);
            await using var transaction = await connection.BeginTransactionAsync(cancel);
            if (!await checkpoints.MoveAsync(connection, of.Name, of.Version, from, to, cancel))
            {
                return false;
            }

            await handle(events, transaction, cancel);
            await transaction.CommitAsync(cancel);
            return true;
        }
    }
}
