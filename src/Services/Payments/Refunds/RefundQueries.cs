using Npgsql;
using Payments.Contracts.Payments;
using Payments.Domain;
using Payments.PaymentService.Payments;
using Payments.ServiceDefaults.Errors;

namespace Payments.PaymentService.Refunds;

/// <summary>What can be asked about refunds.</summary>
internal sealed class RefundQueries(NpgsqlDataSource database)
{
    private const string Select =
        "select refund_id, payment_id, status, failure_code, amount, currency, reason, requested_at, ended_at from refunds ";

    /// <summary><c>GET /api/payments/{paymentId}/refunds</c></summary>
    public static async Task<IResult> List(
        string paymentId, RefundQueries queries, PaymentQueries payments, CancellationToken cancel) =>
        Guid.TryParseExact(paymentId, "D", out var id) && await payments.FindAsync(id, cancel) is not null
            ? Results.Json(
                new RefundList(id, await queries.ReadAsync(Select + "where payment_id = $1 order by refund_id", [Id(id)], cancel)),
                PaymentJson.Default.RefundList)
            : PaymentQueries.NotFound(paymentId);

    /// <summary><c>GET /api/payments/{paymentId}/refunds/{refundId}[?wait=5s]</c>: when it has ended, or after the wait.</summary>
    public static async Task<IResult> Get(
        string paymentId, string refundId, string? wait, RefundQueries queries, PaymentEndings endings, CancellationToken cancel)
    {
        if (!WaitTime.TryParse(wait, out var atMost))
        {
            return WaitTime.Invalid;
        }

        var refund = Guid.TryParseExact(paymentId, "D", out var payment) && Guid.TryParseExact(refundId, "D", out var id)
            ? await endings.FindEndedAsync(
                id, atMost, () => queries.FindAsync(payment, id, cancel), found => found.EndedAt is not null, cancel)
            : null;
        return refund is not null
            ? Results.Json(refund, PaymentJson.Default.RefundView)
            : Problems.NotFound(
                RefusalCodes.RefundNotFound, $"Payment '{Truncate.Text(paymentId)}' has no refund '{Truncate.Text(refundId)}'.");
    }

    /// <summary>Whether an id that is no payment's is one of a refund.</summary>
    public async Task<bool> IsRefundAsync(Guid id, CancellationToken cancel) =>
        await ReadAsync(Select + "where refund_id = $1", [Id(id)], cancel) is [_];

    private async Task<RefundView?> FindAsync(Guid payment, Guid refund, CancellationToken cancel) =>
        await ReadAsync(Select + "where refund_id = $1 and payment_id = $2", [Id(refund), Id(payment)], cancel) is [var found]
            ? found
            : null;

    private static NpgsqlParameter<Guid> Id(Guid id) => new() { TypedValue = id };

    private async Task<List<RefundView>> ReadAsync(string sql, NpgsqlParameter[] parameters, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.AddRange(parameters);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var refunds = new List<RefundView>();
        while (await reader.ReadAsync(cancel))
        {
            refunds.Add(new RefundView(
                reader.GetGuid(0),
                reader.GetGuid(1),
                reader.GetString(2),
                reader.IsDBNull(3) ? null : reader.GetString(3),
                reader.GetInt64(4),
                reader.GetString(5),
                reader.IsDBNull(6) ? null : reader.GetString(6),
                new DateTimeOffset(reader.GetDateTime(7)),
                reader.IsDBNull(8) ? null : new DateTimeOffset(reader.GetDateTime(8))));
        }

        return refunds;
    }
}
