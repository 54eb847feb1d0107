using System.Text.Json.Nodes;
using Npgsql;
using Payments.EventStore.Contract;

namespace Payments.Operations.Invariants.ProjectionChecks;

/// <summary>Which streams a round of an audit looks at, and their rows.</summary>
/// <remarks>Table and column come from the service's code, never from a request.</remarks>
internal sealed class CheckQueries(NpgsqlDataSource database, CheckedTable table, string streamType)
{
    private string First => $"{streamType}/";

    private string Beyond => $"{streamType}0"; // '0' follows '/'.

    /// <summary>Its tables are about to be made anew: until then the old ones need not fit the events.</summary>
    public async Task<bool> IsBeingRebuiltAsync(CancellationToken cancel) => await ScalarAsync<bool>(
        "select exists (select from projections where name = $1 and rebuild_version is not null)", cancel, table.Name);

    /// <summary>The end of the log, the oldest transaction that is still under way, and about how many rows the table has.</summary>
    public async Task<(long Head, string Transaction, long Rows)> NowAsync(CancellationToken cancel)
    {
        await using var command = Command(
            "select (select position from log_head), pg_snapshot_xmin(pg_current_snapshot())::text, " +
            "(select greatest(reltuples, 0)::bigint from pg_class where oid = to_regclass($1))",
            table.Name);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        return (reader.GetInt64(0), reader.GetString(1), reader.GetInt64(2));
    }

    /// <summary>Streams with events in this stretch of the log, the last ones first.</summary>
    public Task<List<string>> ChangedAsync(long after, long upTo, int countMax, CancellationToken cancel) => StreamsAsync(
        "select stream_id from events where position > $1 and position <= $2 and stream_type = $3 " +
        "group by stream_id order by max(position) desc limit $4",
        cancel, after, upTo, streamType, countMax);

    /// <summary>
    /// Streams whose rows were written since, by whomever: PostgreSQL marks each row with the transaction that wrote it. So a row that
    /// somebody changes by hand is found in the next round, without a look at all the others.
    /// </summary>
    public Task<List<string>> TouchedAsync(string transaction, int countMax, CancellationToken cancel) => StreamsAsync(
        $"select $1 || {table.Key} from {table.Name} where age(xmin) <= age($2::xid8::xid) order by age(xmin) limit $3",
        cancel, First, transaction, countMax);

    /// <summary>The next streams of a walk over all of them.</summary>
    public Task<List<string>> WalkAsync(string after, int countMax, CancellationToken cancel) => StreamsAsync(
        "select stream_id from streams where stream_id > $1 and stream_id < $2 order by stream_id limit $3",
        cancel, string.CompareOrdinal(after, First) < 0 ? First : after, Beyond, countMax);

    /// <summary>Rows and streams have the same keys: counted, and their hashes added up, in one snapshot.</summary>
    public Task<bool> KeysAgreeAsync(CancellationToken cancel) => ScalarAsync<bool>(
        "select (select row(count(*), sum(hashtext(stream_id))) from streams where stream_id >= $1 and stream_id < $2) " +
        $"is not distinct from (select row(count(*), sum(hashtext($1 || {table.Key}))) from {table.Name})",
        cancel, First, Beyond);

    /// <summary>Streams without a row, and rows without a stream.</summary>
    public Task<List<string>> UnpairedAsync(int countMax, CancellationToken cancel) => StreamsAsync(
        $"select coalesce(s.stream_id, $1 || t.{table.Key}) " +
        "from (select stream_id from streams where stream_id >= $1 and stream_id < $2) s " +
        $"full join (select {table.Key} from {table.Name}) t on s.stream_id = $1 || t.{table.Key} " +
        $"where s.stream_id is null or t.{table.Key} is null limit $3",
        cancel, First, Beyond, countMax);

    /// <summary>The versions of streams. To be asked before the rows: those must be at least as new.</summary>
    public async Task<Dictionary<string, long>> VersionsAsync(IReadOnlyList<string> streams, CancellationToken cancel)
    {
        await using var command = Command("select stream_id, version from streams where stream_id = any ($1)", (object)streams.ToArray());
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var versions = new Dictionary<string, long>();
        while (await reader.ReadAsync(cancel))
        {
            versions[reader.GetString(0)] = reader.GetInt64(1);
        }

        return versions;
    }

    /// <summary>The rows of streams, by stream, by column.</summary>
    public async Task<Dictionary<string, JsonObject>> RowsAsync(IReadOnlyList<string> streams, CancellationToken cancel)
    {
        await using var command = Command(
            $"select $1 || {table.Key}, to_jsonb(t)::text from {table.Name} t where {table.Key} = any ($2)",
            First,
            streams.Select(s => Guid.Parse(StreamId.Parse(s).Key)).ToArray());
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var rows = new Dictionary<string, JsonObject>();
        while (await reader.ReadAsync(cancel))
        {
            rows[reader.GetString(0)] = JsonNode.Parse(reader.GetString(1))!.AsObject();
        }

        return rows;
    }

    private async Task<List<string>> StreamsAsync(string sql, CancellationToken cancel, params IReadOnlyList<object> parameters)
    {
        await using var command = Command(sql, parameters);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var streams = new List<string>();
        while (await reader.ReadAsync(cancel))
        {
            streams.Add(reader.GetString(0));
        }

        return streams;
    }

    private async Task<T> ScalarAsync<T>(string sql, CancellationToken cancel, params IReadOnlyList<object> parameters)
    {
        await using var command = Command(sql, parameters);
        return (T)(await command.ExecuteScalarAsync(cancel))!;
    }

    private NpgsqlCommand Command(string sql, params IReadOnlyList<object> parameters)
    {
        var command = database.CreateCommand(sql);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        }

        return command;
    }
}
