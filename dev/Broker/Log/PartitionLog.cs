using Confluent.Kafka;
using Payments.Broker.Protocol;

namespace Payments.Broker.Log;

/// <summary>One partition: batches by offset, of which only the last are kept. All methods may be called at once.</summary>
/// <param name="retainedBytesMax">Above it the oldest batches go; the last one always stays.</param>
internal sealed class PartitionLog(int retainedBytesMax)
{
    /// <summary>There is one broker, and it leads from the beginning.</summary>
    public const int LeaderEpoch = 0;

    /// <summary>Kafka's default of <c>max.message.bytes</c>: what is too large in production is too large here.</summary>
    private const int BatchBytesMax = 1_048_588;

    private readonly Lock _gate = new();
    private readonly BatchStore _batches = new();
    private readonly ProducerSequences _producers = new();
    private readonly List<IAppendWatcher> _watchers = [];
    private long _start;
    private long _end;

    /// <summary>The first offset that is kept, and the one that the next message gets.</summary>
    public (long Start, long End) Bounds
    {
        get
        {
            lock (_gate)
                return (_start, _end);
        }
    }

    /// <summary>Writes one batch behind the last one, unless it was written already.</summary>
    /// <param name="records">What a producer sent: exactly one batch.</param>
    public AppendResult Append(ReadOnlySpan<byte> records)
    {
        if (!RecordBatch.TryRead(records, out var batch))
            return new(ErrorCode.InvalidRecord);
        if (batch.IsTransactional)
            return new(ErrorCode.TransactionalIdAuthorizationFailed);
        if (records.Length > BatchBytesMax)
            return new(ErrorCode.MsgSizeTooLarge);

        lock (_gate)
        {
            var (error, writtenAt) = _producers.Check(batch);
            if (error != ErrorCode.NoError)
                return new(error);
            if (writtenAt is { } offset)
                return new(ErrorCode.NoError, offset, _start);

            offset = _end;
            _end += batch.Count;
            RecordBatch.Place(_batches.Add(records, offset, _end - 1, batch.MaxTimestamp), offset, LeaderEpoch);
            _producers.Written(batch, offset);
            Retain();
            foreach (var watcher in _watchers)
                watcher.Appended(records.Length);
            return new(ErrorCode.NoError, offset, _start);
        }
    }

    /// <summary>Writes whole batches from an offset on.</summary>
    /// <param name="bytesMax">No more than that, unless the first batch alone is larger.</param>
    /// <param name="firstAnyway">Whether the first batch is written then: else a reader would never get past it.</param>
    public ReadResult Read(long offset, int bytesMax, bool firstAnyway, WireWriter to)
    {
        lock (_gate)
        {
            if (offset < _start || offset > _end)
                return new(ErrorCode.OffsetOutOfRange, 0, _start, _end);

            var bytes = 0;
            for (var i = _batches.IndexOf(offset); i < _batches.Count; i++)
            {
                var batch = _batches[i];
                if (bytes + batch.Length > bytesMax && !(firstAnyway && bytes == 0))
                    break;
                batch.Bytes.CopyTo(to.Next(batch.Length));
                bytes += batch.Length;
            }

            return new(ErrorCode.NoError, bytes, _start, _end);
        }
    }

    /// <summary>
    /// From now on tells of what is appended. Nothing is missed between a read that came to <paramref name="offset"/> and this call.
    /// </summary>
    /// <returns>False if that is not the end: the reader need not wait, and is told nothing.</returns>
    public bool Watch(long offset, IAppendWatcher watcher)
    {
        lock (_gate)
        {
            if (offset != _end)
                return false;
            _watchers.Add(watcher);
            return true;
        }
    }

    public void Unwatch(IAppendWatcher watcher)
    {
        lock (_gate)
            _watchers.Remove(watcher);
    }

    /// <summary>The start of the first batch with a message at or after a time, and its latest time; nothing if there is none.</summary>
    /// <param name="timestampMs">Milliseconds since 1970.</param>
    public (long Offset, long TimestampMs)? OffsetAt(long timestampMs)
    {
        lock (_gate)
        {
            // Producers' clocks do not go in step, so the times are in no order.
            for (var i = 0; i < _batches.Count; i++)
            {
                if (_batches[i].MaxTimestamp >= timestampMs)
                    return (_batches[i].FirstOffset, _batches[i].MaxTimestamp);
            }

            return null;
        }
    }

    private void Retain()
    {
        while (_batches.Bytes > retainedBytesMax && _batches.Count > 1)
        {
            _start = _batches[0].LastOffset + 1;
            _batches.RemoveOldest();
        }
    }
}

/// <summary>Is told of appends. Quick and without locks: the partition is locked meanwhile.</summary>
internal interface IAppendWatcher
{
    void Appended(int bytes);
}

/// <param name="Offset">Of the first message of the batch.</param>
internal readonly record struct AppendResult(ErrorCode Error, long Offset = -1, long LogStart = -1);

/// <param name="Bytes">How many were written.</param>
internal readonly record struct ReadResult(ErrorCode Error, int Bytes, long LogStart, long LogEnd);
