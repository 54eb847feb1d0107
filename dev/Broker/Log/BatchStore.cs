namespace Payments.Broker.Log;

/// <summary>
/// The batches of one partition, oldest first, one behind the other in segments of memory. A segment that is left behind is used again:
/// a partition that is full costs no more memory and no garbage.
/// </summary>
internal sealed class BatchStore
{
    /// <summary>Below the 85,000 bytes at which .NET's large objects begin.</summary>
    private const int SegmentBytes = 64 * 1024;

    /// <summary>So many forgotten entries may lead the list before it is cleared of them.</summary>
    private const int ForgottenMin = 64;

    private readonly List<Entry> _entries = [];
    private int _first;
    private byte[] _tail = [];
    private int _tailUsed;
    private byte[]? _spare;

    public int Count => _entries.Count - _first;

    public long Bytes { get; private set; }

    /// <summary>By age: 0 is the oldest.</summary>
    public Entry this[int index] => _entries[_first + index];

    /// <summary>Copies a batch behind the last one and gives the copy, to be given its place.</summary>
    public Span<byte> Add(ReadOnlySpan<byte> batch, long firstOffset, long lastOffset, long maxTimestamp)
    {
        if (_tail.Length - _tailUsed < batch.Length)
            NewTail(batch.Length);

        var entry = new Entry(firstOffset, lastOffset, maxTimestamp, _tail, _tailUsed, batch.Length);
        batch.CopyTo(_tail.AsSpan(_tailUsed));
        _tailUsed += batch.Length;
        Bytes += batch.Length;
        _entries.Add(entry);
        return _tail.AsSpan(entry.Start, entry.Length);
    }

    public void RemoveOldest()
    {
        var oldest = this[0];
        Bytes -= oldest.Length;
        _entries[_first++] = default;
        if (oldest.Segment != _tail && oldest.Segment.Length == SegmentBytes && (Count == 0 || this[0].Segment != oldest.Segment))
            _spare = oldest.Segment;

        if (_first >= ForgottenMin && _first >= Count)
        {
            _entries.RemoveRange(0, _first);
            _first = 0;
        }
    }

    /// <summary>The place of the batch that has this offset, or of the first one behind it; <see cref="Count"/> if there is none.</summary>
    public int IndexOf(long offset)
    {
        var (low, high) = (0, Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (this[middle].LastOffset < offset)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    private void NewTail(int bytes)
    {
        if (bytes <= SegmentBytes)
        {
            _tail = _spare ?? GC.AllocateUninitializedArray<byte>(SegmentBytes);
            _spare = null;
        }
        else
        {
            _tail = GC.AllocateUninitializedArray<byte>(bytes);
        }

        _tailUsed = 0;
    }

    /// <summary>One batch.</summary>
    public readonly record struct Entry(long FirstOffset, long LastOffset, long MaxTimestamp, byte[] Segment, int Start, int Length)
    {
        public ReadOnlySpan<byte> Bytes => Segment.AsSpan(Start, Length);
    }
}
