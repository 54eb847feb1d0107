using System.Globalization;
using System.Runtime.CompilerServices;
using Npgsql;
using NpgsqlTypes;
using Payments.EventStore.Postgres;

namespace Payments.Operations.Exports;

/// <summary>An event as it lies in the table: its data as the text that the database has.</summary>
internal sealed record AuditRow(
    long Position,
    DateTimeOffset RecordedAt,
    string Stream,
    long Version,
    Guid EventId,
    string Type,
    int Schema,
    Guid Correlation,
    Guid? Causation,
    string Actor,
    string Data);

/// <summary>Reads the log for an export: from the primary, because a standby that lags would end it too early.</summary>
internal sealed class EventExportQuery(NpgsqlDataSource database, string concernsUser)
{
    private const int TimeoutSeconds = 300;

    private const string Columns =
        "e.position, e.recorded_at, e.stream_id, e.stream_version, e.event_id, e.event_type, e.schema_version, e.correlation_id, " +
        "e.causation_id, e.actor, e.data::text";

    /// <summary>The end of the log, and the months that are asked for and not online.</summary>
    public async Task<(long End, IReadOnlyList<string> Archived)> FindEndAsync(EventExportRequest request, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(
            "select position, array(select to_char(month, 'YYYY-MM') from archived_months where last_position > $3 " +
            "and ($1::timestamptz is null or month + interval '1 month' > $1 at time zone 'utc') " +
            "and ($2::timestamptz is null or month < $2 at time zone 'utc') order by month) from log_head");
        command.Parameters.Add(Moment(request.From));
        command.Parameters.Add(Moment(request.Until));
        command.Parameters.AddWithValue(request.After);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        return (reader.GetInt64(0), reader.GetFieldValue<string[]>(1));
    }

    /// <summary>Oldest first. As fast as they are taken: rows wait in the database's connection, not in memory.</summary>
    public async IAsyncEnumerable<AuditRow> ReadAsync(
        EventExportRequest request, long end, [EnumeratorCancellation] CancellationToken cancel)
    {
        await using var command = Command(request, end);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            yield return new AuditRow(
                reader.GetInt64(0),
                new DateTimeOffset(reader.GetDateTime(1)),
                reader.GetString(2),
                reader.GetInt64(3),
                reader.GetGuid(4),
                reader.GetString(5),
                reader.GetInt32(6),
                reader.GetGuid(7),
                reader.IsDBNull(8) ? null : reader.GetGuid(8),
                reader.GetString(9),
                reader.GetString(10));
        }
    }

    private NpgsqlCommand Command(EventExportRequest request, long end)
    {
        var command = database.CreateCommand();
        command.CommandTimeout = TimeoutSeconds;
        var conditions = new List<string>();

        // First, so that it is $1, as the service's condition has it.
        if (request.User is { } user)
        {
            command.Parameters.Add(new() { Value = user, NpgsqlDbType = NpgsqlDbType.Text });
            conditions.Add($"({concernsUser})");
        }

        conditions.Add($"e.position > {Add(new() { Value = request.After })} and e.position <= {Add(new() { Value = end })}");
        if (request.Payment is { } payment)
        {
            conditions.Add($"e.correlation_id = {Add(new() { Value = payment })}");
        }

        if (request.From is not null)
        {
            conditions.Add($"e.recorded_at >= {Add(Moment(request.From))}");
        }

        if (request.Until is not null)
        {
            conditions.Add($"e.recorded_at < {Add(Moment(request.Until))}");
        }

        command.CommandText =
            $"select {Columns} from events e where {string.Join(" and ", conditions)} " +
            $"order by e.position limit {Add(new() { Value = request.Limit })}";
        return command;

        string Add(NpgsqlParameter parameter)
        {
            command.Parameters.Add(parameter);
            return string.Create(CultureInfo.InvariantCulture, $"${command.Parameters.Count}");
        }
    }

    private static NpgsqlParameter Moment(DateTimeOffset? at) => new()
    {
        Value = at is { } known ? Microseconds.NotBefore(known).UtcDateTime : DBNull.Value,
        NpgsqlDbType = NpgsqlDbType.TimestampTz,
    };
}
