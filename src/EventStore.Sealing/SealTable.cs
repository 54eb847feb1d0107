using Npgsql;
using NpgsqlTypes;

namespace Payments.EventStore.Sealing;

/// <summary>The SQL of seals.</summary>
internal static class SealTable
{
    private const string Columns = "number, first_position, last_position, event_hashes, merkle_root, previous_seal, seal, sealed_at";

    public static async Task<Seal?> NewestAsync(NpgsqlConnection connection, CancellationToken cancel) =>
        (await ReadAsync(connection, $"select {Columns} from seals order by number desc limit 1", [], cancel)).FirstOrDefault();

    /// <summary>Seals after a number, in order.</summary>
    public static Task<List<Seal>> AfterAsync(NpgsqlConnection connection, long number, int countMax, CancellationToken cancel) =>
        ReadAsync(
            connection, $"select {Columns} from seals where number > $1 order by number limit $2",
            [new NpgsqlParameter<long> { TypedValue = number }, new NpgsqlParameter<int> { TypedValue = countMax }], cancel);

    /// <summary>The seal whose interval has a position, or null.</summary>
    public static async Task<Seal?> OfPositionAsync(NpgsqlConnection connection, long position, CancellationToken cancel) =>
        (await ReadAsync(
            connection, $"select {Columns} from seals where last_position >= $1 order by last_position limit 1",
            [new NpgsqlParameter<long> { TypedValue = position }], cancel))
        .Find(seal => seal.FirstPosition <= position);

    public static async Task InsertAsync(NpgsqlConnection connection, Seal seal, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"insert into seals ({Columns}) values ($1, $2, $3, $4, $5, $6, $7, $8)", connection);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = seal.Number });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = seal.FirstPosition });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = seal.LastPosition });
        command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = seal.EventHashes });
        command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = seal.MerkleRoot });
        command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = seal.PreviousSeal });
        command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = seal.Value });
        command.Parameters.Add(
            new NpgsqlParameter<DateTime> { TypedValue = seal.SealedAt.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>The sealed hashes of chains at given versions; a stream that is not found is left out.</summary>
    public static async Task<List<ChainHead>> ChainsAtAsync(
        NpgsqlConnection connection, IReadOnlyCollection<(string Stream, long Version)> wanted, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            """
            select w.stream_id, w.version, substring(s.event_hashes from ((f.position - s.first_position) * 32 + 1)::integer for 32)
            from unnest($1, $2) as w (stream_id, version)
            cross join lateral (
                select e.position from events e where e.stream_id = w.stream_id and e.stream_version = w.version
                union all
                select a.position from archived_heads a where a.stream_id = w.stream_id and a.stream_version = w.version
                limit 1) as f
            cross join lateral (select * from seals where last_position >= f.position order by last_position limit 1) as s
            where s.first_position <= f.position
            """,
            connection);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. wanted.Select(w => w.Stream)] });
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. wanted.Select(w => w.Version)] });
        return await HeadsAsync(command, cancel);
    }

    /// <summary>The sealed hashes of chains where archived ranges of the log end, as far as the seals are there.</summary>
    public static async Task<List<ChainHead>> ArchivedHeadsAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            """
            select a.stream_id, a.stream_version, substring(s.event_hashes from ((a.position - s.first_position) * 32 + 1)::integer for 32)
            from archived_heads a
            cross join lateral (select * from seals where last_position >= a.position order by last_position limit 1) as s
            where s.first_position <= a.position
            """,
            connection);
        return await HeadsAsync(command, cancel);
    }

    private static async Task<List<ChainHead>> HeadsAsync(NpgsqlCommand command, CancellationToken cancel)
    {
        var heads = new List<ChainHead>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            heads.Add(new ChainHead(reader.GetString(0), reader.GetInt64(1), reader.GetFieldValue<byte[]>(2)));
        }

        return heads;
    }

    private static async Task<List<Seal>> ReadAsync(
        NpgsqlConnection connection, string sql, IReadOnlyList<NpgsqlParameter> parameters, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(parameter);
        }

        var seals = new List<Seal>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            seals.Add(new Seal(
                reader.GetInt64(0),
                reader.GetInt64(1),
                reader.GetInt64(2),
                reader.GetFieldValue<byte[]>(3),
                reader.GetFieldValue<byte[]>(4),
                reader.GetFieldValue<byte[]>(5),
                reader.GetFieldValue<byte[]>(6),
                new DateTimeOffset(reader.GetDateTime(7))));
        }

        return seals;
    }
}
