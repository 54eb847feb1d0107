using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using NpgsqlTypes;
using Payments.Contracts.Payments;
using Payments.Domain;
using Payments.EventStore.Contract;
using Payments.EventStore.Postgres;
using Payments.Hosting;
using Payments.Operations.History;
using Payments.ServiceDefaults.Errors;

namespace Payments.PaymentService.Payments;

/// <summary>What can be asked about payments.</summary>
internal sealed class PaymentQueries(NpgsqlDataSource database)
{
    private const string Columns =
        "payment_id, status, failure_code, method, payer_wallet_id, payee_wallet_id, amount, currency, fee, refunded_amount, reference, " +
        "requested_at, ended_at";

    private const int FailureCodeLengthMax = 64;

    private static readonly string[] OtherServices = ["wallet", "saga"];
    private static readonly string[] Statuses = ["pending", "completed", "failed", "refunded", "partially_refunded"];

    /// <summary>
    /// <c>GET /api/payments/{paymentId}[?wait=5s]</c>: answers when the payment has ended, or with what is after the wait.
    /// </summary>
    public static async Task<IResult> Get(
        string paymentId, string? wait, PaymentQueries queries, PaymentEndings endings, CancellationToken cancel)
    {
        if (!WaitTime.TryParse(wait, out var atMost))
        {
            return WaitTime.Invalid;
        }

        var payment = Guid.TryParseExact(paymentId, "D", out var id)
            ? await endings.FindEndedAsync(id, atMost, () => queries.FindAsync(id, cancel), found => !found.IsPending, cancel)
            : null;
        return payment is null ? NotFound(paymentId) : Results.Json(payment, PaymentJson.Default.PaymentView);
    }

    /// <summary><c>GET /api/payments</c>: payments, newest first, by status, failure code and wallet.</summary>
    public static async Task<IResult> List(
        string? status, string? failureCode, string? walletId, string? after, string? limit,
        PaymentQueries queries, CancellationToken cancel)
    {
        var errors = new Dictionary<string, string[]>();
        if (!string.IsNullOrEmpty(status) && !Statuses.Contains(status))
        {
            errors["status"] = [$"Must be one of {string.Join(", ", Statuses)}."];
        }

        if (failureCode is { Length: > FailureCodeLengthMax }
            || failureCode?.All(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '_') is false)
        {
            errors["failureCode"] = ["Must be a failure code such as card_declined."];
        }

        var wallet = OptionalId("walletId", walletId, errors);
        var last = OptionalId("after", after, errors);
        if (!PageLimit.TryParse(limit, 50, 200, out var countMax))
        {
            errors["limit"] = ["Must be a whole number from 1 to 200."];
        }

        return errors.Count > 0
            ? Problems.Invalid(errors)
            : Results.Json(await queries.ListAsync(status, failureCode, wallet, last, countMax, cancel), PaymentJson.Default.PaymentPage);
    }

    /// <summary><c>GET /api/payments/{paymentId}/history</c></summary>
    public static async Task<IResult> History(
        string paymentId,
        PaymentQueries queries,
        IEventStore store,
        ReplicaReads reads,
        IHttpClientFactory clients,
        CancellationToken cancel)
    {
        if (!Guid.TryParseExact(paymentId, "D", out var id) || await queries.FindAsync(id, cancel) is null)
        {
            return NotFound(paymentId);
        }

        var others = await Task.WhenAll(OtherServices.Select(async service =>
            await clients.CreateClient(service).GetFromJsonAsync(
                new Uri($"/internal/history/{id}", UriKind.Relative), HistoryJson.Default.ListHistoryEvent, cancel)));
        var own = await HistoryEndpoint.ReadAsync(store.Name, reads, id, cancel);
        var events = own.Concat(others.SelectMany(o => o ?? [])).Select(e => e with { Data = TokenMask.Hide(e.Data) });
        return Results.Json(new PaymentHistory(id, CausalOrder.Sort([.. events])), PaymentJson.Default.PaymentHistory);
    }

    private static Guid? OptionalId(string field, string? text, Dictionary<string, string[]> errors)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        if (!Guid.TryParseExact(text, "D", out var id))
        {
            errors[field] = ["Must be an id such as 0198c0de-0000-7000-8000-000000000000."];
        }

        return id;
    }

    public static ProblemHttpResult NotFound(string paymentId) =>
        Problems.NotFound(RefusalCodes.PaymentNotFound, $"There is no payment '{Truncate.Text(paymentId)}'.");

    public async Task<PaymentView?> FindAsync(Guid id, CancellationToken cancel) =>
        await ReadAsync(
            $"select {Columns} from payments where payment_id = $1",
            cancel,
            new NpgsqlParameter<Guid> { TypedValue = id }) is [var found]
            ? found
            : null;

    private async Task<PaymentPage> ListAsync(
        string? status, string? failureCode, Guid? wallet, Guid? after, int countMax, CancellationToken cancel)
    {
        var where = "($1 is null or payment_id < $1)";
        List<NpgsqlParameter> parameters = [Id(after), new NpgsqlParameter<int> { TypedValue = countMax }];
        foreach (var (column, value) in new[] { ("status", status), ("failure_code", failureCode) })
        {
            if (!string.IsNullOrEmpty(value))
            {
                parameters.Add(new NpgsqlParameter { Value = value });
                where += $" and {column} = ${parameters.Count}";
            }
        }

        var sql = $"select {Columns} from payments where {where} order by payment_id desc limit $2";
        if (wallet is { } id)
        {
            // Two index scans rather than one filter over everything.
            parameters.Add(Id(id));
            var mine = $"${parameters.Count}";
            sql = $"select * from (select {Columns} from payments where {where} and payer_wallet_id = {mine} " +
                "order by payment_id desc limit $2) a " +
                $"union all select * from (select {Columns} from payments where {where} and payee_wallet_id = {mine} " +
                "order by payment_id desc limit $2) b " +
                "order by payment_id desc limit $2";
        }

        var items = await ReadAsync(sql, cancel, [.. parameters]);
        return new PaymentPage(items, items.Count == countMax ? items[^1].PaymentId : null);
    }

    private static NpgsqlParameter Id(Guid? id) => new() { Value = (object?)id ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid };

    private async Task<List<PaymentView>> ReadAsync(string sql, CancellationToken cancel, params NpgsqlParameter[] parameters)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.AddRange(parameters);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var payments = new List<PaymentView>();
        while (await reader.ReadAsync(cancel))
        {
            payments.Add(new PaymentView(
                reader.GetGuid(0),
                reader.GetString(1),
                reader.IsDBNull(2) ? null : reader.GetString(2),
                reader.GetString(3),
                reader.IsDBNull(4) ? null : reader.GetGuid(4),
                reader.GetGuid(5),
                reader.GetInt64(6),
                reader.GetString(7),
                reader.GetInt64(8),
                reader.GetInt64(9),
                reader.IsDBNull(10) ? null : reader.GetString(10),
                new DateTimeOffset(reader.GetDateTime(11)),
                reader.IsDBNull(12) ? null : new DateTimeOffset(reader.GetDateTime(12))));
        }

        return payments;
    }
}
