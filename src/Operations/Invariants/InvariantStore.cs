using System.Text.Json.Nodes;
using Npgsql;
using NpgsqlTypes;

namespace Payments.Operations.Invariants;

/// <summary>Keeps what the looks of one service have found, in its database.</summary>
public sealed class InvariantStore(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>Standing findings that one look takes up again, the ones longest not looked at first.</summary>
    private const int KnownMax = 1_000;

    /// <summary>An alert as it was raised.</summary>
    public sealed record Raised(long Id, Finding Finding);

    /// <summary>Makes an invariant known, and says what its next look begins with.</summary>
    public async Task<Look> BeginAsync(string invariant, CancellationToken cancel)
    {
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new("insert into invariants (name) values ($1) on conflict do nothing")
        {
            Parameters = { Text(invariant) },
        });
        batch.BatchCommands.Add(new("select cursor::text from invariants where name = $1") { Parameters = { Text(invariant) } });
        batch.BatchCommands.Add(new("select subject from suspicions where invariant = $1 order by looked_at, subject limit $2")
        {
            Parameters = { Text(invariant), new() { Value = KnownMax } },
        });
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        var cursor = reader.IsDBNull(0) ? null : reader.GetString(0);
        await reader.NextResultAsync(cancel);
        var known = new List<string>();
        while (await reader.ReadAsync(cancel))
        {
            known.Add(reader.GetString(0));
        }

        return new Look(known, cursor);
    }

    /// <summary>Writes down what a look has seen: what is new, what still stands, and what is gone.</summary>
    /// <returns>The alerts that are new.</returns>
    public async Task<IReadOnlyList<Raised>> RecordAsync(
        Invariant invariant, Look look, Seen seen, TimeSpan grace, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var findings = seen.Findings.DistinctBy(f => f.Subject).ToDictionary(f => f.Subject);
        var known = findings.Values.Where(f => f.FirstDivergent is not null).ToList();
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using (var suspect = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new("delete from suspicions where invariant = $1 and subject = any ($2)") { Parameters = { Text(invariant.Name), Gone() } },
                new("update alerts set cleared_at = $3 where invariant = $1 and subject = any ($2) and cleared_at is null")
                {
                    Parameters = { Text(invariant.Name), Gone(), Time(now) },
                },
                new("insert into suspicions (invariant, subject, since, looked_at) select $1, s, $3, $3 from unnest($2) s " +
                    "on conflict (invariant, subject) do update set looked_at = excluded.looked_at")
                {
                    Parameters = { Text(invariant.Name), Texts(findings.Keys), Time(now) },
                },
                new("update alerts set last_seen_at = $3 where invariant = $1 and subject = any ($2) and cleared_at is null")
                {
                    Parameters = { Text(invariant.Name), Texts(findings.Keys), Time(now) },
                },
                // What led to it may be found later than itself: a search goes on from look to look.
                new("update alerts a set stream_id = f.stream, stream_version = f.version, position = f.position, event_id = f.event " +
                    "from unnest($2, $3, $4, $5, $6) as f (subject, stream, version, position, event) " +
                    "where a.invariant = $1 and a.subject = f.subject and a.cleared_at is null and a.stream_id is null")
                {
                    Parameters =
                    {
                        Text(invariant.Name),
                        Texts(known.Select(f => f.Subject)),
                        Texts(known.Select(f => f.FirstDivergent!.Stream)),
                        Array(NpgsqlDbType.Bigint, known.Select(f => f.FirstDivergent!.Version)),
                        Array(NpgsqlDbType.Bigint, known.Select(f => f.FirstDivergent!.Position)),
                        Array(NpgsqlDbType.Uuid, known.Select(f => f.FirstDivergent!.EventId)),
                    },
                },
                new("update invariants set checked_at = $2, checked = $3, note = $4, failing_since = null, error = null, " +
                    "cursor = coalesce($5::jsonb, cursor) where name = $1")
                {
                    Parameters = { Text(invariant.Name), Time(now), new() { Value = seen.Count }, Text(seen.Note), Text(seen.Cursor) },
                },
            },
        })
        {
            await suspect.ExecuteNonQueryAsync(cancel);
        }

        var raised = new List<Raised>();
        foreach (var subject in await DueAsync(connection, invariant.Name, findings.Keys, now - grace, cancel))
        {
            raised.Add(new(await RaiseAsync(connection, invariant.Name, findings[subject], now, cancel), findings[subject]));
        }

        await transaction.CommitAsync(cancel);
        return raised;

        NpgsqlParameter Gone() => Texts(look.Known.Where(subject => !findings.ContainsKey(subject)));
    }

    /// <summary>Writes down that a look was not possible.</summary>
    /// <returns>True when the look before was possible: it is worth a line in the log.</returns>
    public async Task<bool> RecordTroubleAsync(Invariant invariant, string error, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(
            "insert into invariants as i (name, failing_since, error) values ($1, $2, $3) on conflict (name) do update " +
            "set failing_since = coalesce(i.failing_since, excluded.failing_since), error = excluded.error returning failing_since = $2");
        command.Parameters.Add(Text(invariant.Name));
        command.Parameters.Add(Time(clock.GetUtcNow()));
        command.Parameters.Add(Text(error));
        return (bool)(await command.ExecuteScalarAsync(cancel))!;
    }

    /// <summary>How many alerts are open, by invariant; those without any are left out.</summary>
    public async Task<IReadOnlyDictionary<string, long>> OpenAlertsAsync(CancellationToken cancel)
    {
        await using var command = database.CreateCommand(
            "select invariant, count(*) from alerts where cleared_at is null group by invariant");
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var open = new Dictionary<string, long>();
        while (await reader.ReadAsync(cancel))
        {
            open[reader.GetString(0)] = reader.GetInt64(1);
        }

        return open;
    }

    // What stands long enough and is no alert yet.
    private static async Task<List<string>> DueAsync(
        NpgsqlConnection connection, string invariant, IEnumerable<string> subjects, DateTimeOffset since, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            "select subject from suspicions s where invariant = $1 and subject = any ($2) and since <= $3 and not exists (" +
            "select from alerts a where a.invariant = s.invariant and a.subject = s.subject and a.cleared_at is null) " +
            "order by since, subject",
            connection);
        command.Parameters.Add(Text(invariant));
        command.Parameters.Add(Texts(subjects));
        command.Parameters.Add(Time(since));
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var due = new List<string>();
        while (await reader.ReadAsync(cancel))
        {
            due.Add(reader.GetString(0));
        }

        return due;
    }

    private static async Task<long> RaiseAsync(
        NpgsqlConnection connection, string invariant, Finding finding, DateTimeOffset now, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            "insert into alerts (invariant, subject, message, stream_id, stream_version, position, event_id, details, found_at, " +
            "last_seen_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9) returning id",
            connection);
        var e = finding.FirstDivergent;
        command.Parameters.AddRange(new[]
        {
            Text(invariant),
            Text(finding.Subject),
            Text(finding.Message),
            Text(e?.Stream),
            new NpgsqlParameter { Value = (object?)e?.Version ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint },
            new NpgsqlParameter { Value = (object?)e?.Position ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint },
            new NpgsqlParameter { Value = (object?)e?.EventId ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid },
            new NpgsqlParameter { Value = (finding.Details ?? new JsonObject()).ToJsonString(), NpgsqlDbType = NpgsqlDbType.Jsonb },
            Time(now),
        });
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }

    private static NpgsqlParameter Text(string? value) =>
        new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };

    private static NpgsqlParameter Texts(IEnumerable<string> values) => Array(NpgsqlDbType.Text, values);

    private static NpgsqlParameter Array<T>(NpgsqlDbType type, IEnumerable<T> values) =>
        new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type };

    private static NpgsqlParameter Time(DateTimeOffset value) =>
        new() { Value = value.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz };
}
