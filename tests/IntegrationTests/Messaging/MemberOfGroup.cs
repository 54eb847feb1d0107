using System.Diagnostics;
using Confluent.Kafka;
using Payments.Messaging.Envelope;
using Payments.Messaging.Kafka;
using Payments.Messaging.Topics;

namespace IntegrationTests.Messaging;

/// <summary>One consumer of a group, polled by the test, that remembers what it was given.</summary>
internal sealed class MemberOfGroup : IDisposable
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    private readonly IConsumer<byte[], byte[]> _consumer;
    private readonly BrokerNames _names;
    private readonly List<Message> _received = [];
    private readonly List<MessageReading.Unreadable> _unreadable = [];
    private readonly HashSet<TopicPartition> _partitions = [];
    private bool _closed;

    public MemberOfGroup(KafkaClientFactory clients, string group, Topic topic)
        : this(clients.ConsumerBuilder(group, group), topic, clients.Names)
    {
    }

    public MemberOfGroup(ConsumerBuilder<byte[], byte[]> builder, Topic topic)
        : this(builder, topic, new BrokerNames(""))
    {
    }

    private MemberOfGroup(ConsumerBuilder<byte[], byte[]> builder, Topic topic, BrokerNames names)
    {
        _names = names;
        _consumer = builder
            .SetPartitionsAssignedHandler((_, added) => _partitions.UnionWith(added))
            .SetPartitionsRevokedHandler((_, taken) =>
            {
                _partitions.ExceptWith(taken.Select(partition => partition.TopicPartition));
                Revoked.AddRange(taken.Select(partition => partition.TopicPartition));
                if (!_closed && _received.Count > 0)
                    Commit();
            })
            .Build();
        _consumer.Subscribe(names.OnBroker(topic.Name));
    }

    public IReadOnlyCollection<TopicPartition> Partitions => _partitions;

    public List<TopicPartition> Revoked { get; } = [];

    public IReadOnlyList<Message> Received => _received;

    /// <summary>Polls members by turns until the condition holds.</summary>
    public static void WaitUntil(IReadOnlyList<MemberOfGroup> members, Func<bool> condition)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(watch.Elapsed < BrokerFixture.Deadline, "The condition did not come true in time.");
            foreach (var member in members)
                member.PollOnce();
        }
    }

    /// <summary>Polls until so many more messages have come; returns these.</summary>
    public IReadOnlyList<Message> Take(int count)
    {
        var before = _received.Count;
        WaitUntil([this], () => _received.Count >= before + count);
        return _received[before..];
    }

    public MessageReading.Unreadable TakeUnreadable()
    {
        WaitUntil([this], () => _unreadable.Count > 0);
        return _unreadable[0];
    }

    /// <summary>The offset that the next message of a partition will have.</summary>
    public long EndOffset(Topic topic, int partition) =>
        _consumer.QueryWatermarkOffsets(_names.OnBroker(new TopicPartition(topic.Name, partition)), BrokerFixture.Deadline).High.Value;

    public void WaitForPartitions(int count) => WaitUntil([this], () => _partitions.Count == count);

    /// <summary>Commits all that was received, as a consumer does when its database transaction is through.</summary>
    public void Commit() => _consumer.Commit(_received
        .GroupBy(message => _names.OnBroker(new TopicPartition(message.Topic, message.Partition)))
        .Where(partition => _partitions.Contains(partition.Key) || Revoked.Contains(partition.Key))
        .Select(partition => new TopicPartitionOffset(partition.Key, partition.Max(message => message.Offset) + 1)));

    public void Dispose()
    {
        if (_closed)
            return;

        if (_received.Count > 0)
            Commit();
        _closed = true;
        _consumer.Leave();
        _consumer.Dispose();
    }

    private void PollOnce()
    {
        if (_consumer.Consume(Poll) is not { } record)
            return;

        switch (MessageCodec.Read(_names.Ours(record)))
        {
            case MessageReading.Readable readable:
                _received.Add(readable.Message);
                break;
            case MessageReading.Unreadable unreadable:
                _unreadable.Add(unreadable);
                break;
        }
    }
}
