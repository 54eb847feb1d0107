using System.Collections.Concurrent;
using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Payments.EventStore.Subscriptions;
using Payments.Messaging.Kafka;
using Payments.Messaging.Topics;

namespace Payments.Messaging.Parking;

/// <summary>Copies dead letters to the <c>.dlq</c> topic of where they came from, so that ordinary Kafka tools see them.</summary>
/// <remarks>
/// A copy for people and tools: nothing reads it here, and the row stays the truth. It is sent at least once; <see cref="IdHeader"/>
/// tells a repeat. It goes to the partition of its message, in the order in which they came.
/// </remarks>
public sealed partial class DeadLetterCopier(
    NpgsqlDataSource database,
    KafkaClientFactory clients,
    TopicKeeper topics,
    ILeadership leadership,
    TimeProvider clock,
    ILogger<DeadLetterCopier> log) : BackgroundService
{
    /// <summary>The id of the dead letter in its service.</summary>
    public const string IdHeader = "dlq.id";

    /// <summary>There when the data was too large to be copied, with its size: the row has it.</summary>
    public const string LeftOutHeader = "dlq.data.left-out";

    private const string OurHeaders = "dlq.";
    private const int BatchMax = 200;

    /// <summary>First the data is left out, then all but our own headers.</summary>
    private const int ShortestOf = 2;

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TroubleRetryAfter = TimeSpan.FromSeconds(5);

    /// <summary>How often each dead letter was found too large.</summary>
    private readonly ConcurrentDictionary<long, int> _truncations = [];

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        leadership.WorkAsLeaderAsync("copies of dead letters", RunAsync, stoppingToken);

    private async Task RunAsync(CancellationToken cancel)
    {
        while (true)
        {
            try
            {
                // A new one after trouble: what a broker refuses for good ends a producer that promises to leave no gap.
                using var producer = clients.CreateProducer("dead-letters");
                while (true)
                {
                    if (await CopyAsync(producer, cancel) < BatchMax)
                    {
                        await Task.Delay(LookEvery, clock, cancel);
                    }
                }
            }
            catch (Exception trouble) when (trouble is NpgsqlException or KafkaException or IOException or TimeoutException)
            {
                LogTrouble(log, trouble);
                await topics.RestoreAsync(trouble, cancel);
                await Task.Delay(TroubleRetryAfter, clock, cancel);
            }
        }
    }

    private async Task<int> CopyAsync(IProducer<byte[], byte[]> producer, CancellationToken cancel)
    {
        var ids = new List<long>();
        var sent = new List<Task>();
        await using (var find = database.CreateCommand(
            $"select {PostgresParkedMessages.Columns}, m.consumer, m.error_type, m.error, m.first_failed_at, m.last_failed_at " +
            "from parked_messages m where copied_at is null and error_type is not null and status <> 'parked' order by id limit $1"))
        {
            find.Parameters.AddWithValue(BatchMax);
            await using var reader = await find.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel))
            {
                var message = PostgresParkedMessages.Read(reader);
                ids.Add(message.Id);
                var to = clients.Names.OnBroker(new TopicPartition(message.Topic + Topic.DeadLettersSuffix, message.Partition));
                sent.Add(SendAsync(producer, to, message.Id, Copy(message, reader), cancel));
            }
        }

        if (ids.Count > 0)
        {
            await Task.WhenAll(sent);

            // Waits for nobody, so that it cannot stand in a ring with appends: what is skipped is copied once more.
            await using var mark = database.CreateCommand(
                "update parked_messages set copied_at = $2 " +
                "where id in (select id from parked_messages where id = any ($1) order by id for update skip locked)");
            mark.Parameters.AddWithValue(ids.ToArray());
            mark.Parameters.AddWithValue(clock.GetUtcNow().UtcDateTime);
            await mark.ExecuteNonQueryAsync(cancel);
        }

        return ids.Count;
    }

    // With its new headers a large message may be too large. Then its data is left out, and if need be its own key and headers, too: one
    // that can never be sent would hold up all others. A broker that takes less than this client knows has then ended the producer, so
    // what is tried next is remembered.
    private async Task SendAsync(
        IProducer<byte[], byte[]> producer, TopicPartition to, long id, Message<byte[], byte[]> copy, CancellationToken cancel)
    {
        while (true)
        {
            try
            {
                await producer.ProduceAsync(to, Truncated(copy, _truncations.GetValueOrDefault(id)), cancel);
                _truncations.TryRemove(id, out _);
                return;
            }
            catch (ProduceException<byte[], byte[]> tooLarge)
                when (tooLarge.Error.Code is ErrorCode.MsgSizeTooLarge && _truncations.GetValueOrDefault(id) < ShortestOf)
            {
                _truncations.AddOrUpdate(id, 1, (_, times) => times + 1);
            }
        }
    }

    private static Message<byte[], byte[]> Truncated(Message<byte[], byte[]> copy, int times)
    {
        if (times == 0)
        {
            return copy;
        }

        var shorter = new Message<byte[], byte[]> { Key = times < ShortestOf ? copy.Key : [], Headers = [], Value = [] };
        foreach (var header in copy.Headers.Where(h => times < ShortestOf || h.Key.StartsWith(OurHeaders, StringComparison.Ordinal)))
        {
            shorter.Headers.Add(header.Key, header.GetValueBytes());
        }

        shorter.Headers.Add(LeftOutHeader, Encoding.UTF8.GetBytes(
            times < ShortestOf ? $"{copy.Value?.Length ?? 0} bytes" : $"{copy.Value?.Length ?? 0} bytes, the key and the headers"));
        return shorter;
    }

    // As it came, with what happened to it.
    private static Message<byte[], byte[]> Copy(ParkedMessage message, NpgsqlDataReader row)
    {
        const int beside = PostgresParkedMessages.ColumnsCount;
        var copy = message.ToRecord().Message;
        Add(IdHeader, message.Id.ToString());
        Add("dlq.original.topic", message.Topic);
        Add("dlq.original.partition", message.Partition.ToString());
        Add("dlq.original.offset", message.KafkaOffset.ToString());
        Add("dlq.consumer", row.GetString(beside));
        Add("dlq.error.type", row.GetString(beside + 1));
        Add("dlq.error.message", row.GetString(beside + 2));
        Add("dlq.attempts", message.Attempts.ToString());
        Add("dlq.failed.first", row.GetDateTime(beside + 3).ToString("O"));
        Add("dlq.failed.last", row.GetDateTime(beside + 4).ToString("O"));
        return copy;

        void Add(string name, string value) => copy.Headers.Add(name, Encoding.UTF8.GetBytes(value));
    }

    [LoggerMessage(EventId = 138, Level = LogLevel.Warning, Message = "Dead letters cannot be copied to their topics now; trying again")]
    private static partial void LogTrouble(ILogger log, Exception trouble);
}
