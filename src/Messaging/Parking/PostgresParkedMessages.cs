using Npgsql;
using NpgsqlTypes;

namespace Payments.Messaging.Parking;

/// <summary>What is parked, in the service's database.</summary>
public sealed class PostgresParkedMessages(NpgsqlDataSource database) : IParkedMessages
{
    /// <summary>Columns of a <see cref="ParkedMessage"/>, for <see cref="Read"/>.</summary>
    public const string Columns =
        "m.id, m.topic, m.partition, m.kafka_offset, m.key_topic, m.routing_key, m.headers, m.payload, " +
        "m.revision, m.attempts, m.status = 'dead', m.original, " +
        "(select e.payload from dead_letter_edits e where e.message_id = m.id order by e.id limit 1)";

    /// <summary>How many columns those are: what a statement selects beside them comes after.</summary>
    public const int ColumnsCount = 13;

    public async Task<IReadOnlyList<ParkingKey>> KeysAsync(string consumer, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("select key_topic, routing_key from parked_keys where consumer = $1");
        command.Parameters.AddWithValue(consumer);
        return await KeysAsync(command, cancel);
    }

    public async Task<IReadOnlyList<ParkingKey>> StillParkedAsync(
        string consumer, IReadOnlyCollection<ParkingKey> keys, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(
            "select k.key_topic, k.routing_key from unnest($2, $3) as wanted (key_topic, routing_key) " +
            "join parked_keys k using (key_topic, routing_key) where k.consumer = $1");
        command.Parameters.AddWithValue(consumer);
        command.Parameters.AddWithValue(keys.Select(k => k.Topic).ToArray());
        command.Parameters.AddWithValue(keys.Select(k => k.RoutingKey).ToArray());
        return await KeysAsync(command, cancel);
    }

    public async Task<IReadOnlyList<ParkedMessage>> DueAsync(
        string consumer, DateTimeOffset now, int keysMax, int perKeyMax, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(
            $"select {Columns} from (" +
            "select * from parked_keys where consumer = $1 and not is_dead and retry_at <= $2 order by retry_at limit $3) k " +
            "cross join lateral (select * from parked_messages where consumer = k.consumer and key_topic = k.key_topic " +
            "and routing_key = k.routing_key and status in ('parked', 'dead') order by id limit $4) m " +
            "order by k.retry_at, k.head_id, m.id");
        command.Parameters.AddWithValue(consumer);
        command.Parameters.Add(new() { Value = now.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.AddWithValue(keysMax);
        command.Parameters.AddWithValue(perKeyMax);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var messages = new List<ParkedMessage>();
        while (await reader.ReadAsync(cancel))
        {
            messages.Add(Read(reader));
        }

        return messages;
    }

    /// <summary>Reads a row of <see cref="Columns"/>.</summary>
    public static ParkedMessage Read(NpgsqlDataReader reader)
    {
        var routingKey = reader.IsDBNull(5) ? null : reader.GetString(5);
        return new(
            reader.GetInt64(0),
            reader.GetString(1),
            reader.GetInt32(2),
            reader.GetInt64(3),
            reader.IsDBNull(4) ? null : new ParkingKey(reader.GetString(4), routingKey!),
            routingKey,
            ParkedMessage.ReadHeaders(reader.GetString(6)),
            reader.GetFieldValue<byte[]>(7),
            reader.GetInt64(8),
            reader.GetInt32(9),
            reader.GetBoolean(10),
            reader.IsDBNull(11) ? null : OriginalRecord.Read(reader.GetString(11)))
        {
            PayloadBeforeEdits = reader.IsDBNull(12) ? null : reader.GetFieldValue<byte[]>(12),
        };
    }

    private static async Task<IReadOnlyList<ParkingKey>> KeysAsync(NpgsqlCommand command, CancellationToken cancel)
    {
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var keys = new List<ParkingKey>();
        while (await reader.ReadAsync(cancel))
        {
            keys.Add(new ParkingKey(reader.GetString(0), reader.GetString(1)));
        }

        return keys;
    }
}
