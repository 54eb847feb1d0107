using Npgsql;
using NpgsqlTypes;
using Payments.Contracts.DeadLetters;
using Payments.Hosting;
using Payments.Messaging.Parking;

namespace Payments.Messaging.DeadLetters;

/// <summary>Reads the dead letters of a consumer as messages, to be handled or rehearsed.</summary>
public sealed class DeadLetterReader(NpgsqlDataSource database, string consumer)
{
    /// <summary>One dead letter; null when there is none of that id, or it is none any more.</summary>
    public async Task<ParkedMessage?> FindAsync(long id, CancellationToken cancel) =>
        (await SelectAsync(new DeadLetterSelection { Ids = [id] }, 1, cancel)).SingleOrDefault();

    /// <summary>Those that are chosen, in the order of their ids.</summary>
    public async Task<IReadOnlyList<ParkedMessage>> SelectAsync(
        DeadLetterSelection selection, int countMax, CancellationToken cancel)
    {
        await using var command = database.CreateCommand();
        var chosen = new Conditions(command, "m.status = 'dead'").Add("m.consumer = #", consumer, NpgsqlDbType.Text).Add(selection);
        command.CommandText =
            $"select {PostgresParkedMessages.Columns} from parked_messages m where {chosen} order by m.id limit {countMax}";
        return await ReadAsync(command, cancel);
    }

    /// <summary>How many are chosen.</summary>
    public async Task<long> CountAsync(DeadLetterSelection selection, CancellationToken cancel)
    {
        await using var command = database.CreateCommand();
        var chosen = new Conditions(command, "m.status = 'dead'").Add("m.consumer = #", consumer, NpgsqlDbType.Text).Add(selection);
        command.CommandText = $"select count(*) from parked_messages m where {chosen}";
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }

    /// <summary>The ids and revisions of those that are chosen, in order.</summary>
    /// <param name="countMax">More than that is too many: then one more is returned.</param>
    public async Task<FrozenSelection> FreezeAsync(DeadLetterSelection selection, int countMax, CancellationToken cancel)
    {
        await using var command = database.CreateCommand();
        var chosen = new Conditions(command, "m.status = 'dead'").Add("m.consumer = #", consumer, NpgsqlDbType.Text).Add(selection);
        command.CommandText = $"select m.id, m.revision from parked_messages m where {chosen} order by m.id limit {countMax + 1}";
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var items = new List<(long, long)>();
        while (await reader.ReadAsync(cancel))
        {
            items.Add((reader.GetInt64(0), reader.GetInt64(1)));
        }

        return new FrozenSelection(items);
    }

    /// <summary>What waits behind dead letters, in order: of each key the first ones.</summary>
    public async Task<IReadOnlyList<ParkedMessage>> BehindAsync(
        IReadOnlyCollection<ParkedMessage> heads, int perKeyMax, int countMax, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(
            $"select {PostgresParkedMessages.Columns} from parked_keys k cross join lateral (" +
            "select * from parked_messages where consumer = k.consumer and key_topic = k.key_topic and routing_key = k.routing_key " +
            "and status in ('parked', 'dead') and id > k.head_id order by id limit $2) m " +
            "where k.head_id = any ($1) order by k.head_id, m.id limit $3");
        command.Parameters.AddWithValue(heads.Where(h => h.Key is not null).Select(h => h.Id).ToArray());
        command.Parameters.AddWithValue(perKeyMax);
        command.Parameters.AddWithValue(countMax);
        return await ReadAsync(command, cancel);
    }

    private static async Task<IReadOnlyList<ParkedMessage>> ReadAsync(NpgsqlCommand command, CancellationToken cancel)
    {
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var messages = new List<ParkedMessage>();
        while (await reader.ReadAsync(cancel))
        {
            messages.Add(PostgresParkedMessages.Read(reader));
        }

        return messages;
    }
}
