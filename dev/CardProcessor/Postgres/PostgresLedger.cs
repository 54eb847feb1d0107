using System.Diagnostics;
using Npgsql;
using Payments.CardProcessor.Books;
using Payments.CardProcessor.Faults;

namespace Payments.CardProcessor.Postgres;

/// <summary>The books in PostgreSQL: effect, operation and answer in one transaction, decided by <see cref="Acquirer"/>.</summary>
internal sealed class PostgresLedger(NpgsqlDataSource database, TimeProvider clock)
{
    // A repeat of a key waits here for the first, and a reversal for the authorisation it is about. In the order of the locks, so that two
    // reversals of each other's keys cannot wait for one another.
    private const string LockKeys =
        "select pg_advisory_xact_lock(lock) from (" +
        "select distinct hashtextextended(key, 0) as lock from unnest($1) as key order by 1) as locks";

    private const string FindEarlier = $"select {Rows.OfOperation}, body from operations where key = $1";

    private const string FindMarks =
        "select coalesce((select failures from failures where key = $1), 0), exists (select from closed_keys where key = $1), " +
        "(select kind from operations where key = $2)";

    private const string LockAuthorisation =
        $"select {Rows.OfAuthorisation} from authorisations where authorisation_id = " +
        "coalesce($1, (select authorisation_id from operations where key = $2 and kind = 'authorise')) for update";

    private const string CountFailure =
        "insert into failures (key, failures) values ($1, 1) on conflict (key) do update set failures = failures.failures + 1";

    private const string SaveAuthorisation =
        $"insert into authorisations ({Rows.OfAuthorisation}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9) " +
        "on conflict (authorisation_id) do update set captured = excluded.captured, refunded = excluded.refunded, voided = excluded.voided";

    private const string CloseKey = "insert into closed_keys (key) values ($1) on conflict (key) do nothing";   // Closed twice is closed.

    // Last of all, because whoever has this row holds up everybody else until the commit.
    private const string EnterOperation =
        "with taken as (update books set last_sequence = last_sequence + 1 returning last_sequence) " +
        "insert into operations (sequence, key, body, kind, status, code, authorisation_id, amount, currency, original_key, at) " +
        "select last_sequence, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10 from taken returning sequence";

    /// <summary>
    /// A request that has come this far is carried out whether its client waits or not: only the database's own limits end it.
    /// </summary>
    public async Task<Reply> ExecuteAsync(ProcessorRequest request, RequestFaults faults)
    {
        var now = Microseconds(clock.GetUtcNow());
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var standing = await LockAndReadAsync(connection, request);
        switch (Acquirer.Rule(request, standing, faults, Guid.CreateVersion7(now)))
        {
            case Ruling.Tell tell:
                return tell.Reply;
            case Ruling.Fail:
                await using (var batch = Batch(connection, (CountFailure, [Text(request.Key)])))
                {
                    await batch.ExecuteNonQueryAsync();
                }

                await transaction.CommitAsync();
                return new Reply.Failed();
            case Ruling.Enter enter:
                var operation = await EnterAsync(connection, request, enter.Verdict, now);
                await transaction.CommitAsync();
                return enter.Reply(operation);
            default:
                throw new UnreachableException();
        }
    }

    private static async Task<OperationState> LockAndReadAsync(NpgsqlConnection connection, ProcessorRequest request)
    {
        var original = (request as ProcessorRequest.Reverse)?.OriginalKey;
        Guid? named = request switch
        {
            ProcessorRequest.Capture c => c.Authorisation,
            ProcessorRequest.Void v => v.Authorisation,
            ProcessorRequest.Refund r => r.Authorisation,
            _ => null,
        };
        string[] keys = original is null ? [request.Key] : [request.Key, original];
        await using var batch = Batch(
            connection,
            (LockKeys, [new NpgsqlParameter<string[]> { TypedValue = keys }]),
            (FindEarlier, [Text(request.Key)]),
            (FindMarks, [Text(request.Key), Text(original)]),
            (LockAuthorisation, [new NpgsqlParameter<Guid?> { TypedValue = named }, Text(original)]));
        await using var reader = await batch.ExecuteReaderAsync();

        await reader.NextResultAsync();
        (Operation, string)? earlier = await reader.ReadAsync() ? (Rows.Operation(reader), reader.GetString(10)) : null;
        await reader.NextResultAsync();
        await reader.ReadAsync();
        var (failures, closed) = (reader.GetInt32(0), reader.GetBoolean(1));
        OperationKind? originalKind = reader.IsDBNull(2) ? null : Rows.Kind(reader.GetString(2));
        await reader.NextResultAsync();
        return new OperationState
        {
            Earlier = earlier,
            Failures = failures,
            Reversed = closed,
            Original = originalKind,
            Authorisation = await reader.ReadAsync() ? Rows.Authorisation(reader) : null,
        };
    }

    private static async Task<Operation> EnterAsync(
        NpgsqlConnection connection, ProcessorRequest request, Verdict verdict, DateTimeOffset at)
    {
        var operation = verdict.Enter(request, at, sequence: 0);
        var commands = new List<(string, NpgsqlParameter[])>();
        if (verdict.After is { } after)
        {
            commands.Add((SaveAuthorisation, ParametersOf(after)));
        }

        if (verdict.ClosesOriginal)
        {
            commands.Add((CloseKey, [Text(operation.OriginalKey)]));
        }

        commands.Add((EnterOperation, ParametersOf(operation, request.Body)));
        await using var batch = Batch(connection, [.. commands]);
        var sequence = (long)(await batch.ExecuteScalarAsync())!;
        return operation with { Sequence = sequence };
    }

    private static NpgsqlParameter[] ParametersOf(Authorisation a) =>
    [
        new NpgsqlParameter<Guid> { TypedValue = a.AuthorisationId }, Text(a.Key), Text(a.Token), Text(a.Currency), Number(a.Amount),
        Number(a.Captured), Number(a.Refunded), new NpgsqlParameter<bool> { TypedValue = a.Voided }, Text(a.Reference),
    ];

    private static NpgsqlParameter[] ParametersOf(Operation o, string body) =>
    [
        Text(o.Key), Text(body), Text(Rows.Word(o.Kind)), Text(Rows.Word(o.Status)), Text(o.Code),
        new NpgsqlParameter<Guid?> { TypedValue = o.AuthorisationId }, Number(o.Amount), Text(o.Currency), Text(o.OriginalKey),
        new NpgsqlParameter<DateTime> { TypedValue = o.At.UtcDateTime },
    ];

    private static NpgsqlBatch Batch(NpgsqlConnection connection, params ReadOnlySpan<(string Sql, NpgsqlParameter[] Parameters)> commands)
    {
        var batch = new NpgsqlBatch(connection);
        foreach (var (sql, parameters) in commands)
        {
            var command = new NpgsqlBatchCommand(sql);
            command.Parameters.AddRange(parameters);
            batch.BatchCommands.Add(command);
        }

        return batch;
    }

    private static NpgsqlParameter<string?> Text(string? value) => new() { TypedValue = value };

    private static NpgsqlParameter<long> Number(long value) => new() { TypedValue = value };

    // What PostgreSQL keeps of a moment: else the first answer would differ from its repeats.
    private static DateTimeOffset Microseconds(DateTimeOffset moment) => moment.AddTicks(-(moment.Ticks % TimeSpan.TicksPerMicrosecond));
}
