using NpgsqlTypes;
using Payments.Contracts.DeadLetters;
using Payments.Hosting;

namespace Payments.Messaging.DeadLetters;

/// <summary>A filter or a selection as conditions over <c>parked_messages m</c>.</summary>
internal static class DeadLetterConditions
{
    public static Conditions Add(this Conditions all, DeadLetterFilter filter) => all
        .Add("m.consumer = #", filter.Consumer, NpgsqlDbType.Text)
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

    public static Conditions Add(this Conditions all, DeadLetterSelection selection) =>
        selection.Ids is { } ids ? all.Add("m.id = any (#)", ids.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Bigint)
        : all.Add(selection.Filter ?? new DeadLetterFilter { Fingerprint = selection.Group });
}
