namespace Payments.Messaging.Relay;

/// <summary>
/// Which physical partitions carry the messages of one logical one, while that is changed under way. Pure.
/// </summary>
/// <remarks>
/// A new carrier is added at once, and begins in the middle: what came before lies on the others. A consumer that reads it ahead of those
/// drops what it is not ready for, because the others bring it as well. So an old carrier goes only when a new one can be relied upon
/// alone: when every reader has come to where the new one began, and after that to all that had been written by then.
/// </remarks>
public sealed class PartitionMigration
{
    private readonly Dictionary<PartitionOf, CarrierState> _carriers;
    private PartitionOf[] _current;
    private IReadOnlyList<PartitionOf> _wanted = [];

    private PartitionMigration(IEnumerable<PartitionOf> carrying, long last)
    {
        _carriers = carrying.ToDictionary(p => p, _ => new CarrierState(last));
        _current = [.. _carriers.Keys];
    }

    /// <summary>As it was left: by the books, those that have the last message.</summary>
    /// <param name="published">The last position on each physical partition of the logical one.</param>
    /// <param name="last">The last position on any of them; 0 before the first.</param>
    public static PartitionMigration Resume(IEnumerable<(PartitionOf Partition, long Position)> published, long last) =>
        new(published.Where(p => p.Position == last && last > 0).Select(p => p.Partition), last);

    /// <summary>Where the next message goes: those that carried already come first.</summary>
    /// <param name="wanted">Where it is to go once the change is complete.</param>
    /// <param name="last">The position of the message before it; 0 for none.</param>
    /// <param name="acknowledged">How far all readers have come; null when nobody reads.</param>
    public IReadOnlyList<PartitionOf> For(IReadOnlyList<PartitionOf> wanted, long last, long? acknowledged)
    {
        if (ReferenceEquals(wanted, _wanted) && _current.Length == wanted.Count)
        {
            return _current;
        }

        _wanted = wanted;
        foreach (var added in wanted.Where(w => !_carriers.ContainsKey(w)))
        {
            _carriers[added] = new CarrierState(last);
            _current = [.. _current, added];
        }

        if (_current.Length > wanted.Count && wanted.Any(w => _carriers[w].IsSound(last, acknowledged)))
        {
            foreach (var gone in _current.Except(wanted).ToList())
            {
                _carriers.Remove(gone);
            }

            _current = [.. wanted];
        }

        return _current;
    }

    /// <param name="after">What comes after this position is all there.</param>
    private sealed class CarrierState(long after)
    {
        private long? _soundFrom;

        public bool IsSound(long last, long? acknowledged)
        {
            if (acknowledged is not { } upTo)
            {
                return true;
            }

            if (_soundFrom is null && upTo >= after)
            {
                _soundFrom = last; // From here on nothing on it is read too early any more; what was, is at most this.
            }

            return upTo >= _soundFrom;
        }
    }
}
