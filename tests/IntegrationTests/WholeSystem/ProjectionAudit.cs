using System.Text.Json;
using Payments.Domain.Payments;
using Payments.Domain.Sagas;
using Payments.Domain.Wallets;
using Payments.EventStore.Contract;
using Payments.Hosting;

namespace IntegrationTests.WholeSystem;

/// <summary>What the tables say is what the events say: each row is compared with the fold of its stream.</summary>
internal static class ProjectionCheck
{
    public static async Task AssertAsync(Audit audit)
    {
        Assert.Equal(
            await FoldsAsync<Wallet, WalletEvent>(
                audit.Wallets, "wallet", Wallet.Evolve, (w, version) => $"{w.Posted}, {w.Held} held, {w.Owner}, {version}"),
            await RowsAsync(
                audit.Wallets,
                "select wallet_id, format('%s %s, %s %s held, %s, %s', balance, currency, held, currency, user_id, version) from wallets"));
        Assert.Equal(
            await FoldsAsync<Payment, PaymentEvent>(
                audit.Payments,
                "payment",
                Payment.Evolve,
                (p, version) => $"{Word(p.Status)} {p.FailureCode}, {p.Terms.Amount}, {p.Terms.Fee.Minor} fee, " +
                    $"{p.Refunded.Minor} back, {version}"),
            await RowsAsync(
                audit.Payments,
                "select payment_id, format('%s %s, %s %s, %s fee, %s back, %s', status, failure_code, amount, currency, fee, " +
                "refunded_amount, version) from payments"));
        Assert.Equal(
            await FoldsAsync<Payment, PaymentEvent>(audit.Payments, "payment", Payment.Evolve, (p, _) => Refunds(p)),
            await RowsAsync(
                audit.Payments,
                "select p.payment_id, coalesce(string_agg(r.refund_id || ' ' || r.status, ', ' order by r.refund_id), '') " +
                "from payments p left join refunds r using (payment_id) group by p.payment_id"));
        Assert.Equal(
            await FoldsAsync<Saga, SagaEvent>(
                audit.Sagas,
                "saga",
                Saga.Evolve,
                (s, version) => $"{Word(s.Phase)} {s.FailureCode}, {(s.HasEnded ? "ended" : "on its way")}, {version}"),
            await RowsAsync(audit.Sagas, "select saga_id, format('%s %s, ended, %s', phase, failure_code, version) from sagas"));
        await AssertCountsAsync(audit);
    }

    // Counts are kept by every change; here everything is counted.
    private static async Task AssertCountsAsync(Audit audit)
    {
        Assert.Equal(
            await audit.Sagas.ColumnAsync<string>("select format('%s %s', phase, count(*)) from sagas group by phase order by phase"),
            await audit.Sagas.ColumnAsync<string>("select format('%s %s', phase, count) from saga_counts where count <> 0 order by phase"));
        Assert.Equal(
            await audit.Payments.ScalarAsync<string>(
                "select format('%s %s %s', count(*), sum((status in ('completed', 'refunded', 'partially_refunded'))::int), " +
                "sum((status = 'failed')::int)) from payments"),
            await audit.Payments.ScalarAsync<string>("select format('%s %s %s', requested, completed, failed) from payment_totals"));
    }

    private static async Task<List<(Guid Id, string State)>> FoldsAsync<TState, TEvent>(
        Audit.Log log, string streamType, Func<TState?, TEvent, TState> evolve, Func<TState, long, string> show)
        where TState : class
        where TEvent : class
    {
        var events = await log.EventsAsync(new EventFilter { StreamType = streamType });
        return
        [
            .. from e in events
               group e by e.Stream into stream
               let state = stream.Aggregate(default(TState), (state, e) => evolve(state, StoredEvents.Decode<TEvent>(e)))!
               let id = Guid.Parse(stream.Key.Key)
               orderby id
               select (id, show(state, stream.Last().StreamVersion)),
        ];
    }

    private static async Task<List<(Guid Id, string State)>> RowsAsync(Audit.Log log, string sql) =>
        [.. (await log.RowsAsync(sql, row => (row.GetGuid(0), row.GetString(1)))).OrderBy(row => row.Item1)];

    private static string Refunds(Payment payment) => string.Join(
        ", ",
        payment.Refunds.Select(r => (r.Key.Value, Status: "pending"))
            .Concat(payment.EndedRefunds.Select(r => (r.Key.Value, Status: r.Value ? "completed" : "failed")))
            .OrderBy(r => r.Value.ToString(), StringComparer.Ordinal)
            .Select(r => $"{r.Value} {r.Status}"));

    private static string Word(object value) => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString()!);
}
