using Confluent.Kafka;
using Payments.Broker.Log;
using UnitTests.Randomness;

namespace UnitTests.Messaging.Broker;

public sealed class PartitionLogTests
{
    private const int BatchBytes = Batches.HeaderBytes + 10;

    private readonly PartitionLog _log = new(retainedBytesMax: 1_000_000);

    [Fact]
    public void Batches_get_offsets_one_behind_the_other()
    {
        Assert.Equal(new(ErrorCode.NoError, 0, 0), _log.Append(Batches.Batch(count: 3, body: 1)));
        Assert.Equal(new(ErrorCode.NoError, 3, 0), _log.Append(Batches.Batch(count: 2, body: 2)));

        Assert.Equal((0, 5), _log.Bounds);
        Assert.Equal([(0, 3, 1), (3, 2, 2)], Batches.Read(_log, 0).Batches);
    }

    [Fact]
    public void A_read_from_the_middle_of_a_batch_gives_the_whole_batch()
    {
        Batches.Append(_log, Batches.Batch(count: 3, body: 1));
        Batches.Append(_log, Batches.Batch(count: 3, body: 2));

        Assert.Equal([(3, 3, 2)], Batches.Read(_log, 4).Batches);
    }

    [Fact]
    public void A_read_at_the_end_is_empty_and_one_outside_is_refused()
    {
        Batches.Append(_log, Batches.Batch());

        Assert.Equal(new ReadResult(ErrorCode.NoError, 0, 0, 1), Batches.Read(_log, 1).Result);
        Assert.Equal(new ReadResult(ErrorCode.OffsetOutOfRange, 0, 0, 1), Batches.Read(_log, 2).Result);
        Assert.Equal(new ReadResult(ErrorCode.OffsetOutOfRange, 0, 0, 1), Batches.Read(_log, -1).Result);
    }

    [Fact]
    public void A_read_gives_whole_batches_up_to_its_limit_and_the_first_one_in_any_case()
    {
        for (byte i = 0; i < 3; i++)
            Batches.Append(_log, Batches.Batch(body: i));

        Assert.Equal([(0, 1, 0), (1, 1, 1)], Batches.Read(_log, 0, (2 * BatchBytes) + 1).Batches);
        Assert.Equal([(0, 1, 0)], Batches.Read(_log, 0, bytesMax: 1).Batches);
        Assert.Empty(Batches.Read(_log, 0, bytesMax: 1, firstAnyway: false).Batches);
    }

    [Fact]
    public void What_is_too_much_goes_from_the_start_by_whole_batches()
    {
        var log = new PartitionLog(retainedBytesMax: 3 * BatchBytes);
        for (byte i = 0; i < 5; i++)
            Batches.Append(log, Batches.Batch(count: 2, body: i));

        Assert.Equal((4, 10), log.Bounds);
        Assert.Equal(ErrorCode.OffsetOutOfRange, Batches.Read(log, 3).Result.Error);
        Assert.Equal([(4, 2, 2), (6, 2, 3), (8, 2, 4)], Batches.Read(log, 4).Batches);
    }

    [Fact]
    public void The_last_batch_stays_however_large_it_is()
    {
        var log = new PartitionLog(retainedBytesMax: 100);

        Batches.Append(log, Batches.Batch(bodyBytes: 200_000, body: 7));

        Assert.Equal([(0, 1, 7)], Batches.Read(log, 0).Batches);
    }

    [Fact]
    public void What_is_not_one_whole_batch_is_refused()
    {
        var batch = Batches.Batch();
        var oldMagic = Batches.Batch();
        oldMagic[16] = 1;

        Assert.All(
            [[], batch[..^1], [.. batch, 0], [.. batch, .. batch], oldMagic, Batches.Batch(count: 0)],
            (byte[] bytes) => Assert.Equal(new(ErrorCode.InvalidRecord), _log.Append(bytes)));
        Assert.Equal((0, 0), _log.Bounds);
    }

    [Fact]
    public void What_a_real_broker_would_find_too_large_is_refused()
    {
        Assert.Equal(ErrorCode.NoError, _log.Append(Batches.Batch(bodyBytes: 1_048_588 - Batches.HeaderBytes)).Error);
        Assert.Equal(ErrorCode.MsgSizeTooLarge, _log.Append(Batches.Batch(bodyBytes: 1_048_589 - Batches.HeaderBytes)).Error);
    }

    [Theory]
    [InlineData(16)]
    [InlineData(32)]
    public void Transactions_are_refused(short attributes) => Assert.Equal(
        ErrorCode.TransactionalIdAuthorizationFailed,
        _log.Append(Batches.Batch(attributes: attributes, producer: 1)).Error);

    [Fact]
    public void A_time_is_found_by_batch()
    {
        Batches.Append(_log, Batches.Batch(count: 2, timestampMs: 100));
        Batches.Append(_log, Batches.Batch(count: 2, timestampMs: 50));
        Batches.Append(_log, Batches.Batch(count: 2, timestampMs: 200));

        Assert.Equal((0, 100), _log.OffsetAt(100));
        Assert.Equal((4, 200), _log.OffsetAt(101));
        Assert.Null(_log.OffsetAt(201));
    }

    [Fact]
    public void A_watcher_is_told_of_what_comes_and_need_not_watch_what_is_there()
    {
        var watcher = new Watcher();
        Batches.Append(_log, Batches.Batch());

        Assert.False(_log.Watch(0, watcher));
        Assert.True(_log.Watch(1, watcher));
        Batches.Append(_log, Batches.Batch());
        _log.Unwatch(watcher);
        Batches.Append(_log, Batches.Batch());

        Assert.Equal([BatchBytes], watcher.Told);
    }

    [Fact]
    public void Any_sequence_of_appends_and_reads_equals_a_list()
    {
        var random = Seed.NewRandom();
        for (var round = 0; round < 20; round++)
        {
            var retained = random.Next(1, 300_000);
            var log = new PartitionLog(retained);
            var model = new List<(long Offset, int Count, byte Body, int Bytes)>();
            var end = 0L;
            for (var step = 0; step < 500; step++)
            {
                if (random.Next(3) > 0)
                {
                    var (count, body) = (random.Next(1, 50), (byte)random.Next(256));
                    var batch = Batches.Batch(count, random.Next(8) == 0 ? random.Next(100_000) + 1 : random.Next(1_000) + 1, body);
                    Assert.Equal(end, log.Append(batch).Offset);
                    model.Add((end, count, body, batch.Length));
                    end += count;
                    while (model.Count > 1 && model.Sum(kept => (long)kept.Bytes) > retained)
                        model.RemoveAt(0);
                }

                var start = model.Count == 0 ? 0 : model[0].Offset;
                Assert.Equal((start, end), log.Bounds);
                var from = random.NextInt64(start, end + 1);
                var bytesMax = random.Next(200_000);
                var (expected, bytes) = (new List<(long, int, byte)>(), 0);
                foreach (var kept in model.SkipWhile(kept => kept.Offset + kept.Count <= from))
                {
                    if (bytes > 0 && bytes + kept.Bytes > bytesMax)
                        break;
                    bytes += kept.Bytes;
                    expected.Add((kept.Offset, kept.Count, kept.Body));
                }

                Assert.Equal(expected, Batches.Read(log, from, bytesMax).Batches);
            }
        }
    }

    private sealed class Watcher : IAppendWatcher
    {
        public List<int> Told { get; } = [];

        public void Appended(int bytes) => Told.Add(bytes);
    }
}
