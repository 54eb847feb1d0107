using Confluent.Kafka;
using Payments.Broker.Log;
using UnitTests.Randomness;

namespace UnitTests.Messaging.Broker;

/// <summary>What a partition makes of the sequence numbers of idempotent producers.</summary>
public sealed class ProducerSequencesTests
{
    private readonly PartitionLog _log = new(retainedBytesMax: 1_000_000);

    [Fact]
    public void A_batch_that_comes_again_is_not_written_again_and_has_its_old_offset()
    {
        for (var i = 0; i < 5; i++)
            Assert.Equal(2 * i, Append(sequence: 2 * i, count: 2).Offset);

        for (var i = 0; i < 5; i++)
            Assert.Equal(new(ErrorCode.NoError, 2 * i, 0), Append(sequence: 2 * i, count: 2));
        Assert.Equal((0, 10), _log.Bounds);
    }

    [Fact]
    public void One_that_is_older_than_five_batches_is_out_of_order()
    {
        for (var i = 0; i < 6; i++)
            Append(sequence: i);

        Assert.Equal(new(ErrorCode.OutOfOrderSequenceNumber), Append(sequence: 0));
        Assert.Equal(1, Append(sequence: 1).Offset);
    }

    [Fact]
    public void One_behind_a_gap_or_of_another_cut_is_refused_and_the_missing_one_taken()
    {
        Append(sequence: 0, count: 2);

        Assert.Equal(new(ErrorCode.OutOfOrderSequenceNumber), Append(sequence: 3));
        Assert.Equal(new(ErrorCode.OutOfOrderSequenceNumber), Append(sequence: 0, count: 1));
        Assert.Equal(2, Append(sequence: 2).Offset);
    }

    [Fact]
    public void A_producer_that_is_not_known_must_begin_at_the_beginning()
    {
        Assert.Equal(new(ErrorCode.UnknownProducerId), Append(sequence: 1));
        Assert.Equal(0, Append(sequence: 0).Offset);
    }

    [Fact]
    public void A_new_epoch_begins_at_the_beginning_and_shuts_out_the_old_one()
    {
        Append(sequence: 0);

        Assert.Equal(new(ErrorCode.OutOfOrderSequenceNumber), Append(sequence: 1, epoch: 1));
        Assert.Equal(1, Append(sequence: 0, epoch: 1).Offset);
        Assert.Equal(new(ErrorCode.InvalidProducerEpoch), Append(sequence: 1, epoch: 0));
        Assert.Equal(2, Append(sequence: 1, epoch: 1).Offset);
    }

    [Fact]
    public void After_the_largest_number_comes_zero()
    {
        var sequences = new ProducerSequences();
        Write(sequences, sequence: 0, count: int.MaxValue - 1);

        Write(sequences, sequence: int.MaxValue - 1, count: 3); // The last two numbers, and 0.

        Assert.Equal(ErrorCode.NoError, Check(sequences, sequence: 1));
        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, Check(sequences, sequence: 0));
    }

    [Fact]
    public void Producers_do_not_disturb_each_other_and_those_without_an_id_are_not_checked()
    {
        Append(sequence: 0, producer: 1);
        Append(sequence: 0, producer: 2);
        Assert.Equal(2, _log.Append(Batches.Batch()).Offset);
        Assert.Equal(3, _log.Append(Batches.Batch()).Offset);

        Assert.Equal(4, Append(sequence: 1, producer: 1).Offset);
        Assert.Equal(5, Append(sequence: 1, producer: 2).Offset);
    }

    [Fact]
    public void Of_very_many_producers_the_one_that_wrote_least_lately_is_forgotten()
    {
        for (var producer = 1; producer <= 1_001; producer++)
            Append(sequence: 0, producer: producer);

        Assert.Equal(new(ErrorCode.UnknownProducerId), Append(sequence: 1, producer: 1));
        Assert.Equal(1_001, Append(sequence: 1, producer: 2).Offset);
    }

    /// <summary>Answers get lost, so batches come again, up to five at once and in order: every number is written once, in order.</summary>
    [Fact]
    public void However_answers_are_lost_every_message_is_written_once_and_in_order()
    {
        var random = Seed.NewRandom();
        for (var round = 0; round < 200; round++)
        {
            var log = new PartitionLog(retainedBytesMax: 1_000_000);
            var batches = Enumerable.Range(0, 30).Select(_ => random.Next(1, 5)).ToList();
            var firsts = batches.Select((_, i) => batches[..i].Sum()).ToList();
            for (var acknowledged = 0; acknowledged < batches.Count;)
            {
                // The connection breaks after some; the producer sends again from the first that it has no answer for.
                var sent = Math.Min(random.Next(1, 6), batches.Count - acknowledged);
                for (var i = acknowledged; i < acknowledged + sent; i++)
                    Assert.Equal(firsts[i], log.Append(Batches.Batch(batches[i], producer: 9, sequence: firsts[i], body: (byte)i)).Offset);
                acknowledged += random.Next(0, sent + 1);
            }

            Assert.Equal(
                batches.Select((count, i) => ((long)firsts[i], count, (byte)i)),
                Batches.Read(log, 0).Batches);
        }
    }

    private AppendResult Append(int sequence, int count = 1, short epoch = 0, long producer = 9) =>
        _log.Append(Batches.Batch(count, producer: producer, epoch: epoch, sequence: sequence));

    private static void Write(ProducerSequences sequences, int sequence, int count)
    {
        Assert.True(RecordBatch.TryRead(Batches.Batch(count, producer: 9, sequence: sequence), out var batch));
        Assert.Equal(ErrorCode.NoError, sequences.Check(batch).Error);
        sequences.Written(batch, offset: 0);
    }

    private static ErrorCode Check(ProducerSequences sequences, int sequence)
    {
        Assert.True(RecordBatch.TryRead(Batches.Batch(producer: 9, sequence: sequence), out var batch));
        return sequences.Check(batch).Error;
    }
}
