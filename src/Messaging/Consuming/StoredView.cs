using Payments.EventStore.Contract;
using Payments.Messaging.Parking;

namespace Payments.Messaging.Consuming;

/// <summary>
/// What a consumer knows of what is stored: its watermarks, and which keys are parked. The two are only ever read together.
/// </summary>
/// <remarks>
/// A key is parked in the transaction that moves the watermark past its message. So who takes a newer watermark without the keys that were
/// parked with it could handle what should wait behind them; and the watermarks are read first, for the same reason.
/// </remarks>
internal sealed class StoredView(string consumer, IEventStore store, IParkedMessages parked)
{
    public Progress Progress { get; } = new(consumer);

    public ParkedKeys Parked { get; } = new(consumer, parked);

    /// <summary>Forgets everything and takes what the database says.</summary>
    public async Task ResetAsync(CancellationToken cancel)
    {
        Progress.Reset(await store.WatermarksAsync(consumer, cancel));
        await Parked.ResetAsync(cancel);
    }

    /// <summary>Takes what the database says beside what is known: another member may have come further.</summary>
    /// <returns>Whether one has, where something seemed to be missing.</returns>
    public async Task<bool> RefreshAsync(CancellationToken cancel)
    {
        var further = Progress.Refresh(await store.WatermarksAsync(consumer, cancel));
        await Parked.ResetAsync(cancel);
        return further;
    }
}
