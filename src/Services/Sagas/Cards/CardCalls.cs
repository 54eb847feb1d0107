using Npgsql;
using NpgsqlTypes;
using Payments.Contracts.Wire;
using Payments.Domain.Cards;
using Payments.Domain.Sagas;
using Payments.EventStore.Postgres;

namespace Payments.SagaService.Cards;

/// <summary>One call that this worker has for itself until its lease ends.</summary>
/// <param name="Version">Of the saga with the command.</param>
/// <param name="Calls">How often it was begun, this time included.</param>
internal sealed record LeasedCall(
    Guid Saga, Guid Lease, string Type, int Schema, byte[] Json, Guid Payment, long Version, DateTimeOffset AskedAt, int Calls)
{
    // Fresh from the saga, and so surely never asked. An older row may be one that a rebuild has made anew.
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(5);

    public bool MaybeAsked(DateTimeOffset now) => Calls > 1 || AskedAt < now - Fresh;

    /// <exception cref="WireFormatException">It cannot be understood.</exception>
    public CardCommand Command() => WireFormat.Decode<SagaEvent>(Type, Schema, Json) is SagaEvent.CardCommanded { Command: var command }
        ? command
        : throw new WireFormatException($"'{Type}' is no command for the card processor.");
}

/// <summary>
/// The to-do list <c>card_calls</c>, shared by all workers of all instances: who takes a row has it until the lease ends.
/// </summary>
internal sealed class CardCalls(NpgsqlDataSource database)
{
    public async Task<IReadOnlyList<LeasedCall>> LeaseAsync(
        int countMax, Guid lease, DateTimeOffset now, TimeSpan leaseFor, CancellationToken cancel)
    {
        // Materialized: as a part of the join it may be carried out once for each row of the other side, each time for the next few.
        await using var command = Command(
            "with due as materialized (select saga_id from card_calls " +
            "where due_at <= $3 and (leased_until is null or leased_until <= $3) " +
            "order by due_at limit $1 for update skip locked) " +
            "update card_calls c set lease = $2, leased_until = $4, calls = c.calls + 1 from due where c.saga_id = due.saga_id " +
            "returning c.saga_id, c.command_type, c.command_schema, c.command, c.payment_id, c.version, c.asked_at, c.calls",
            countMax, lease, now.UtcDateTime, (now + leaseFor).UtcDateTime);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var calls = new List<LeasedCall>();
        while (await reader.ReadAsync(cancel))
        {
            calls.Add(new LeasedCall(
                reader.GetGuid(0),
                lease,
                reader.GetString(1),
                reader.GetInt32(2),
                reader.GetFieldValue<byte[]>(3),
                reader.GetGuid(4),
                reader.GetInt64(5),
                new DateTimeOffset(reader.GetDateTime(6)),
                reader.GetInt32(7)));
        }

        return calls;
    }

    /// <summary>When the next call is due or its lease ends; null when there is none.</summary>
    public async Task<DateTimeOffset?> NextAsync(CancellationToken cancel)
    {
        await using var command = Command("select min(greatest(due_at, leased_until)) from card_calls");
        return await command.ExecuteScalarAsync(cancel) is DateTime next ? new DateTimeOffset(next) : null;
    }

    /// <summary>How many calls wait, and how many are being made.</summary>
    public async Task<(long Waiting, long Leased)> CountAsync(DateTimeOffset now, CancellationToken cancel)
    {
        await using var command = Command(
            "select count(*) filter (where leased_until is null or leased_until <= $1), " +
            "count(*) filter (where leased_until > $1) from card_calls",
            now.UtcDateTime);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        return (reader.GetInt64(0), reader.GetInt64(1));
    }

    /// <summary>
    /// Gives a call back, to be made at a moment. Does nothing when the saga wants something else by now, or another worker has it.
    /// </summary>
    /// <param name="count">Whether this time counts: it lengthens the pauses, and means that the processor may know of it.</param>
    public async Task PutOffAsync(LeasedCall call, DateTimeOffset dueAt, string? trouble, bool count, CancellationToken cancel)
    {
        await using var command = Command(
            "update card_calls set lease = null, leased_until = null, due_at = $3, trouble = coalesce($4, trouble), calls = calls - $5 " +
            "where saga_id = $1 and lease = $2",
            call.Saga, call.Lease, dueAt.UtcDateTime);
        command.Parameters.Add(
            new() { Value = trouble is null ? DBNull.Value : StorableText.Of(trouble), NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.AddWithValue(count ? 0 : 1);
        await command.ExecuteNonQueryAsync(cancel);
    }

    private NpgsqlCommand Command(string sql, params ReadOnlySpan<object> values)
    {
        var command = database.CreateCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return command;
    }
}
