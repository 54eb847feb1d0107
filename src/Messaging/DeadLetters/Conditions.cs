using Npgsql;
using NpgsqlTypes;
using Payments.Contracts.DeadLetters;

namespace Payments.Messaging.DeadLetters;

/// <summary>The conditions of a query over <c>parked_messages m</c>, with the parameters that they need.</summary>
public sealed class Conditions(NpgsqlCommand command, string first)
{
    private readonly List<string> _all = [first];

    /// <summary>Adds a condition unless the value is null.</summary>
    /// <param name="sql">With <c>#</c> in the place of the value.</param>
    public Conditions Add(string sql, object? value, NpgsqlDbType type)
    {
        if (value is not null)
        {
            command.Parameters.Add(new() { Value = value is DateTimeOffset at ? at.UtcDateTime : value, NpgsqlDbType = type });
            _all.Add(sql.Replace("#", $"${command.Parameters.Count}", StringComparison.Ordinal));
        }

        return this;
    }

    public Conditions Add(DeadLetterFilter filter) =>
        Add("m.consumer = #", filter.Consumer, NpgsqlDbType.Text)
        .Add("m.fingerprint = #", filter.Fingerprint, NpgsqlDbType.Text)
        .Add("m.message_type = #", filter.MessageType, NpgsqlDbType.Text)
        .Add("m.topic = #", filter.Topic, NpgsqlDbType.Text)
        .Add("m.error_type = #", filter.ErrorType, NpgsqlDbType.Text)
        .Add("m.correlation_id = #", filter.CorrelationId, NpgsqlDbType.Uuid)
        .Add("position(lower(#) in lower(m.error)) > 0", filter.Text, NpgsqlDbType.Text)
        .Add("m.first_failed_at >= #", filter.FailedFrom, NpgsqlDbType.TimestampTz)
        .Add("m.first_failed_at < #", filter.FailedUntil, NpgsqlDbType.TimestampTz)
        .Add("m.currency = #", filter.Currency, NpgsqlDbType.Text)
        .Add("m.amount >= #", filter.AmountMin, NpgsqlDbType.Bigint)
        .Add("m.amount <= #", filter.AmountMax, NpgsqlDbType.Bigint);

    public Conditions Add(DeadLetterSelection selection) =>
        selection.Ids is { } ids ? Add("m.id = any (#)", ids.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Bigint)
        : Add(selection.Filter ?? new DeadLetterFilter { Fingerprint = selection.Group });

    public override string ToString() => string.Join(" and ", _all);
}
