namespace Payments.Messaging.Parking;

/// <summary>A consumer's view of which keys are parked. It may take a free key for a parked one, never the other way round.</summary>
/// <remarks>
/// Keys are parked by the consumer of their partition alone, in the transaction that moves its watermark: one that reads the watermarks
/// first, and then the keys, misses none. They become free by the work of others; so before a message is parked behind others, they are
/// looked up again.
/// </remarks>
internal sealed class ParkedKeys(string consumer, IParkedMessages parked)
{
    private readonly HashSet<ParkingKey> _keys = [];

    /// <summary>After the watermarks were read.</summary>
    public async Task ResetAsync(CancellationToken cancel)
    {
        var keys = await parked.KeysAsync(consumer, cancel);
        _keys.Clear();
        _keys.UnionWith(keys);
    }

    /// <summary>Forgets those of these keys that have become free.</summary>
    public async Task RefreshAsync(IEnumerable<ParkingKey> keys, CancellationToken cancel)
    {
        var doubtful = keys.Where(_keys.Contains).Distinct().ToList();
        if (doubtful.Count > 0)
        {
            var still = await parked.StillParkedAsync(consumer, doubtful, cancel);
            _keys.ExceptWith(doubtful.Except(still));
        }
    }

    public bool Contains(ParkingKey key) => _keys.Contains(key);

    public void Add(IEnumerable<ParkingKey> keys) => _keys.UnionWith(keys);
}
