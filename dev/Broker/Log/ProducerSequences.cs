using Confluent.Kafka;

namespace Payments.Broker.Log;

/// <summary>
/// What idempotent producers have written to one partition: so that a batch that is sent again after a lost answer is not written again,
/// and none is written behind a gap.
/// </summary>
/// <remarks>Kafka's rules: <c>ProducerStateManager</c> and <c>ProducerAppendInfo</c>. A producer that is not known must begin at 0;
/// brokers of late take any number then, but here nothing makes them forget one, so that would hide a loss.</remarks>
internal sealed class ProducerSequences
{
    /// <summary>A producer has at most five requests on their way, so no older batch can come again.</summary>
    private const int BatchesKept = 5;

    private const int ProducersMax = 1_000;

    private readonly Dictionary<long, Producer> _producers = [];

    /// <summary>Whether a batch may be written; and if it was already, at which offset.</summary>
    public (ErrorCode Error, long? WrittenAt) Check(in RecordBatch batch)
    {
        if (batch.ProducerId == RecordBatch.NoProducer)
            return (ErrorCode.NoError, null);

        if (!_producers.TryGetValue(batch.ProducerId, out var producer))
            return (batch.FirstSequence == 0 ? ErrorCode.NoError : ErrorCode.UnknownProducerId, null);

        if (batch.ProducerEpoch < producer.Epoch)
            return (ErrorCode.InvalidProducerEpoch, null);

        if (batch.ProducerEpoch > producer.Epoch)
            return (batch.FirstSequence == 0 ? ErrorCode.NoError : ErrorCode.OutOfOrderSequenceNumber, null);

        foreach (var written in producer.Batches)
        {
            if (written.FirstSequence == batch.FirstSequence && written.LastSequence == batch.LastSequence)
                return (ErrorCode.NoError, written.Offset);
        }

        return (batch.FirstSequence == producer.NextSequence ? ErrorCode.NoError : ErrorCode.OutOfOrderSequenceNumber, null);
    }

    /// <summary>Told of every batch that was written.</summary>
    public void Written(in RecordBatch batch, long offset)
    {
        if (batch.ProducerId == RecordBatch.NoProducer)
            return;

        if (!_producers.TryGetValue(batch.ProducerId, out var producer) || producer.Epoch != batch.ProducerEpoch)
        {
            if (producer is null && _producers.Count == ProducersMax)
                _producers.Remove(_producers.MinBy(known => known.Value.LastOffset).Key);
            _producers[batch.ProducerId] = producer = new(batch.ProducerEpoch);
        }

        if (producer.Batches.Count == BatchesKept)
            producer.Batches.Dequeue();
        producer.Batches.Enqueue((batch.FirstSequence, batch.LastSequence, offset));
        producer.NextSequence = (int)((batch.LastSequence + 1u) & int.MaxValue);
        producer.LastOffset = offset;
    }

    private sealed class Producer(short epoch)
    {
        public short Epoch => epoch;

        public Queue<(int FirstSequence, int LastSequence, long Offset)> Batches { get; } = new(BatchesKept);

        public int NextSequence { get; set; }

        public long LastOffset { get; set; }
    }
}
